//! A trained network, images, and attacks that lie.

use super::{Attack, Ball, Batch, Victim};
use crate::dataset::{self, Normalization};
use crate::error::Error;
use crate::model::Model;
use crate::tensor::Tensor;
use crate::train::Checkpoint;

/// The shipped network.
pub(super) fn network() -> Model {
    shipped().model
}

fn shipped() -> Checkpoint {
    let weights = include_bytes!("../../../../assets/networks/resnet8-fashion-mnist-6k.safetensors");
    let card = include_bytes!("../../../../assets/networks/resnet8-fashion-mnist-6k.json");
    Checkpoint::from_bytes("the shipped network", weights, card).unwrap()
}

/// The first `n` test images with their classes and what the shipped network scales them by.
pub(super) fn images(n: usize) -> (Tensor, Vec<usize>, Normalization) {
    let indices: Vec<usize> = (0..n).collect();
    let set = dataset::embedded(false).unwrap().subset(&indices).unwrap();
    (set.unit_pixels(), set.labels().to_vec(), shipped().card.normalization)
}

/// What is not to be believed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Planted {
    Idle,
    OutsideTheBall,
    OutsideTheBounds,
    NoNumber,
    OtherShape,
}

impl Attack for Planted {
    fn perturb(&self, _: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut images = batch.images.clone();
        let epsilon = ball.epsilon() as f32;
        for pixel in images.values_mut() {
            *pixel = match self {
                Self::OutsideTheBall if *pixel < 0.5 => *pixel + 2.0 * epsilon,
                Self::OutsideTheBall => *pixel - 2.0 * epsilon,
                Self::OutsideTheBounds => *pixel - 1.01 * (*pixel).max(0.02),
                Self::NoNumber => f32::NAN,
                Self::Idle | Self::OtherShape => *pixel,
            };
        }
        match self {
            Self::OtherShape => Ok(Tensor::zeros(&[1])),
            _ => Ok(images),
        }
    }
}

//! A trained network, images, and attacks that lie.

use super::{Attack, Ball, Batch, Victim};
use crate::dataset::{self, Normalization};
use crate::error::Error;
use crate::model::Model;
use crate::network::{Cotangent, Differentiable, Forward, Layer, LayerKind, Network, Pullback};
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

/// Logits that are linear in an image of four pixels, for which attacks have closed forms.
pub(super) struct Linear {
    layers: Vec<Layer>,
    /// A row of four per class.
    pub(super) weights: [[f32; 4]; 3],
}

impl Linear {
    pub(super) fn new() -> Self {
        let (name, kind) = ("output".to_owned(), LayerKind::Linear);
        let layers = vec![Layer { name, kind, relative_depth: 1.0, output_shape: vec![3] }];
        Self { layers, weights: [[1.0, 0.5, 0.0, -0.5], [0.0, 1.0, 1.0, 0.0], [-3.0, 0.0, 2.0, 1.0]] }
    }
}

impl Network for Linear {
    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn input_shape(&self) -> [usize; 3] {
        [2, 2, 1]
    }

    fn forward(&self, batch: &Tensor, _: &[usize]) -> Result<Forward, Error> {
        let logit = |image: &[f32], row: &[f32; 4]| row.iter().zip(image).map(|(w, x)| w * x).sum::<f32>();
        let logits = batch.items().flat_map(|image| self.weights.iter().map(move |row| logit(image, row)));
        Ok(Forward { output: Tensor::new(&[batch.n_items(), 3], logits.collect())?, taps: Vec::new() })
    }
}

impl Differentiable for Linear {
    fn pullback(&self, batch: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Pullback, Error> {
        let logits = self.forward(batch, &[])?.output;
        let slopes = cotangent(&logits)?;
        let pixel =
            |slopes: &[f32], at: usize| (0..3).map(|class| slopes[class] * self.weights[class][at]).sum();
        let gradient: Vec<f32> =
            slopes.items().flat_map(|row| (0..4).map(move |at| pixel(row, at))).collect();
        Ok(Pullback { logits, gradient: Tensor::new(batch.shape(), gradient)? })
    }
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

//! A network of this crate.

use super::ModelSpec;
use crate::error::Error;
use crate::network::{Differentiable, Forward, InputGradient, Layer, Network};
use crate::tensor::{Element, Tensor};

/// A network built from a [`ModelSpec`], with its weights.
#[derive(Debug)]
pub struct Model<E = f32> {
    spec: ModelSpec,
    layers: Vec<Layer>,
    marker: std::marker::PhantomData<E>,
}

impl<E: Element> Model<E> {
    pub(super) fn new(spec: ModelSpec) -> Result<Self, Error> {
        todo!()
    }

    /// What it was built from.
    pub fn spec(&self) -> &ModelSpec {
        &self.spec
    }

    /// The number of trainable numbers.
    pub fn n_parameters(&self) -> usize {
        todo!()
    }
}

impl Network for Model<f32> {
    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn input_shape(&self) -> [usize; 3] {
        self.spec.input_shape
    }

    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error> {
        todo!()
    }
}

impl Differentiable for Model<f32> {
    fn input_gradient(&self, batch: &Tensor, labels: &[usize]) -> Result<InputGradient, Error> {
        todo!()
    }
}

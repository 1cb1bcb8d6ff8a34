//! The numbers of a network.

use super::initialization::{he_normal, stream};
use crate::tensor::{Element, Tensor};

/// What a tensor of a network is for; it decides its layout in PyTorch's order of axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Weights of a convolution, kernel × kernel × in × out.
    ConvolutionWeight,
    /// Weights of a fully connected layer, in × out.
    LinearWeight,
    /// One number per channel, trained.
    Vector,
    /// One number per channel, kept by batch normalisation.
    Statistic,
}

impl Role {
    /// Whether it is trained.
    pub(crate) fn is_trained(self) -> bool {
        self != Self::Statistic
    }
}

/// A named tensor of a network.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter<E> {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) tensor: Tensor<E>,
}

/// Place of a [`Parameter`] in its [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ParameterId(usize);

/// All tensors of a network in the order of its layers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameters<E> {
    items: Vec<Parameter<E>>,
    seed: u64,
}

impl<E: Element> Parameters<E> {
    /// None yet; `seed` is that of the initial weights.
    pub(crate) fn new(seed: u64) -> Self {
        Self { items: Vec::new(), seed }
    }

    /// Adds weights with `fan_in` inputs per output, He-initialised from the seed and the place in the order.
    pub(super) fn add_weights(&mut self, name: String, role: Role, shape: &[usize]) -> ParameterId {
        let fan_in = shape[..shape.len() - 1].iter().product();
        let mut random = stream(self.seed, self.items.len() as u64);
        let values = he_normal(&mut random, fan_in, shape.iter().product());
        self.add(name, role, Tensor::from_parts(shape.to_vec(), values))
    }

    /// Adds one number per channel, all equal to `value`.
    pub(super) fn add_constant(
        &mut self,
        name: String,
        role: Role,
        n_channels: usize,
        value: E,
    ) -> ParameterId {
        self.add(name, role, Tensor::from_parts(vec![n_channels], vec![value; n_channels]))
    }

    fn add(&mut self, name: String, role: Role, tensor: Tensor<E>) -> ParameterId {
        self.items.push(Parameter { name, role, tensor });
        ParameterId(self.items.len() - 1)
    }

    /// One of them.
    pub(crate) fn get(&self, id: ParameterId) -> &Parameter<E> {
        &self.items[id.0]
    }

    /// One of them, to be changed.
    pub(crate) fn get_mut(&mut self, id: ParameterId) -> &mut Parameter<E> {
        &mut self.items[id.0]
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Parameter<E>> {
        self.items.iter()
    }

    /// All, in order, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Parameter<E>> {
        self.items.iter_mut()
    }

    /// The places of all, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ParameterId> + use<E> {
        (0..self.items.len()).map(ParameterId)
    }
}

//! Architectures and the networks built from them.

mod convmixer;
#[cfg(test)]
mod gradient_tests;
mod imagenet_resnet;
mod lenet;
mod mlp;
mod mobilefacenet;
mod mobilenet;
#[allow(clippy::module_inception, reason = "the file is named for the noun it defines")]
mod model;
mod plain;
mod preresnet;
mod registry;
mod resnet;
mod small_cnn;
mod spec;
mod squeeze_excitation;
mod step;
mod vgg;
mod vit;
mod weights;

pub use crate::kernels::Nonlinearity;
pub use model::Model;
pub use registry::{Architecture, architectures};
pub use spec::{ModelSpec, Shortcut};
pub(crate) use step::{Objective, count_correct, largest};
pub use weights::{WeightKind, Weights};

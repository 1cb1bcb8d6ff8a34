//! Architectures and the networks built from them.

#[cfg(test)]
mod gradient_tests;
#[allow(clippy::module_inception, reason = "the file is named for the noun it defines")]
mod model;
mod registry;
mod resnet;
mod small_cnn;
mod spec;
mod step;

pub use crate::kernels::Nonlinearity;
pub use model::Model;
pub use registry::{Architecture, architectures};
pub use spec::{ModelSpec, Shortcut};
pub(crate) use step::count_correct;

//! Arrays of dynamic rank.

mod element;
mod pool;
mod single;
#[allow(clippy::module_inception, reason = "the file is named for the noun it defines")]
mod tensor;

pub use element::Element;
pub(crate) use pool::Pool;
pub use tensor::Tensor;

//! Descriptors by layer: what is measured, on which clouds, and the tidy rows that come out.

pub(crate) mod course;
pub(crate) mod curve;
mod measure;
mod plan;
mod protocol;
pub mod row;
pub(crate) mod separation;
mod warnings;

pub use measure::{LayerCloud, LayerProfile, Sample, measure_layer};
pub use plan::Plan;
pub use protocol::Protocol;
pub use row::{Row, Scope};
pub(crate) use warnings::told_separation;
pub use warnings::warnings;

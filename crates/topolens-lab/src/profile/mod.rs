//! Descriptors by layer: what is measured, on which clouds, and the tidy rows that come out.

mod collapse;
pub(crate) mod course;
pub(crate) mod curve;
mod measure;
mod plan;
mod protocol;
pub mod row;
pub(crate) mod separation;
mod share;
mod sketch;
mod warnings;

pub(crate) use collapse::classifier_rows;
pub(crate) use measure::measure_over_untrained;
pub use measure::{LayerCloud, LayerProfile, Sample, measure_layer};
pub use plan::Plan;
pub use protocol::Protocol;
pub use row::{Row, Scope};
pub(crate) use share::separation_share;
pub(crate) use sketch::add_loop_sketches;
pub use sketch::{LoopSketch, LoopThumbnail, SketchedLoop};
pub use warnings::warnings;
pub(crate) use warnings::{told_separation, told_share};

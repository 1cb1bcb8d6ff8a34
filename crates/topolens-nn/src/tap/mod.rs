//! Layers to rows: which layers are recorded, and how their outputs become the rows of a point cloud.

mod collector;
mod readout;
mod selection;

pub use collector::{Activations, Collector, batch_size, collect};
pub use readout::Readout;
pub use selection::{default_taps, pattern_of, select, select_in_order};

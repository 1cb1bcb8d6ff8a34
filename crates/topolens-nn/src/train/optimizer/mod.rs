//! Optimisers: gradient to step, one rule per file.

mod adam;
mod adamax;
mod settings;
mod sgd;
mod state;

pub use settings::{AdamSettings, OptimizerSettings};
pub(super) use state::OptimizerState;

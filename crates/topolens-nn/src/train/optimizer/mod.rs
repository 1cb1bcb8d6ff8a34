//! Optimisers: gradient to step, one rule per file.

mod adam;
mod settings;
mod sgd;
mod state;

pub use settings::OptimizerSettings;
pub(super) use state::OptimizerState;

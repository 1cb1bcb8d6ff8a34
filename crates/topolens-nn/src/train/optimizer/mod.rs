//! Optimisers: gradient to step.

mod settings;

pub use settings::OptimizerSettings;

//! Networks while they learn: profiles at several epochs of training, and the path of the weights.

mod epochs;
mod report;
mod weight_path;

pub use epochs::{
    Progress, Request, between_layers, keep_saved, profile_epochs, profile_saved, sketch_saved,
};
pub use report::{DynamicsReport, Trajectory, write_dynamics_report};
pub use weight_path::{WeightPath, weight_path};

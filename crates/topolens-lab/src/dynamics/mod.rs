//! Networks while they learn: profiles at several epochs of training, and the path of the weights.

mod epochs;
mod weight_path;

pub use epochs::{Progress, Request, profile_epochs, profile_saved};
pub use weight_path::{WeightPath, weight_path};

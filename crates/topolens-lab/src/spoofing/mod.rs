//! Presentation attacks on face recognition: attacks made from live images, and how a detector's errors are counted.

mod errors;
pub mod simulator;

pub use errors::{PresentationErrors, equal_errors, presentation_errors};

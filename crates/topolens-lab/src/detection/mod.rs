//! Telling attacked inputs from sound ones by where they lie in the clouds of a network's layers.

mod detector;
mod document;
mod evaluation;
mod kind;
mod reference;
mod report;
mod study;

pub use detector::Detector;
pub use document::DetectionResults;
pub use evaluation::{Area, areas_over_seeds};
pub use kind::{DetectorKind, detector_kinds, find_detector};
pub use reference::{DetectorFolder, Reference};
pub use report::write_detection_report;
pub use study::{DetectionStudy, Fitted, Scored, SeedResult};

//! Presentation attacks on face recognition: attacks made from live images, faces brought to the network, live faces beside attacks in its
//! layers, and how a detector's errors are counted.

pub mod alignment;
mod attack_detection;
mod baseline;
mod conclusions;
mod document;
mod errors;
mod faces;
#[cfg(test)]
mod fixture;
mod pairs;
mod pictures;
mod population;
mod presentation;
mod report;
pub mod simulator;
mod study;

pub use attack_detection::{
    AttackDetection, AttackDetectionResults, Baseline, CandidateResult, Evaluation, JudgedImage, KindRate,
};
pub use baseline::{liveness_scores, read_scores};
pub use document::{ExampleFace, KindSummary, SpoofResults};
pub use errors::{PresentationErrors, equal_errors, presentation_errors};
pub use faces::{FaceLoader, Faces, LeftOut};
pub use pictures::ensure_outside;
pub use population::{PopulationRow, Subject};
pub use presentation::{
    AttackFolder, Layout, Part, Presentation, PresentationKind, Presentations, Role, folders,
};
pub use study::{PopulationSettings, PopulationStudy};

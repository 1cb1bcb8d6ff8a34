//! How an attack moves data through the clouds of a network's layers.

mod answers;
mod document;
mod embedding;
mod geometry;
mod measurer;
mod plan;
mod reading;
mod report;
mod robustness;
mod sample;
mod strength;
mod study;

pub use answers::{accuracy, macro_f1};
pub use document::{AttackResults, write_pointwise};
pub use embedding::t_sne;
pub use geometry::Pointwise;
pub use measurer::{Measurer, OnThreads};
pub use plan::{Refusal, plan};
pub use reading::{SavedExamples, read_examples, write_examples};
pub use report::write_attack_report;
pub use robustness::{Line, Robustness, robust_accuracy};
pub(crate) use sample::clouds_of as clouds_of_pixels;
pub use strength::{Strength, correlations_with_epsilon};
pub use study::{AttackStudy, Cell, Given, Images, Planned, Progress};

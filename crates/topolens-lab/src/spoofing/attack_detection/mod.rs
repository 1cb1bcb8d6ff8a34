//! Presentation-attack detection from the clouds of live faces, with the measures of ISO/IEC 30107-3.

mod candidate;
mod evaluation;
mod folds;
mod judgement;
mod study;

pub use candidate::CandidateResult;
pub use evaluation::{Evaluation, KindRate};
pub use study::{AttackDetection, AttackDetectionResults, Baseline, JudgedImage};

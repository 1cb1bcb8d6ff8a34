//! Face verification: whether two pictures show one person, by the cosine of their embeddings.

mod document;
mod embeddings;
mod familiarity;
mod group;
mod pairs;
mod report;

pub use document::VerificationResults;
pub use embeddings::{Embeddings, embeddings};
pub use familiarity::{Familiarity, groups_of_persons};
pub use group::{Group, MOST_PAIRS, RateAt, check_pairs, verify};
pub use pairs::FacePairs;
pub use report::write_verification_report;

//! Pairwise dissimilarities: computed row by row or kept as a condensed matrix.

mod condensed;
mod dissimilarities;

pub use condensed::DistanceMatrix;
pub use dissimilarities::Dissimilarities;

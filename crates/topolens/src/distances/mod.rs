//! Pairwise dissimilarities: computed row by row or kept as a condensed matrix.

mod condensed;
mod dissimilarities;
mod tiles;

pub use condensed::DistanceMatrix;
pub(crate) use condensed::row_parts;
pub use dissimilarities::Dissimilarities;
pub(crate) use tiles::{BLOCK, Tile, Tiles};

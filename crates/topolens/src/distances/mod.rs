//! Pairwise dissimilarities: computed row by row or kept as a condensed matrix.

mod condensed;
mod dissimilarities;
mod metric_cloud;
mod sparse;
mod tiles;

pub use condensed::DistanceMatrix;
pub(crate) use condensed::row_parts;
pub use dissimilarities::Dissimilarities;
pub use metric_cloud::MetricCloud;
pub use sparse::SparseDistances;
pub(crate) use sparse::is_sparse;
pub(crate) use tiles::{BLOCK, Tile, Tiles};

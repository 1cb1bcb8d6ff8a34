//! Exact nearest neighbours, and the distances along the graph that they make.

mod graph;
mod nearest;
mod row;
mod table;

pub use graph::{NeighborGraph, geodesic_distances};
use nearest::nearest_by;
pub(crate) use nearest::nearest_neighbors;
pub(crate) use row::nearest_in_row;
pub use table::NeighborTable;

//! Exact nearest neighbours, and the distances along the graph that they make.

mod graph;
mod nearest;
mod row;
mod table;

pub use graph::{NeighborGraph, geodesic_distances};
pub(crate) use nearest::nearest_neighbors;
use nearest::{Lists, nearest_by};
pub(crate) use row::nearest_in_row;
pub use table::NeighborTable;

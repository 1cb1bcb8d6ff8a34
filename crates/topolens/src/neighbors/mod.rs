//! Exact nearest neighbours, and the distances along the graph that they make.

mod graph;
mod table;

pub use graph::{NeighborGraph, geodesic_distances};
pub use table::NeighborTable;

//! Exact nearest neighbours.

mod nearest;
mod table;

pub(crate) use nearest::nearest_neighbors;
pub use table::NeighborTable;

//! Exact nearest neighbours.

mod nearest;
mod row;
mod table;

pub(crate) use nearest::nearest_neighbors;
pub(crate) use row::nearest_in_row;
pub use table::NeighborTable;

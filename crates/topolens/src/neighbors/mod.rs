//! Exact nearest neighbours.

mod table;

pub use table::NeighborTable;

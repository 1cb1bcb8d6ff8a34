//! Dimension 0: components and the tree whose edges are their deaths.

mod between;
mod boruvka;
mod joined;
mod link;
mod prim;
mod spanning_tree;
mod subset_trees;

use link::Link;
pub use spanning_tree::{Edge, SpanningTree, minimum_spanning_tree};
pub(crate) use subset_trees::SubsetTrees;

//! Dimension 0: components and the tree whose edges are their deaths.

mod between;
mod boruvka;
mod link;
mod prim;
mod spanning_tree;

use link::Link;
pub use spanning_tree::{Edge, SpanningTree, minimum_spanning_tree};

//! Persistent homology of Vietoris–Rips filtrations.
//!
//! Simplices enter at their diameter, edges of equal length by the positions of their ends; any consistent order gives
//! the same diagrams.

mod adjacency;
mod cavities;
mod cohomology;
mod components;
mod disjoint_sets;
mod edge_order;
mod few;
mod field;
mod index_hash;
mod loop_representative;
mod loops;
mod neighborhoods;
mod vietoris_rips;

pub(crate) use components::SubsetTrees;
pub use components::{Edge, SpanningTree, minimum_spanning_tree};
pub use loop_representative::LoopRepresentative;
pub use vietoris_rips::VietorisRips;

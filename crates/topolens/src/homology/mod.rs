//! Persistent homology of Vietoris–Rips filtrations.
//!
//! Simplices enter at their diameter. Those of equal diameter and dimension are ordered by decreasing index in the
//! combinatorial number system, everywhere in this module; any consistent order gives the same diagrams.

mod adjacency;
mod apparent;
mod assembly;
mod cavities;
mod cofacets;
mod cohomology;
mod column;
mod components;
mod disjoint_sets;
mod edge_order;
mod field;
mod filtration;
mod index_hash;
mod loop_representative;
mod loops;
mod simplex;
mod vietoris_rips;

pub(crate) use components::SubsetTrees;
pub use components::{Edge, SpanningTree, minimum_spanning_tree};
pub use loop_representative::LoopRepresentative;
pub use vietoris_rips::VietorisRips;

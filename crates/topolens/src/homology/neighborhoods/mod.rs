//! Which edges there are, when they enter, and what their lunes look like, in two layouts.

mod dense;
mod edges;
mod lune;
mod sparse;

use super::few::Few;
pub(super) use dense::Dense;
pub(super) use edges::Edges;
pub(super) use lune::{Lune, LuneGraph};
pub(super) use sparse::Sparse;

pub(super) use super::cavities::N_PARTS;

/// The rank of a pair that never becomes an edge.
pub(super) const NEVER: u32 = u32::MAX;

/// The neighbours of every point.
pub(super) trait Neighborhoods: Sync {
    /// The rank of the edge between two points, or [`NEVER`].
    fn rank(&self, a: usize, b: usize) -> u32;

    /// The points with an edge to each of the vertices, ascending.
    fn common_neighbors(&self, vertices: Few) -> impl Iterator<Item = usize> + '_;

    /// Shows the ranks of one of [`N_PARTS`] parts of the edges with their lunes, in an order of its own.
    fn lunes(&self, edges: &Edges, part: usize, see: impl FnMut(u32, Lune));
}

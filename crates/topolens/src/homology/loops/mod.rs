//! Dimensions 0 and 1 of the Vietoris–Rips filtration, from the edges alone.
//!
//! Let edges enter one at a time, shortest first. The *lune* of an edge $uv$ is the set of points $w$ whose edges to
//! $u$ and to $v$ entered before it. With the edge enter all simplices over it, that is, a cone over the suspension of the
//! complex that the earlier edges span on the lune. So, in dimensions 0 and 1, an edge
//!
//! - with an empty lune joins two components or gives birth to a loop. Such edges form the relative neighbourhood graph:
//!   a few per point, the minimum spanning tree among them;
//! - with a connected lune changes nothing: through any point $w$ of the lune it is homologous to $uw + wv$;
//! - with a lune of $c \ge 2$ components makes the $c - 1$ loops $u w_1 v w_i$ homologous to zero.
//!
//! What remains is a search through the lunes of all edges, which needs no order among edges that are close in length
//! and so runs in parallel over slabs of the filtration ([`lune`]), and a tiny elimination over the births ([`chains`]).
//! No metric is needed, only an order of the edges; ties are broken by position.

mod active;
mod chains;
mod cycle;
mod lists;
mod low_dimensions;
mod lune;
mod slabs;

pub(super) use chains::Life;
pub(super) use cycle::Paths;
pub(super) use low_dimensions::{LowDimensions, MAX_POINTS, components_diagram};

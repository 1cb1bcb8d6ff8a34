//! Dimensions 0, 1 and 2 of the Vietoris–Rips filtration, one edge at a time.
//!
//! With an edge $uv$ enter all simplices over it: the complex gains a cone over the suspension of $K$, the complex that
//! the earlier edges span on the lune of $uv$. Nothing happens to cohomology in dimension $k$ but for
//! $\tilde H^{k-2}(K)$ and $\tilde H^{k-1}(K)$, and almost every $K$ is a cone itself, which a few words of bits show. The
//! sweep keeps a cocycle per class alive: an edge has a row with its values on the triangles from there to all points.
//! A cocycle extends over a cone by copying a row ([`sweep`]); over another lune it extends if a sum along a spanning
//! forest closes up on every edge of $K$ ([`lune`]), and otherwise the youngest that does not dies ([`elimination`]).

mod classes;
mod cochains;
mod coefficients;
mod elimination;
mod lune;
mod sweep;

pub(super) use lune::{Lune, N_PARTS, each_lune};
pub(super) use sweep::FirstDimensions;

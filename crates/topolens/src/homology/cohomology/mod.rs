//! Any dimension by persistent cohomology: coboundaries enumerated, never stored.
//!
//! A simplex is named by its longest edge and its other vertices, which lie in the edge's lune. Simplices of one longest
//! edge enter together; among them those with the edge's *hub*, the point adjacent to most of the lune, come first, then by
//! position. So if the hub is adjacent to all of the lune, every simplex over the edge is half of an apparent pair, and
//! the other half is found by adding or leaving out the hub.

mod cofacets;
mod column;
mod critical;
mod filtration;
mod reduction;
mod simplex;

pub(super) use filtration::Filtration;

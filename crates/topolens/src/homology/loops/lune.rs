//! What the lune of an edge looks like, decided for many edges at once.
//!
//! The exact question is about the graph of the edges before *this* one; at hand are the graphs at the two ends of the
//! slab. A neighbour at the first end is one for certain, a non-neighbour at the second end is none, and the few pairs in
//! between are compared one by one.
//!
//! Most lunes are shown to be connected by *hubs*: points of the lune, central ones first, whose neighbours cover it. What
//! hubs leave uncovered is looked at point by point.

#![expect(
    clippy::inline_always,
    reason = "inlined into a function compiled for the vector instructions; a call would lose them"
)]

use pulp::{Arch, Simd, WithSimd};

use super::adjacency::{Adjacency, GROUP, positions_in};
use super::edge_order::{EdgeOrder, Moment, PackedEdge};
use crate::Scalar;

/// Hubs tried before the uncovered points are looked at one by one.
const MOST_HUBS: usize = 6;

/// An edge whose lune is empty or falls apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding<S> {
    pub(super) moment: Moment<S>,
    /// A position in each component of the lune; none if the lune is empty.
    pub(super) components: Vec<u32>,
}

/// The lunes of one slab.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lunes<'a, S> {
    pub(super) order: &'a EdgeOrder<'a, S>,
    /// The edges of earlier slabs.
    pub(super) before: &'a Adjacency,
    /// Those and the edges of this slab.
    pub(super) after: &'a Adjacency,
}

impl<S: Scalar> Lunes<'_, S> {
    /// The edges with an empty lune.
    pub(super) fn empty(self, edges: &[PackedEdge]) -> Vec<Finding<S>> {
        Arch::new().dispatch(EmptyLunes { lunes: self, edges })
    }

    /// The edges whose lune has two components or more.
    pub(super) fn split(self, edges: &[PackedEdge]) -> Vec<Finding<S>> {
        Arch::new().dispatch(SplitLunes { lunes: self, edges })
    }

    #[inline(always)]
    fn is_empty(self, edge: PackedEdge) -> bool {
        let (u, v) = (edge.larger(), edge.smaller());
        if first_common(self.before.row(u), self.before.row(v)).is_some() {
            return false;
        }
        let moment = self.order.moment(edge);
        !common(self.after.row(u), self.after.row(v)).any(|w| w != u && w != v && self.holds(moment, w))
    }

    /// Whether `w`, which is neither end, lies in the lune of the edge.
    #[inline]
    fn holds(self, moment: Moment<S>, w: usize) -> bool {
        self.is_neighbor(moment.edge.larger(), w, moment) && self.is_neighbor(moment.edge.smaller(), w, moment)
    }

    /// Whether the edge between two positions entered before `moment`, which lies in this slab.
    #[inline]
    fn is_neighbor(self, a: usize, b: usize, moment: Moment<S>) -> bool {
        self.before.contains(a, b) || (self.after.contains(a, b) && self.order.is_earlier(a, b, moment))
    }

    /// A point in each component of the lune, unless one component is all there is.
    #[inline(always)]
    fn components(self, edge: PackedEdge, uncovered: &mut Vec<(usize, u64)>) -> Option<Vec<u32>> {
        let (u, v) = (edge.larger(), edge.smaller());
        let Some(hub) = first_common(self.before.row(u), self.before.row(v)) else {
            return self.components_without_hub(edge);
        };
        self.leave_uncovered(edge, hub, uncovered);
        if uncovered.is_empty() || self.is_covered_by_more_hubs(edge, hub, uncovered) {
            return None;
        }
        let moment = self.order.moment(edge);
        let apart = |w: &usize| self.holds(moment, *w) && !self.is_neighbor(hub, *w, moment);
        let apart: Vec<usize> =
            uncovered.iter().flat_map(|&(word, bits)| positions_in(word, bits)).filter(apart).collect();
        self.components_beside_hub(moment, hub, &apart)
    }

    /// Collects what may lie in the lune and is no neighbour of the hub for certain.
    #[inline(always)]
    fn leave_uncovered(self, edge: PackedEdge, hub: usize, uncovered: &mut Vec<(usize, u64)>) {
        uncovered.clear();
        let (u, _) = self.after.row(edge.larger()).as_chunks::<GROUP>();
        let (v, _) = self.after.row(edge.smaller()).as_chunks::<GROUP>();
        let (star, _) = self.before.row(hub).as_chunks::<GROUP>();
        for (group, ((u, v), star)) in u.iter().zip(v).zip(star).enumerate() {
            let mut rest = [0; GROUP];
            let mut any = 0;
            for at in 0..GROUP {
                rest[at] = u[at] & v[at] & !star[at];
                any |= rest[at];
            }
            if any != 0 {
                let words = rest.into_iter().enumerate().filter(|(_, bits)| *bits != 0);
                uncovered.extend(words.map(|(at, bits)| (group * GROUP + at, bits)));
            }
        }
    }

    /// Takes away what further hubs, neighbours of the first, cover; whether that is all.
    #[inline(always)]
    fn is_covered_by_more_hubs(
        self,
        edge: PackedEdge,
        hub: usize,
        uncovered: &mut Vec<(usize, u64)>,
    ) -> bool {
        let (u, v, star) =
            (self.before.row(edge.larger()), self.before.row(edge.smaller()), self.before.row(hub));
        let mut n_hubs = 1;
        for word in hub / 64..self.before.words_per_row() {
            for other in positions_in(word, u[word] & v[word] & star[word]).filter(|&other| other != hub) {
                let covered = self.before.row(other);
                uncovered.iter_mut().for_each(|(word, bits)| *bits &= !covered[*word]);
                uncovered.retain(|(_, bits)| *bits != 0);
                n_hubs += 1;
                if uncovered.is_empty() || n_hubs == MOST_HUBS {
                    return uncovered.is_empty();
                }
            }
        }
        false
    }

    /// The components of a lune in which nothing is known to lie before the slab.
    fn components_without_hub(self, edge: PackedEdge) -> Option<Vec<u32>> {
        let (u, v) = (edge.larger(), edge.smaller());
        let moment = self.order.moment(edge);
        let inside = |w: &usize| *w != u && *w != v && self.holds(moment, *w);
        let mut members = common(self.after.row(u), self.after.row(v)).filter(inside);
        let hub = members.next()?;
        let apart: Vec<usize> = members.filter(|&w| !self.is_neighbor(hub, w, moment)).collect();
        self.components_beside_hub(moment, hub, &apart)
    }

    /// The components of a lune, given a point of it and those that are not its neighbours.
    fn components_beside_hub(self, moment: Moment<S>, hub: usize, apart: &[usize]) -> Option<Vec<u32>> {
        let touching: Vec<bool> = apart.iter().map(|&w| self.touches_surely(moment.edge, hub, w)).collect();
        let mut is_seen = vec![false; apart.len()];
        let mut components = vec![hub as u32];
        for start in (0..apart.len()).filter(|&at| !touching[at]) {
            if is_seen[start] {
                continue;
            }
            let mut reached = vec![start];
            is_seen[start] = true;
            let mut is_joined = false;
            while let Some(at) = reached.pop() {
                is_joined |= touching[at] || self.touches(moment, hub, apart[at]);
                for next in 0..apart.len() {
                    if !is_seen[next] && self.is_neighbor(apart[at], apart[next], moment) {
                        is_seen[next] = true;
                        reached.push(next);
                    }
                }
            }
            if !is_joined {
                components.push(apart[start] as u32);
            }
        }
        (components.len() > 1).then_some(components)
    }

    /// Whether a point of the lune has a neighbour among the hub's there, by the edges of earlier slabs alone.
    #[inline]
    fn touches_surely(self, edge: PackedEdge, hub: usize, w: usize) -> bool {
        let rows = [edge.larger(), edge.smaller(), hub, w].map(|position| self.before.row(position));
        (0..self.before.words_per_row())
            .any(|word| rows[0][word] & rows[1][word] & rows[2][word] & rows[3][word] != 0)
    }

    /// Whether a point of the lune has a neighbour among the hub and its neighbours there.
    fn touches(self, moment: Moment<S>, hub: usize, w: usize) -> bool {
        let (u, v) = (moment.edge.larger(), moment.edge.smaller());
        let rows = [u, v, hub, w].map(|position| self.after.row(position));
        let candidates = (0..self.after.words_per_row()).flat_map(|word| {
            positions_in(word, rows[0][word] & rows[1][word] & rows[2][word] & rows[3][word])
        });
        let joins = |y: usize| {
            self.holds(moment, y)
                && self.is_neighbor(w, y, moment)
                && self.is_neighbor(hub, y, moment)
        };
        candidates.into_iter().any(|y| y != u && y != v && joins(y))
    }
}

/// The first position set in both rows.
#[inline(always)]
fn first_common(a: &[u64], b: &[u64]) -> Option<usize> {
    let word = a.iter().zip(b).position(|(a, b)| a & b != 0)?;
    Some(word * 64 + (a[word] & b[word]).trailing_zeros() as usize)
}

/// The positions set in both rows.
#[inline]
fn common(a: &[u64], b: &[u64]) -> impl Iterator<Item = usize> {
    a.iter().zip(b).enumerate().flat_map(|(word, (a, b))| positions_in(word, a & b))
}

struct EmptyLunes<'a, S> {
    lunes: Lunes<'a, S>,
    edges: &'a [PackedEdge],
}

impl<S: Scalar> WithSimd for EmptyLunes<'_, S> {
    type Output = Vec<Finding<S>>;

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) -> Self::Output {
        let Self { lunes, edges } = self;
        let empty = edges.iter().filter(|edge| lunes.is_empty(**edge));
        empty.map(|&edge| Finding { moment: lunes.order.moment(edge), components: Vec::new() }).collect()
    }
}

struct SplitLunes<'a, S> {
    lunes: Lunes<'a, S>,
    edges: &'a [PackedEdge],
}

impl<S: Scalar> WithSimd for SplitLunes<'_, S> {
    type Output = Vec<Finding<S>>;

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) -> Self::Output {
        let Self { lunes, edges } = self;
        let (mut uncovered, mut found) = (Vec::new(), Vec::new());
        for &edge in edges {
            if let Some(components) = lunes.components(edge, &mut uncovered) {
                found.push(Finding { moment: lunes.order.moment(edge), components });
            }
        }
        found
    }
}

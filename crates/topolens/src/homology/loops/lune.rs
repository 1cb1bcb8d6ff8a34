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

use super::active::ActiveEdges;
use crate::Scalar;
use crate::homology::adjacency::{Adjacency, GROUP, positions_in};
use crate::homology::edge_order::{EdgeOrder, Moment, PackedEdge};

/// Hubs tried before the uncovered points are looked at one by one.
const MOST_HUBS: usize = 6;

/// An edge that enters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entrance<S> {
    pub(super) moment: Moment<S>,
    /// A point of its lune, unless the lune is empty.
    pub(super) around: Option<usize>,
}

/// An edge whose lune falls apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Split<S> {
    pub(super) moment: Moment<S>,
    /// A position in each component of the lune.
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
    pub(super) active: &'a ActiveEdges,
}

impl<S: Scalar> Lunes<'_, S> {
    /// The edges with an empty lune, and those whose annotation need not be zero.
    pub(super) fn entrances(self, edges: &[PackedEdge]) -> Vec<Entrance<S>> {
        Arch::new().dispatch(Entrances { lunes: self, edges })
    }

    /// The edges whose lune has two components or more, as far as an active edge leads from an end into the lune.
    pub(super) fn splits(self, edges: &[PackedEdge]) -> Vec<Split<S>> {
        Arch::new().dispatch(Splits { lunes: self, edges })
    }

    #[inline(always)]
    fn entrance(self, edge: PackedEdge) -> Option<Entrance<S>> {
        let (u, v) = (edge.larger(), edge.smaller());
        if let Some(hub) = self.hub(edge) {
            let is_active = self.active.contains(u, hub) || self.active.contains(hub, v);
            return is_active.then(|| Entrance { moment: self.order.moment(edge), around: Some(hub) });
        }
        let moment = self.order.moment(edge);
        let inside = |w: &usize| *w != u && *w != v && self.holds(moment, *w);
        let around = common(self.after.row(u), self.after.row(v)).find(inside);
        Some(Entrance { moment, around })
    }

    /// Whether an active edge may lead from an end of the edge into its lune.
    #[inline(always)]
    fn is_touched(self, edge: PackedEdge) -> bool {
        let (u, v) = (edge.larger(), edge.smaller());
        let (u_row, v_row) = (self.after.row(u), self.after.row(v));
        let inside = |w: &u16| {
            let (word, bit) = (usize::from(*w) / 64, *w % 64);
            (u_row[word] & v_row[word]) >> bit & 1 == 1 && usize::from(*w) != u && usize::from(*w) != v
        };
        self.active.at(u).iter().any(inside) || self.active.at(v).iter().any(inside)
    }

    /// The first point that is known to lie in the lune.
    #[inline(always)]
    fn hub(self, edge: PackedEdge) -> Option<usize> {
        first_common(self.before.row(edge.larger()), self.before.row(edge.smaller()))
    }

    /// Whether `w`, which is neither end, lies in the lune of the edge.
    #[inline]
    fn holds(self, moment: Moment<S>, w: usize) -> bool {
        self.is_neighbor(moment.edge.larger(), w, moment)
            && self.is_neighbor(moment.edge.smaller(), w, moment)
    }

    /// Whether the edge between two positions entered before `moment`, which lies in this slab.
    #[inline]
    fn is_neighbor(self, a: usize, b: usize, moment: Moment<S>) -> bool {
        self.before.contains(a, b) || (self.after.contains(a, b) && self.order.is_earlier(a, b, moment))
    }

    /// A point in each component of the lune, unless one component is all there is.
    #[inline(always)]
    fn components(self, edge: PackedEdge, uncovered: &mut Vec<(usize, u64)>) -> Option<Vec<u32>> {
        let Some(hub) = self.hub(edge) else {
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
                for (word, bits) in uncovered.iter_mut() {
                    *bits &= !covered[*word];
                }
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
            self.holds(moment, y) && self.is_neighbor(w, y, moment) && self.is_neighbor(hub, y, moment)
        };
        candidates.into_iter().any(|y| y != u && y != v && joins(y))
    }
}

/// The first position set in both rows.
#[inline(always)]
fn first_common(a: &[u64], b: &[u64]) -> Option<usize> {
    let (a_groups, _) = a.as_chunks::<GROUP>();
    let (b_groups, _) = b.as_chunks::<GROUP>();
    let meet =
        |(a, b): (&[u64; GROUP], &[u64; GROUP])| (0..GROUP).fold(0, |any, at| any | (a[at] & b[at])) != 0;
    let group = a_groups.iter().zip(b_groups).position(meet)?;
    let word = (group * GROUP..(group + 1) * GROUP).find(|&word| a[word] & b[word] != 0)?;
    Some(word * 64 + (a[word] & b[word]).trailing_zeros() as usize)
}

/// The positions set in both rows.
#[inline]
fn common(a: &[u64], b: &[u64]) -> impl Iterator<Item = usize> {
    a.iter().zip(b).enumerate().flat_map(|(word, (a, b))| positions_in(word, a & b))
}

struct Entrances<'a, S> {
    lunes: Lunes<'a, S>,
    edges: &'a [PackedEdge],
}

impl<S: Scalar> WithSimd for Entrances<'_, S> {
    type Output = Vec<Entrance<S>>;

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) -> Self::Output {
        let Self { lunes, edges } = self;
        edges.iter().filter_map(|&edge| lunes.entrance(edge)).collect()
    }
}

struct Splits<'a, S> {
    lunes: Lunes<'a, S>,
    edges: &'a [PackedEdge],
}

impl<S: Scalar> WithSimd for Splits<'_, S> {
    type Output = Vec<Split<S>>;

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) -> Self::Output {
        let Self { lunes, edges } = self;
        let (mut uncovered, mut found) = (Vec::new(), Vec::new());
        for &edge in edges.iter().filter(|edge| lunes.is_touched(**edge)) {
            if let Some(components) = lunes.components(edge, &mut uncovered) {
                found.push(Split { moment: lunes.order.moment(edge), components });
            }
        }
        found
    }
}

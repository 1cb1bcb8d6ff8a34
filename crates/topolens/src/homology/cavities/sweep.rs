//! The sweep through the edges, shortest first.

use rayon::prelude::*;

use super::classes::Classes;
use super::cochains::{Cochains, Oriented, Sums};
use super::coefficients::{Bits, Coefficients, Residues};
use super::elimination::{Extension, Outcome, eliminate};
use super::lune::{Forest, Lune, N_PARTS, each_lune};
use crate::homology::adjacency::{Adjacency, positions};
use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::edge_order::{EdgeOrder, Moment, PackedEdge};
use crate::homology::field::PrimeField;
use crate::{DistanceMatrix, Interval, Scalar};

/// What happens in dimensions 0, 1 and 2.
#[derive(Debug)]
pub(in crate::homology) struct FirstDimensions {
    /// The lengths at which components merge, ascending.
    pub(in crate::homology) merges: Vec<f64>,
    /// The intervals of dimension 1.
    pub(in crate::homology) loops: Vec<Interval>,
    /// The intervals of dimension 2.
    pub(in crate::homology) cavities: Vec<Interval>,
}

impl FirstDimensions {
    /// Of the filtration up to `threshold`, which is finite.
    pub(in crate::homology) fn new<S: Scalar>(
        distances: &DistanceMatrix<S>,
        threshold: S,
        field: &PrimeField,
    ) -> Self {
        let order = EdgeOrder::new(distances);
        let moments = order.moments_up_to(threshold);
        if field.is_binary() {
            Self::of_moments(Bits(field), distances.n_points(), &moments)
        } else {
            Self::of_moments(Residues(field), distances.n_points(), &moments)
        }
    }

    fn of_moments<C: Coefficients, S: Scalar>(
        coefficients: C,
        n_points: usize,
        moments: &[Moment<S>],
    ) -> Self {
        let mut sweep = Sweep::new(coefficients, n_points);
        let edges: Vec<PackedEdge> = moments.iter().map(|moment| moment.edge).collect();
        for (moment, tip) in moments.iter().zip(tips(n_points, &edges)) {
            sweep.enter(moment.edge, moment.length.to_f64(), tip);
        }
        Self { merges: sweep.merges, loops: sweep.loops.finish(), cavities: sweep.cavities.finish() }
    }
}

/// A tip of the lune of each edge, if there is one.
fn tips(n_points: usize, edges: &[PackedEdge]) -> Vec<Option<u16>> {
    let of_part = |part: usize| {
        let mut tips = Vec::new();
        each_lune(n_points, edges, part, |_, lune| tips.push(lune.tip().map(|tip| tip as u16)));
        tips
    };
    (0..N_PARTS).into_par_iter().flat_map_iter(of_part).collect()
}

/// The number of a pair among all pairs.
#[inline]
fn face(a: usize, b: usize) -> usize {
    let (larger, smaller) = if a > b { (a, b) } else { (b, a) };
    larger * (larger - 1) / 2 + smaller
}

struct Sweep<C: Coefficients> {
    coefficients: C,
    words_per_row: usize,
    /// The points of a lune, between uses.
    lune: Vec<u64>,
    adjacency: Adjacency,
    components: DisjointSets,
    merges: Vec<f64>,
    /// Cochains of degree 1, on points.
    loops: Classes<C>,
    /// Cochains of degree 2, on pairs from the larger to the smaller position.
    cavities: Classes<C>,
    /// The pairs where a cavity may not vanish.
    active: Adjacency,
    sums: Sums<C>,
    /// One row per point, all zero between uses.
    differences: Vec<C::Word>,
}

impl<C: Coefficients> Sweep<C> {
    fn new(coefficients: C, n_points: usize) -> Self {
        let words_per_row = C::row_length(n_points);
        let n_pairs = n_points * n_points.saturating_sub(1) / 2;
        Self {
            coefficients,
            words_per_row,
            lune: vec![0; n_points.div_ceil(64)],
            adjacency: Adjacency::new(n_points),
            components: DisjointSets::new(n_points),
            merges: Vec::new(),
            loops: Classes::new(Cochains::new(coefficients, n_points, words_per_row)),
            cavities: Classes::new(Cochains::new(coefficients, n_pairs, words_per_row)),
            active: Adjacency::new(n_points),
            sums: Sums::new(words_per_row),
            differences: vec![C::Word::default(); n_points * words_per_row],
        }
    }

    fn enter(&mut self, edge: PackedEdge, length: f64, tip: Option<u16>) {
        let (u, v) = (edge.larger(), edge.smaller());
        let mut bits = std::mem::take(&mut self.lune);
        self.adjacency.common(edge, &mut bits);
        if let Some(tip) = tip {
            self.extend_over_cone(u, v, tip.into(), &bits);
        } else if bits.iter().all(|&word| word == 0) {
            self.enter_bare(u, v, length);
        } else {
            let forest = Forest::of(Lune { adjacency: &self.adjacency, bits: &bits });
            let loops = eliminate(self.coefficients, self.loop_extensions(u, v, &bits, &forest));
            self.settle_loops(u, v, &loops, length);
            let extensions = self.cavity_extensions(u, v, &bits, &forest);
            self.settle_cavities(u, v, &eliminate(self.coefficients, extensions), length);
            self.give_births(edge, &forest, &loops, length);
        }
        self.adjacency.join(u, v);
        self.lune = bits;
    }

    /// An edge with an empty lune.
    fn enter_bare(&mut self, u: usize, v: usize, length: f64) {
        if self.components.join(u, v) {
            self.merges.push(length);
        } else {
            let class = self.loops.give_birth(length);
            self.write_loop(class, u, v, 1);
        }
    }

    /// An edge over whose lune nothing happens: classes extend by their values at the tip.
    fn extend_over_cone(&mut self, u: usize, v: usize, tip: usize, bits: &[u64]) {
        let mut sums = std::mem::replace(&mut self.sums, Sums::new(self.words_per_row));
        sums.clear();
        self.loops.cochains.add_sums(point(u), minus(point(v)), bits, &mut sums);
        for (class, values) in sums.iter() {
            self.write_loop(class, u, v, C::get(values, tip));
        }
        sums.clear();
        self.cavities.cochains.add_sums(pair(u, tip), minus(pair(v, tip)), bits, &mut sums);
        for (class, values) in sums.iter() {
            self.write_cavity(class, u, v, values);
        }
        self.sums = sums;
    }

    /// The loops that go through the edge or have different values on the trees of its lune, youngest first.
    fn loop_extensions(&self, u: usize, v: usize, bits: &[u64], forest: &Forest) -> Vec<Extension<C>> {
        let field = self.coefficients.field();
        let mut sums = Sums::new(self.words_per_row);
        self.loops.cochains.add_sums(point(u), minus(point(v)), bits, &mut sums);
        let extension = |(class, sum): (u32, &[C::Word])| {
            let value = C::get(sum, forest.roots[0]);
            let others = (1_u32..).zip(&forest.roots[1..]);
            let differences =
                others.map(|(tree, &root)| (tree, field.add(C::get(sum, root), field.negate(value))));
            let obstruction = differences.filter(|(_, difference)| *difference != 0).collect();
            let mut values = vec![C::Word::default()];
            self.coefficients.add_at(&mut values, 0, value);
            Extension { class, values, obstruction, added: Vec::new() }
        };
        let mut extensions: Vec<Extension<C>> = sums.iter().map(extension).collect();
        extensions.reverse();
        extensions
    }

    fn settle_loops(&mut self, u: usize, v: usize, outcome: &Outcome<C>, length: f64) {
        self.loops.settle(outcome, length);
        for survivor in &outcome.survivors {
            let value = C::get(&survivor.values, 0);
            if value != 0 {
                self.write_loop(survivor.class, u, v, value);
            }
        }
    }

    /// The cavities with a triangle from an end of the edge to its lune, youngest first.
    fn cavity_extensions(&mut self, u: usize, v: usize, bits: &[u64], forest: &Forest) -> Vec<Extension<C>> {
        let mut sums = Sums::new(self.words_per_row);
        let mut places: Vec<(u32, usize, usize)> = Vec::new();
        for w in positions(&self.active_points(u, v, bits)) {
            let start = sums.len();
            self.cavities.cochains.add_sums(pair(u, w), minus(pair(v, w)), bits, &mut sums);
            places.extend((start..sums.len()).map(|at| (sums.class(at), w, at)));
        }
        places.sort_unstable_by(|a, b| b.cmp(a));
        let lune = Lune { adjacency: &self.adjacency, bits };
        let (coefficients, length) = (self.coefficients, self.words_per_row);
        let of_class = |places: &[(u32, usize, usize)]| {
            for &(_, w, at) in places {
                self.differences[w * length..][..length].copy_from_slice(sums.row(at));
            }
            let values = forest.sums(coefficients, &self.differences, length);
            let obstruction = lune.disagreements(coefficients, &values, &self.differences);
            for &(_, w, _) in places {
                self.differences[w * length..][..length].fill(C::Word::default());
            }
            Extension { class: places[0].0, values, obstruction, added: Vec::new() }
        };
        places.chunk_by(|a, b| a.0 == b.0).map(of_class).collect()
    }

    /// The points of a lune that an end of the edge makes an active pair with.
    fn active_points(&mut self, u: usize, v: usize, bits: &[u64]) -> Vec<u64> {
        let rows = bits.iter().zip(self.active.row(u)).zip(self.active.row(v));
        let points: Vec<u64> = rows.map(|((bits, u), v)| bits & (u | v)).collect();
        for w in positions(&points) {
            for end in [u, v] {
                if self.cavities.cochains.terms(face(end, w)).is_empty() {
                    self.active.part(end, w);
                }
            }
        }
        points
    }

    fn settle_cavities(&mut self, u: usize, v: usize, outcome: &Outcome<C>, length: f64) {
        self.cavities.settle(outcome, length);
        for survivor in &outcome.survivors {
            self.write_cavity(survivor.class, u, v, &survivor.values);
        }
    }

    /// Every tree but the first closes a cavity, unless it fills a loop.
    fn give_births(&mut self, edge: PackedEdge, forest: &Forest, loops: &Outcome<C>, length: f64) {
        let fills = |tree: usize| loops.dying.iter().any(|dying| dying.obstruction[0].0 as usize == tree);
        for tree in (1..forest.roots.len()).filter(|&tree| !fills(tree)) {
            let mut values = vec![C::Word::default(); self.words_per_row];
            for point in positions(forest.tree(tree)) {
                self.coefficients.add_at(&mut values, point, 1);
            }
            let class = self.cavities.give_birth(length);
            self.write_cavity(class, edge.larger(), edge.smaller(), &values);
        }
    }

    /// Adds a value on the edge from `u` to `v`.
    fn write_loop(&mut self, class: u32, u: usize, v: usize, value: u32) {
        let (from_u, from_v) = (point(u), minus(point(v)));
        self.loops.cochains.add_at(class, from_u, v, value);
        self.loops.cochains.add_at(class, from_v, u, value);
    }

    /// Adds values on the triangles from the edge from `u` to `v`, its smaller position, to all points.
    fn write_cavity(&mut self, class: u32, u: usize, v: usize, values: &[C::Word]) {
        for (w, value) in C::entries(values) {
            let (from_u, from_v) = (minus(pair(u, w)), pair(v, w));
            self.cavities.cochains.add_at(class, from_u, v, value);
            self.cavities.cochains.add_at(class, from_v, u, value);
            self.active.join(u, w);
            self.active.join(v, w);
        }
        self.active.join(u, v);
        self.cavities.cochains.add_row(class, face(u, v), values);
    }
}

fn point(u: usize) -> Oriented {
    Oriented { face: u, is_negative: false }
}

/// The edge from `u` to `v`.
#[inline]
fn pair(u: usize, v: usize) -> Oriented {
    Oriented { face: face(u, v), is_negative: u < v }
}

#[inline]
fn minus(at: Oriented) -> Oriented {
    Oriented { is_negative: !at.is_negative, ..at }
}

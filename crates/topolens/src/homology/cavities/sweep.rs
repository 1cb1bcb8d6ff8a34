//! The sweep through the edges, shortest first.

use rayon::prelude::*;

use super::classes::Classes;
use super::cochains::{Cochains, Sums};
use super::elimination::{Extension, Outcome, eliminate};
use super::lune::{Forest, Lune, contains, positions};
use crate::homology::adjacency::Adjacency;
use crate::homology::disjoint_sets::DisjointSets;
use crate::homology::edge_order::{EdgeOrder, Moment, PackedEdge};
use crate::{DistanceMatrix, Interval, Scalar};

/// The most points whose pairs are numbered in 32 bits and fit into the packed form.
pub(in crate::homology) const MAX_POINTS: usize = u16::MAX as usize;

/// What happens in dimensions 0, 1 and 2.
#[derive(Debug)]
pub(in crate::homology) struct Cavities {
    /// The lengths at which components merge, ascending.
    pub(in crate::homology) merges: Vec<f64>,
    /// The intervals of dimension 1.
    pub(in crate::homology) loops: Vec<Interval>,
    /// The intervals of dimension 2.
    pub(in crate::homology) cavities: Vec<Interval>,
}

impl Cavities {
    /// Of the filtration up to `threshold`, which is finite.
    pub(in crate::homology) fn new<S: Scalar>(distances: &DistanceMatrix<S>, threshold: S) -> Self {
        let order = EdgeOrder::new(distances);
        let mut sweep = Sweep::new(distances.n_points());
        for moment in moments(&order, threshold) {
            sweep.enter(moment.edge, moment.length.to_f64());
        }
        Self { merges: sweep.merges, loops: sweep.loops.finish(), cavities: sweep.cavities.finish() }
    }
}

/// The edges up to the threshold, shortest first.
fn moments<S: Scalar>(order: &EdgeOrder<'_, S>, threshold: S) -> Vec<Moment<S>> {
    let rows = (1..order.n_points()).into_par_iter();
    let edges = rows.flat_map_iter(|a| (0..a).map(move |b| order.moment(PackedEdge::new(a, b))));
    let mut moments: Vec<Moment<S>> = edges.filter(|moment| moment.length <= threshold).collect();
    moments.par_sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    moments
}

/// The number of a pair among all pairs.
#[inline]
fn face(a: usize, b: usize) -> usize {
    let (larger, smaller) = if a > b { (a, b) } else { (b, a) };
    larger * (larger - 1) / 2 + smaller
}

struct Sweep {
    n_words: usize,
    adjacency: Adjacency,
    components: DisjointSets,
    merges: Vec<f64>,
    /// Cochains of degree 1, on points.
    loops: Classes,
    /// Cochains of degree 2, on pairs.
    cavities: Classes,
    sums: Sums,
    /// One row per point, all zero between uses.
    differences: Vec<u64>,
}

impl Sweep {
    fn new(n_points: usize) -> Self {
        let n_words = n_points.div_ceil(64);
        let n_pairs = n_points * n_points.saturating_sub(1) / 2;
        Self {
            n_words,
            adjacency: Adjacency::new(n_points),
            components: DisjointSets::new(n_points),
            merges: Vec::new(),
            loops: Classes::new(Cochains::new(n_points, n_words)),
            cavities: Classes::new(Cochains::new(n_pairs, n_words)),
            sums: Sums::default(),
            differences: vec![0; n_points * n_words],
        }
    }

    fn enter(&mut self, edge: PackedEdge, length: f64) {
        let (u, v) = (edge.larger(), edge.smaller());
        let rows = self.adjacency.row(u).iter().zip(self.adjacency.row(v));
        let bits: Vec<u64> = rows.take(self.n_words).map(|(u, v)| u & v).collect();
        let lune = Lune { adjacency: &self.adjacency, bits: &bits };
        if bits.iter().all(|&word| word == 0) {
            self.enter_bare(u, v, length);
        } else if let Some(tip) = lune.tip() {
            self.extend_over_cone(u, v, tip, &bits);
        } else {
            let forest = Forest::of(lune);
            let outcome = eliminate(self.loop_extensions(u, v, &bits, &forest));
            self.settle_loops(u, v, &outcome, length);
            let extensions = self.cavity_extensions(u, v, &bits, &forest);
            self.settle_cavities(u, v, eliminate(extensions), length);
            self.give_births(u, v, &forest, &outcome, length);
        }
        self.adjacency.insert(std::iter::once(&edge));
    }

    /// An edge with an empty lune.
    fn enter_bare(&mut self, u: usize, v: usize, length: f64) {
        if self.components.join(u, v) {
            self.merges.push(length);
        } else {
            let class = self.loops.give_birth(length);
            self.write_loop(class, u, v);
        }
    }

    /// An edge over whose lune nothing happens: classes extend by their values at the tip.
    fn extend_over_cone(&mut self, u: usize, v: usize, tip: usize, bits: &[u64]) {
        let mut sums = std::mem::take(&mut self.sums);
        sums.clear();
        self.loops.cochains.add_sums(u, v, bits, &mut sums);
        for (class, _) in sums.iter() {
            self.write_loop(class, u, v);
        }
        sums.clear();
        self.cavities.cochains.add_sums(face(u, tip), face(v, tip), bits, &mut sums);
        for (class, values) in sums.iter() {
            self.write_cavity(class, u, v, values);
        }
        self.sums = sums;
    }

    /// The loops that go through the edge or have different values on the trees of its lune, youngest first.
    fn loop_extensions(&self, u: usize, v: usize, bits: &[u64], forest: &Forest) -> Vec<Extension> {
        let mut sums = Sums::default();
        self.loops.cochains.add_sums(u, v, bits, &mut sums);
        let extension = |(class, sum): (u32, &[u64])| {
            let value = contains(sum, forest.roots[0]);
            let differs = |&tree: &usize| contains(sum, forest.roots[tree]) != value;
            let obstruction = (1..forest.roots.len()).filter(differs).map(|tree| tree as u32).collect();
            Extension { class, values: vec![u64::from(value)], obstruction, added: Vec::new() }
        };
        let mut extensions: Vec<Extension> = sums.iter().map(extension).collect();
        extensions.reverse();
        extensions
    }

    fn settle_loops(&mut self, u: usize, v: usize, outcome: &Outcome, length: f64) {
        self.loops.settle(outcome, length);
        for survivor in outcome.survivors.iter().filter(|survivor| survivor.values[0] == 1) {
            self.write_loop(survivor.class, u, v);
        }
    }

    /// The cavities with a triangle from an end of the edge to its lune, youngest first.
    fn cavity_extensions(&mut self, u: usize, v: usize, bits: &[u64], forest: &Forest) -> Vec<Extension> {
        let mut sums = Sums::default();
        let mut places: Vec<(u32, usize, usize)> = Vec::new();
        for w in positions(bits) {
            let start = sums.len();
            self.cavities.cochains.add_sums(face(u, w), face(v, w), bits, &mut sums);
            places.extend((start..sums.len()).map(|at| (sums.class(at), w, at)));
        }
        places.sort_unstable_by(|a, b| b.cmp(a));
        let lune = Lune { adjacency: &self.adjacency, bits };
        let n_words = self.n_words;
        let of_class = |places: &[(u32, usize, usize)]| {
            for &(_, w, at) in places {
                self.differences[w * n_words..][..n_words].copy_from_slice(sums.bits(at));
            }
            let values = forest.sums(&self.differences, n_words);
            let obstruction = lune.disagreements(&values, &self.differences);
            for &(_, w, _) in places {
                self.differences[w * n_words..][..n_words].fill(0);
            }
            Extension { class: places[0].0, values, obstruction, added: Vec::new() }
        };
        places.chunk_by(|a, b| a.0 == b.0).map(of_class).collect()
    }

    fn settle_cavities(&mut self, u: usize, v: usize, outcome: Outcome, length: f64) {
        self.cavities.settle(&outcome, length);
        for survivor in outcome.survivors {
            self.write_cavity(survivor.class, u, v, &survivor.values);
        }
    }

    /// Every tree but the first closes a cavity, unless it fills a loop.
    fn give_births(&mut self, u: usize, v: usize, forest: &Forest, loops: &Outcome, length: f64) {
        let fills = |tree: usize| loops.dying.iter().any(|dying| dying.obstruction[0] as usize == tree);
        for tree in (1..forest.roots.len()).filter(|&tree| !fills(tree)) {
            let class = self.cavities.give_birth(length);
            self.write_cavity(class, u, v, forest.tree(tree));
        }
    }

    fn write_loop(&mut self, class: u32, u: usize, v: usize) {
        self.loops.cochains.flip(class, u, v);
        self.loops.cochains.flip(class, v, u);
    }

    /// Adds the triangles from the edge to some points.
    fn write_cavity(&mut self, class: u32, u: usize, v: usize, points: &[u64]) {
        let cochains = &mut self.cavities.cochains;
        for w in positions(points) {
            cochains.flip(class, face(u, w), v);
            cochains.flip(class, face(v, w), u);
        }
        cochains.add_bits(class, face(u, v), points);
    }
}

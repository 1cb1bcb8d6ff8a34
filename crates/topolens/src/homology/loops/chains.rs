//! The class of every edge over the births of loops, and the elimination of what dies.
//!
//! Each edge $uv$ carries an *annotation*: a vector over the births so that the annotations of a cycle's edges sum to
//! the class of the cycle. Edges of the spanning tree carry 0, a birth carries a unit vector, and any other edge the sum
//! of $uw$ and $wv$ for a point $w$ of its lune. When a cycle with annotation $x \ne 0$ is filled, the youngest birth in
//! $x$ dies: from then on it stands for the rest of $x$. Annotations are made when they are asked for, and brought up to
//! date when they are read again.

use super::edge_order::{EdgeOrder, PackedEdge};
use crate::homology::field::PrimeField;
use crate::homology::index_hash::IndexMap;
use crate::{Interval, Scalar};

/// A birth and its coefficient.
type Term = (u32, u32);
/// Terms by increasing birth.
type Vector = Vec<Term>;

/// The births so far and what has become of them.
#[derive(Debug)]
pub(super) struct Chains<'a, S> {
    order: &'a EdgeOrder<'a, S>,
    field: &'a PrimeField,
    births: Vec<Birth>,
    n_alive: usize,
    /// Of edges from the larger to the smaller position.
    annotations: IndexMap<Vector>,
    intervals: Vec<Interval>,
}

#[derive(Debug)]
struct Birth {
    length: f64,
    /// The older terms that it stands for since its death.
    replacement: Option<Vector>,
}

impl<'a, S: Scalar> Chains<'a, S> {
    pub(super) fn new(order: &'a EdgeOrder<'a, S>, field: &'a PrimeField) -> Self {
        let (births, annotations, intervals) = (Vec::new(), IndexMap::default(), Vec::new());
        Self { order, field, births, n_alive: 0, annotations, intervals }
    }

    pub(super) fn n_alive(&self) -> usize {
        self.n_alive
    }

    /// An edge that joins two components.
    pub(super) fn join(&mut self, edge: PackedEdge) {
        self.annotations.insert(key(edge), Vector::new());
    }

    /// An edge that gives birth to a loop.
    pub(super) fn give_birth(&mut self, edge: PackedEdge) {
        let length = self.order.moment(edge).length.to_f64();
        self.annotations.insert(key(edge), vec![(self.births.len() as u32, 1)]);
        self.births.push(Birth { length, replacement: None });
        self.n_alive += 1;
    }

    /// An edge whose lune falls apart: the loops through its components are filled.
    pub(super) fn fill(&mut self, edge: PackedEdge, components: &[u32]) {
        let (u, v) = (edge.larger(), edge.smaller());
        let length = self.order.moment(edge).length.to_f64();
        let Some((&first, others)) = components.split_first() else { return };
        let path = self.path(u, first as usize, v);
        for &other in others {
            if self.n_alive == 0 {
                return;
            }
            let back = self.path(u, other as usize, v);
            let class = self.combination(&path, &back, self.field.negate(1));
            self.kill(class, length);
        }
    }

    /// The intervals; what is alive is essential.
    pub(super) fn finish(mut self) -> Vec<Interval> {
        let alive = self.births.iter().filter(|birth| birth.replacement.is_none());
        self.intervals.extend(alive.map(|birth| Interval { birth: birth.length, death: f64::INFINITY }));
        self.intervals
    }

    fn kill(&mut self, class: Vector, length: f64) {
        let mut class = self.up_to_date(class);
        let Some((youngest, coefficient)) = class.pop() else { return };
        let factor = self.field.eliminating_factor(1, coefficient);
        for term in &mut class {
            term.1 = self.field.multiply(term.1, factor);
        }
        let birth = &mut self.births[youngest as usize];
        birth.replacement = Some(class);
        self.n_alive -= 1;
        self.intervals.push(Interval { birth: birth.length, death: length });
    }

    /// The annotation of the path from `u` over `w` to `v`.
    fn path(&mut self, u: usize, w: usize, v: usize) -> Vector {
        let first = self.directed(u, w);
        let second = self.directed(w, v);
        self.combination(&first, &second, 1)
    }

    /// The annotation of the edge from one position to another.
    fn directed(&mut self, from: usize, to: usize) -> Vector {
        let edge = PackedEdge::new(from, to);
        let mut annotation = self.annotation(edge);
        if from < to {
            annotation.iter_mut().for_each(|term| term.1 = self.field.negate(term.1));
        }
        annotation
    }

    /// The annotation of an edge, up to date; edges it depends on are annotated first.
    fn annotation(&mut self, edge: PackedEdge) -> Vector {
        let mut waiting = vec![edge];
        while let Some(&edge) = waiting.last() {
            if self.annotations.contains_key(&key(edge)) {
                waiting.pop();
                continue;
            }
            let (u, v) = (edge.larger(), edge.smaller());
            let w = self.witness(edge);
            let sides = [PackedEdge::new(u, w), PackedEdge::new(w, v)];
            let missing: Vec<PackedEdge> =
                sides.into_iter().filter(|side| !self.annotations.contains_key(&key(*side))).collect();
            if missing.is_empty() {
                let annotation = self.path(u, w, v);
                self.annotations.insert(key(edge), annotation);
                waiting.pop();
            } else {
                waiting.extend(missing);
            }
        }
        let annotation = self.annotations.remove(&key(edge)).unwrap_or_default();
        let annotation = self.up_to_date(annotation);
        self.annotations.insert(key(edge), annotation.clone());
        annotation
    }

    /// The first point of the lune of an edge that is neither in the tree nor a birth.
    fn witness(&self, edge: PackedEdge) -> usize {
        let (u, v) = (edge.larger(), edge.smaller());
        let moment = self.order.moment(edge);
        let inside = |w: &usize| {
            *w != u && *w != v && self.order.is_earlier(u, *w, moment) && self.order.is_earlier(v, *w, moment)
        };
        let found = (0..self.order.n_points()).find(inside);
        found.unwrap_or_else(|| panic!("bug: an edge with an empty lune was not annotated when it entered"))
    }

    /// The same vector with every dead birth replaced.
    fn up_to_date(&self, vector: Vector) -> Vector {
        let is_dead = |term: &Term| self.births[term.0 as usize].replacement.is_some();
        let mut vector = vector;
        while let Some(at) = vector.iter().rposition(is_dead) {
            let (birth, coefficient) = vector.remove(at);
            if let Some(replacement) = &self.births[birth as usize].replacement {
                vector = self.combination(&vector, replacement, coefficient);
            }
        }
        vector
    }

    /// $a + f b$.
    fn combination(&self, a: &[Term], b: &[Term], factor: u32) -> Vector {
        let mut sum = Vector::with_capacity(a.len() + b.len());
        let (mut a, mut b) = (a, b);
        while let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_first(), b.split_first()) {
            if x.0 < y.0 {
                sum.push(*x);
                a = a_rest;
                continue;
            }
            let scaled = self.field.multiply(y.1, factor);
            b = b_rest;
            if x.0 > y.0 {
                sum.push((y.0, scaled));
                continue;
            }
            a = a_rest;
            let coefficient = self.field.add(x.1, scaled);
            if coefficient != 0 {
                sum.push((x.0, coefficient));
            }
        }
        sum.extend_from_slice(a);
        sum.extend(b.iter().map(|y| (y.0, self.field.multiply(y.1, factor))));
        sum
    }
}

fn key(edge: PackedEdge) -> u64 {
    (edge.larger() as u64) << 16 | edge.smaller() as u64
}

//! The class of every edge over the births of loops, and the elimination of what dies.
//!
//! Each edge $uv$ carries an *annotation*: a vector over the births so that the annotations of a cycle's edges sum to
//! the class of the cycle. Edges of the spanning tree carry 0, a birth carries a unit vector, and any other edge the sum
//! of $uw$ and $wv$ for a point $w$ of its lune. When a cycle with annotation $x \ne 0$ is filled, the youngest birth in
//! $x$ dies: from then on it stands for the rest of $x$. Few births are alive at a time, so almost all annotations
//! are 0, and only the others are kept.

use super::active::ActiveEdges;
use crate::homology::edge_order::{Moment, PackedEdge};
use crate::homology::field::PrimeField;
use crate::homology::index_hash::IndexMap;
use crate::{Interval, Scalar};

/// The life of a loop, by positions.
#[derive(Debug, Clone, Copy)]
pub(in crate::homology) struct Life {
    pub(in crate::homology) interval: Interval,
    /// The edge whose entrance gives birth.
    pub(super) birth: PackedEdge,
    /// The edge whose entrance fills the loop and a third position: the triangle that kills; none if nothing does.
    pub(super) death: Option<(PackedEdge, u16)>,
}

/// A birth and its coefficient.
type Term = (u32, u32);
/// Terms by increasing birth.
type Vector = Vec<Term>;

/// The births so far and what has become of them.
#[derive(Debug)]
pub(super) struct Chains<'a> {
    field: &'a PrimeField,
    births: Vec<Birth>,
    n_alive: usize,
    /// Those that are not zero, for edges from the larger to the smaller position.
    annotations: IndexMap<u64, Vector>,
    active: ActiveEdges,
    lives: Vec<Life>,
}

#[derive(Debug)]
struct Birth {
    edge: PackedEdge,
    length: f64,
    is_alive: bool,
    /// The edges in whose annotation the birth has come up.
    edges: Vec<PackedEdge>,
}

impl<'a> Chains<'a> {
    pub(super) fn new(n_points: usize, field: &'a PrimeField) -> Self {
        Self {
            field,
            births: Vec::new(),
            n_alive: 0,
            annotations: IndexMap::default(),
            active: ActiveEdges::new(n_points),
            lives: Vec::new(),
        }
    }

    pub(super) fn n_alive(&self) -> usize {
        self.n_alive
    }

    /// The edges whose annotation is not zero.
    pub(super) fn active(&self) -> &ActiveEdges {
        &self.active
    }

    /// An edge that gives birth to a loop.
    pub(super) fn give_birth<S: Scalar>(&mut self, moment: Moment<S>) {
        let birth = self.births.len() as u32;
        let (edge, length) = (moment.edge, moment.length.to_f64());
        self.births.push(Birth { edge, length, is_alive: true, edges: Vec::new() });
        self.n_alive += 1;
        self.annotate(moment.edge, vec![(birth, 1)]);
    }

    /// An edge with the point `w` in its lune.
    pub(super) fn go_around(&mut self, edge: PackedEdge, w: usize) {
        let annotation = self.path(edge.larger(), w, edge.smaller());
        self.annotate(edge, annotation);
    }

    /// An edge whose lune falls apart: the loops through its components are filled.
    pub(super) fn fill<S: Scalar>(&mut self, moment: Moment<S>, components: &[u32]) {
        let (u, v) = (moment.edge.larger(), moment.edge.smaller());
        let Some((&first, others)) = components.split_first() else { return };
        for &other in others {
            let path = self.path(u, first as usize, v);
            let back = self.path(u, other as usize, v);
            let class = self.combination(&path, &back, self.field.negate(1));
            self.kill(class, moment, other);
        }
    }

    /// The lives of the loops; what is alive is essential.
    pub(super) fn finish(mut self) -> Vec<Life> {
        let alive = self.births.iter().filter(|birth| birth.is_alive);
        self.lives.extend(alive.map(|birth| Life {
            interval: Interval { birth: birth.length, death: f64::INFINITY },
            birth: birth.edge,
            death: None,
        }));
        self.lives
    }

    /// Makes a class zero: its youngest birth dies and is replaced wherever it comes up.
    fn kill<S: Scalar>(&mut self, mut class: Vector, moment: Moment<S>, w: u32) {
        let Some((youngest, coefficient)) = class.pop() else { return };
        let factor = self.field.eliminating_factor(1, coefficient);
        let replacement: Vector =
            class.into_iter().map(|(birth, value)| (birth, self.field.multiply(value, factor))).collect();
        let birth = &mut self.births[youngest as usize];
        let interval = Interval { birth: birth.length, death: moment.length.to_f64() };
        self.lives.push(Life { interval, birth: birth.edge, death: Some((moment.edge, w as u16)) });
        birth.is_alive = false;
        self.n_alive -= 1;
        for edge in std::mem::take(&mut birth.edges) {
            self.replace(edge, youngest, &replacement);
        }
    }

    /// Puts a replacement in the place of a birth in the annotation of an edge, if it comes up there.
    fn replace(&mut self, edge: PackedEdge, birth: u32, replacement: &[Term]) {
        let Some(mut rest) = self.annotations.remove(&edge.key()) else { return };
        if let Ok(at) = rest.binary_search_by_key(&birth, |term| term.0) {
            let (_, coefficient) = rest.remove(at);
            rest = self.combination(&rest, replacement, coefficient);
            self.mention(edge, replacement);
        }
        if rest.is_empty() {
            self.active.remove(edge);
        } else {
            self.annotations.insert(edge.key(), rest);
        }
    }

    fn annotate(&mut self, edge: PackedEdge, annotation: Vector) {
        if !annotation.is_empty() {
            self.mention(edge, &annotation);
            self.active.insert(edge);
            self.annotations.insert(edge.key(), annotation);
        }
    }

    /// Notes that births may come up in the annotation of an edge.
    fn mention(&mut self, edge: PackedEdge, terms: &[Term]) {
        for term in terms {
            self.births[term.0 as usize].edges.push(edge);
        }
    }

    /// The annotation of the path from `u` over `w` to `v`.
    fn path(&self, u: usize, w: usize, v: usize) -> Vector {
        let (first, first_sign) = self.directed(u, w);
        let (second, second_sign) = self.directed(w, v);
        let first = self.combination(&[], first, first_sign);
        self.combination(&first, second, second_sign)
    }

    /// The annotation of the edge between two positions and the sign of the direction from one to the other.
    fn directed(&self, from: usize, to: usize) -> (&[Term], u32) {
        let annotation = self.annotations.get(&PackedEdge::new(from, to).key());
        let sign = if from > to { 1 } else { self.field.negate(1) };
        (annotation.map_or(&[], Vec::as_slice), sign)
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

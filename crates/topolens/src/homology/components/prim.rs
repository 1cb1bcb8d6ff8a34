//! Prim's algorithm over dissimilarities that are read a row at a time.

use super::Link;
use crate::{Dissimilarities, Scalar};

/// The edges of the tree, in no order.
pub(super) fn links<D: Dissimilarities>(points: &D) -> Vec<Link<D::Scalar>> {
    let n_points = points.n_points();
    let mut frontier = Frontier::<D::Scalar>::new(n_points);
    let mut newest = 0;
    let mut links = Vec::with_capacity(n_points - 1);
    while !frontier.outside.is_empty() {
        points.row(newest, &frontier.outside, &mut frontier.row);
        let (slot, link) = frontier.relax(newest);
        if link.length < D::Scalar::INFINITY {
            links.push(link);
        }
        newest = frontier.remove(slot);
    }
    links
}

/// The points outside the tree, each with its best edge into it.
struct Frontier<S> {
    outside: Vec<usize>,
    row: Vec<S>,
    best: Vec<S>,
    parent: Vec<usize>,
}

impl<S: Scalar> Frontier<S> {
    fn new(n_points: usize) -> Self {
        let n_outside = n_points - 1;
        Self {
            outside: (1..n_points).collect(),
            row: vec![S::ZERO; n_outside],
            best: vec![S::INFINITY; n_outside],
            parent: vec![0; n_outside],
        }
    }

    /// Offers the edges of the newest tree point, and returns the best edge of all with its slot.
    fn relax(&mut self, newest: usize) -> (usize, Link<S>) {
        let mut chosen = (0, self.link(0));
        for slot in 0..self.outside.len() {
            let (distance, best) = (self.row[slot], self.best[slot]);
            if distance <= best {
                let offered = Link::new(distance, self.outside[slot], newest);
                if distance < best || offered < self.link(slot) {
                    self.best[slot] = distance;
                    self.parent[slot] = newest;
                }
            }
            if slot == 0 || self.best[slot] <= chosen.1.length {
                let candidate = self.link(slot);
                if slot == 0 || candidate < chosen.1 {
                    chosen = (slot, candidate);
                }
            }
        }
        chosen
    }

    fn link(&self, slot: usize) -> Link<S> {
        Link::new(self.best[slot], self.outside[slot], self.parent[slot])
    }

    fn remove(&mut self, slot: usize) -> usize {
        self.row.pop();
        self.best.swap_remove(slot);
        self.parent.swap_remove(slot);
        self.outside.swap_remove(slot)
    }
}

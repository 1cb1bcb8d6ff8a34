//! A short cycle through the edge that gives birth to a loop.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::chains::Life;
use crate::homology::edge_order::{EdgeOrder, PackedEdge};
use crate::{Edge, Scalar};

impl<S: Scalar> EdgeOrder<'_, S> {
    /// The edge that gives birth, between points.
    pub(in crate::homology) fn birth_edge(&self, life: &Life) -> Edge {
        let (a, b) = (self.point(life.birth.larger()), self.point(life.birth.smaller()));
        Edge { first: a.max(b), second: a.min(b), length: life.interval.birth }
    }

    /// The points of the triangle that kills, descending.
    pub(in crate::homology) fn death_triangle(&self, life: &Life) -> Option<[usize; 3]> {
        life.death.map(|(edge, w)| {
            let mut points = [edge.larger(), edge.smaller(), w.into()].map(|position| self.point(position));
            points.sort_unstable_by(|a, b| b.cmp(a));
            points
        })
    }
}

/// The edges up to the last birth of some loops, at each position the shortest first.
#[derive(Debug)]
pub(in crate::homology) struct Paths<'o, 'a, S> {
    order: &'o EdgeOrder<'a, S>,
    edges: Vec<Vec<(S, u16)>>,
}

impl<'o, 'a, S: Scalar> Paths<'o, 'a, S> {
    pub(in crate::homology) fn new(order: &'o EdgeOrder<'a, S>, lives: &[Life]) -> Self {
        let last = lives.iter().fold(S::ZERO, |last, life| {
            let length = order.moment(life.birth).length;
            if length > last { length } else { last }
        });
        let edges_at = |position: usize| {
            let others = (0..order.n_points()).filter(|&other| other != position);
            let edges = others.map(|other| (order.length(position, other), other as u16));
            let mut edges: Vec<(S, u16)> = edges.filter(|&(length, _)| length <= last).collect();
            edges.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
            edges
        };
        Self { order, edges: (0..order.n_points()).into_par_iter().map(edges_at).collect() }
    }

    /// The points of the shortest path between the ends of the edge that gives birth, over earlier edges.
    pub(in crate::homology) fn cycle(&self, life: &Life) -> Vec<usize> {
        let parents = self.parents(life.birth);
        let mut at = life.birth.larger();
        let mut cycle = vec![self.order.point(at)];
        while at != life.birth.smaller() && parents[at] != at {
            at = parents[at];
            cycle.push(self.order.point(at));
        }
        cycle
    }

    /// Dijkstra's algorithm over the edges before one, from its smaller end until its larger; ties by position.
    fn parents(&self, before: PackedEdge) -> Vec<usize> {
        let moment = self.order.moment(before);
        let mut distances = vec![f64::INFINITY; self.edges.len()];
        let mut parents: Vec<usize> = (0..self.edges.len()).collect();
        distances[before.smaller()] = 0.0;
        // Of numbers that are not negative the bits have the same order.
        let mut open = BinaryHeap::from([Reverse((0_u64, before.smaller()))]);
        while let Some(Reverse((bits, nearest))) = open.pop() {
            if nearest == before.larger() {
                break;
            }
            let distance = f64::from_bits(bits);
            if distance > distances[nearest] {
                continue;
            }
            for &(length, other) in self.edges[nearest].iter().take_while(|edge| edge.0 <= moment.length) {
                let (along, other) = (distance + length.to_f64(), usize::from(other));
                if along < distances[other] && self.order.is_earlier(nearest, other, moment) {
                    distances[other] = along;
                    parents[other] = nearest;
                    open.push(Reverse((along.to_bits(), other)));
                }
            }
        }
        parents
    }
}

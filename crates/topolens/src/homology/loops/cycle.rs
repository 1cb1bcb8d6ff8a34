//! A short cycle through the edge that gives birth to a loop.

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

    /// The points of the shortest path between the ends of the edge that gives birth, over earlier edges.
    pub(in crate::homology) fn cycle(&self, life: &Life) -> Vec<usize> {
        let mut search = Search::from(self, life.birth);
        while let Some(nearest) = search.settle_next() {
            if nearest == life.birth.larger() {
                break;
            }
        }
        let mut at = life.birth.larger();
        let mut cycle = vec![self.point(at)];
        while at != life.birth.smaller() && search.parents[at] != at {
            at = search.parents[at];
            cycle.push(self.point(at));
        }
        cycle
    }
}

/// Dijkstra's algorithm over the edges before one, from its smaller end; ties by position.
struct Search<'o, 'a, S> {
    order: &'o EdgeOrder<'a, S>,
    before: PackedEdge,
    distances: Vec<f64>,
    parents: Vec<usize>,
    /// Positions whose shortest path is not known yet.
    open: Vec<usize>,
}

impl<'o, 'a, S: Scalar> Search<'o, 'a, S> {
    fn from(order: &'o EdgeOrder<'a, S>, before: PackedEdge) -> Self {
        let n_points = order.n_points();
        let mut distances = vec![f64::INFINITY; n_points];
        distances[before.smaller()] = 0.0;
        Self { order, before, distances, parents: (0..n_points).collect(), open: (0..n_points).collect() }
    }

    /// Settles the nearest open position; none if no other can be reached.
    fn settle_next(&mut self) -> Option<usize> {
        let nearer = |&a: &usize, &b: &usize| self.distances[a].total_cmp(&self.distances[b]).then(a.cmp(&b));
        let nearest = self.open.iter().copied().min_by(nearer)?;
        if self.distances[nearest] == f64::INFINITY {
            return None;
        }
        self.open.retain(|&position| position != nearest);
        let moment = self.order.moment(self.before);
        for &position in &self.open {
            let along = self.distances[nearest] + self.order.length(nearest, position).to_f64();
            if along < self.distances[position] && self.order.is_earlier(nearest, position, moment) {
                self.distances[position] = along;
                self.parents[position] = nearest;
            }
        }
        Some(nearest)
    }
}

//! Borůvka's algorithm over lists of nearest neighbours.

use std::cmp::Ordering;

use super::Link;
use super::between::links_between;
use crate::homology::disjoint_sets::DisjointSets;
use crate::neighbors::nearest_neighbors;
use crate::{PointCloud, Scalar};

/// Clouds below this are faster by rows.
pub(super) const WORTH_TILES: usize = 1000;
/// Neighbours that are listed at first; four times as many each time there are too many components left.
const N_NEIGHBORS: usize = 6;
/// Components whose pairs are all looked at.
pub(super) const FEW: usize = 1024;

/// The edges of a minimum spanning tree, in no order.
pub(super) fn links<S: Scalar>(cloud: &PointCloud<S>) -> Vec<Link<S>> {
    let n_points = cloud.n_points();
    let mut forest = Forest::new(n_points);
    let mut n_neighbors = N_NEIGHBORS.min(n_points - 1);
    loop {
        let is_complete = n_neighbors == n_points - 1;
        let around = nearest_neighbors(cloud, n_neighbors).into_iter();
        forest.grow(&around.map(|listed| Neighborhood::new(listed, is_complete)).collect::<Vec<_>>());
        if forest.n_components() <= FEW {
            break;
        }
        n_neighbors = (4 * n_neighbors).min(n_points - 1);
    }
    let labels = forest.labels();
    let rest = links_between(cloud, &labels, forest.n_components());
    forest.finish(rest)
}

/// The neighbours of a point that are known.
#[derive(Debug)]
pub(super) struct Neighborhood<S> {
    /// The nearest first.
    listed: Vec<(S, u32)>,
    /// A neighbour that is not listed is no nearer than this.
    horizon: S,
}

impl<S: Scalar> Neighborhood<S> {
    /// A list of the nearest points, or of all.
    pub(super) fn new(listed: Vec<(S, u32)>, is_complete: bool) -> Self {
        let horizon = listed.last().filter(|_| !is_complete).map_or(S::INFINITY, |&(last, _)| last);
        Self { listed, horizon }
    }

    /// The same with other numbers for the points, without those that have none.
    pub(super) fn renumbered(&self, number: impl Fn(u32) -> Option<u32>) -> Self {
        let renumber = |&(length, point): &(S, u32)| number(point).map(|point| (length, point));
        Self { listed: self.listed.iter().filter_map(renumber).collect(), horizon: self.horizon }
    }
}

/// The components so far and the edges that made them.
#[derive(Debug)]
pub(super) struct Forest<S> {
    sets: DisjointSets,
    links: Vec<Link<S>>,
}

impl<S: Scalar> Forest<S> {
    pub(super) fn new(n_points: usize) -> Self {
        Self { sets: DisjointSets::new(n_points), links: Vec::with_capacity(n_points) }
    }

    pub(super) fn n_components(&self) -> usize {
        self.sets.len() - self.links.len()
    }

    /// Joins components by their shortest outgoing edges until no neighbourhood proves another one the shortest.
    pub(super) fn grow(&mut self, neighborhoods: &[Neighborhood<S>]) {
        let mut first_outside = vec![0; neighborhoods.len()];
        loop {
            let mut exits = vec![Exit { link: None, horizon: S::INFINITY }; neighborhoods.len()];
            for (point, Neighborhood { listed, horizon }) in neighborhoods.iter().enumerate() {
                let component = self.sets.root(point);
                let next = &mut first_outside[point];
                while listed.get(*next).is_some_and(|&(_, other)| self.sets.root(other as usize) == component)
                {
                    *next += 1;
                }
                let exit = &mut exits[component];
                if let Some(&(length, other)) = listed.get(*next) {
                    exit.offer(Link::new(length, point, other as usize));
                }
                exit.horizon = if *horizon < exit.horizon { *horizon } else { exit.horizon };
            }
            let proven = exits.into_iter().filter_map(Exit::proven);
            if proven.fold(0, |n_added, link| n_added + usize::from(self.add(link))) == 0 {
                return;
            }
        }
    }

    /// The component of every point, numbered from 0 in the order of their first points.
    pub(super) fn labels(&mut self) -> Vec<u32> {
        let mut labels = vec![0; self.sets.len()];
        let mut n_seen = 0;
        for point in 0..labels.len() {
            let root = self.sets.root(point);
            if root == point {
                labels[point] = n_seen;
                n_seen += 1;
            } else {
                labels[point] = labels[root];
            }
        }
        labels
    }

    /// Adds the edges between components that are left, shortest first, and gives all.
    pub(super) fn finish(mut self, mut rest: Vec<Link<S>>) -> Vec<Link<S>> {
        rest.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        for link in rest {
            self.add(link);
        }
        self.links
    }

    /// Adds an edge if it joins two components.
    fn add(&mut self, link: Link<S>) -> bool {
        let (a, b) = link.ends();
        let joins = self.sets.join(a, b);
        if joins {
            self.links.push(link);
        }
        joins
    }
}

/// The shortest edge that is known to leave a component, and the length above which others may be unknown.
#[derive(Clone, Copy)]
struct Exit<S> {
    link: Option<Link<S>>,
    horizon: S,
}

impl<S: Scalar> Exit<S> {
    fn offer(&mut self, link: Link<S>) {
        if self.link.is_none_or(|known| link < known) {
            self.link = Some(link);
        }
    }

    fn proven(self) -> Option<Link<S>> {
        self.link.filter(|link| link.length <= self.horizon && link.length < S::INFINITY)
    }
}

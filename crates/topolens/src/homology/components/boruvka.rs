//! Borůvka's algorithm over lists of nearest neighbours.

use super::Link;
use super::between::links_between;
use crate::homology::disjoint_sets::DisjointSets;
use crate::neighbors::nearest_neighbors;
use crate::{PointCloud, Scalar};

/// Clouds below this are faster by rows.
pub(super) const WORTH_TILES: usize = 1000;
/// Neighbours that are listed at first; four times as many each time there are too many components left.
const N_NEIGHBORS: usize = 8;
/// Components whose pairs are all looked at.
const FEW: usize = 1024;

/// The edges of a minimum spanning tree, in no order.
pub(super) fn links<S: Scalar>(cloud: &PointCloud<S>) -> Vec<Link<S>> {
    let n_points = cloud.n_points();
    let mut forest = Forest { sets: DisjointSets::new(n_points), links: Vec::with_capacity(n_points) };
    let mut n_neighbors = N_NEIGHBORS.min(n_points - 1);
    loop {
        forest.grow(&nearest_neighbors(cloud, n_neighbors), n_neighbors == n_points - 1);
        if forest.n_components() <= FEW {
            break;
        }
        n_neighbors = (4 * n_neighbors).min(n_points - 1);
    }
    let labels = forest.labels();
    let mut rest = links_between(cloud, &labels, forest.n_components());
    rest.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    for link in rest {
        forest.add(link);
    }
    forest.links
}

/// The components so far and the edges that made them.
struct Forest<S> {
    sets: DisjointSets,
    links: Vec<Link<S>>,
}

/// The shortest edge that is known to leave a component, and the length above which others may be unknown.
#[derive(Clone, Copy)]
struct Exit<S> {
    link: Option<Link<S>>,
    horizon: S,
}

impl<S: Scalar> Forest<S> {
    fn n_components(&self) -> usize {
        self.sets.len() - self.links.len()
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

    /// Joins components by their shortest outgoing edges until no list proves another one the shortest.
    ///
    /// An edge that a list of nearest neighbours does not hold is no shorter than the last one it holds; a list that
    /// holds all other points hides none.
    fn grow(&mut self, lists: &[Vec<(S, u32)>], lists_are_complete: bool) {
        let mut first_outside = vec![0; lists.len()];
        loop {
            let mut exits = vec![Exit { link: None, horizon: S::INFINITY }; lists.len()];
            for (point, list) in lists.iter().enumerate() {
                let component = self.sets.root(point);
                let known = &mut first_outside[point];
                while list.get(*known).is_some_and(|&(_, other)| self.sets.root(other as usize) == component)
                {
                    *known += 1;
                }
                let exit = &mut exits[component];
                if let Some(&(length, other)) = list.get(*known) {
                    exit.offer(Link::new(length, point, other as usize));
                }
                if let (false, Some(&(last, _))) = (lists_are_complete, list.last()) {
                    exit.horizon = if last < exit.horizon { last } else { exit.horizon };
                }
            }
            let proven = exits.into_iter().filter_map(Exit::proven);
            if proven.fold(0, |n_added, link| n_added + usize::from(self.add(link))) == 0 {
                return;
            }
        }
    }

    /// The component of every point, numbered from 0 in the order of their first points.
    fn labels(&mut self) -> Vec<u32> {
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
}

impl<S: Scalar> Exit<S> {
    fn offer(&mut self, link: Link<S>) {
        if self.link.is_none_or(|known| link < known) {
            self.link = Some(link);
        }
    }

    fn proven(self) -> Option<Link<S>> {
        self.link.filter(|link| link.length <= self.horizon)
    }
}

//! Trees of many subsets of one finite set.

use rayon::prelude::*;

use super::boruvka::{FEW, Forest, Neighborhood};
use super::{Link, SpanningTree, minimum_spanning_tree};
use crate::error::Error;
use crate::neighbors::nearest_in_row;
use crate::{DistanceMatrix, Scalar};

/// Lists of neighbours in a finite set, from which the trees of its subsets grow.
#[derive(Debug)]
pub(crate) struct SubsetTrees<'a, S> {
    distances: &'a DistanceMatrix<S>,
    neighborhoods: Vec<Neighborhood<S>>,
}

/// A sixth of them are left in the smallest subsets that are usual.
const N_NEIGHBORS: usize = 48;

impl<'a, S: Scalar> SubsetTrees<'a, S> {
    /// `distances` are those of two points or more.
    pub(crate) fn new(distances: &'a DistanceMatrix<S>) -> Self {
        let n_points = distances.n_points();
        let n_neighbors = N_NEIGHBORS.min(n_points - 1);
        let is_complete = n_neighbors == n_points - 1;
        let around = |point| Neighborhood::new(nearest_in_row(distances, point, n_neighbors), is_complete);
        Self { distances, neighborhoods: (0..n_points).into_par_iter().map(around).collect() }
    }

    /// A minimum spanning tree of the points `indices`, each named once.
    pub(crate) fn tree(&self, indices: &[usize]) -> Result<SpanningTree, Error> {
        let mut places = vec![None; self.distances.n_points()];
        for (place, &point) in indices.iter().enumerate() {
            places[point] = Some(place as u32);
        }
        let inside = |&point: &usize| self.neighborhoods[point].renumbered(|other| places[other as usize]);
        let mut forest = Forest::new(indices.len());
        forest.grow(&indices.iter().map(inside).collect::<Vec<_>>());
        if forest.n_components() > FEW {
            return Ok(minimum_spanning_tree(&self.distances.select(indices)?));
        }
        let labels = forest.labels();
        let rest = self.links_between(indices, &labels, forest.n_components());
        Ok(SpanningTree::of_links(indices.len(), forest.finish(rest)))
    }

    /// The shortest edge between every two components.
    fn links_between(&self, indices: &[usize], labels: &[u32], n_components: usize) -> Vec<Link<S>> {
        if n_components == 1 {
            return Vec::new();
        }
        let mut shortest = vec![Link::new(S::INFINITY, 0, 0); n_components * n_components];
        for (a, &point) in indices.iter().enumerate() {
            let of_component = &mut shortest[labels[a] as usize * n_components..][..n_components];
            for (b, &other) in indices[..a].iter().enumerate() {
                let length = self.distances.get(point, other);
                let known = &mut of_component[labels[b] as usize];
                if length < known.length {
                    *known = Link::new(length, a, b);
                }
            }
        }
        shortest.into_iter().filter(|link| link.length < S::INFINITY).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{subsample, synthetic};

    /// Four clouds of `n_points`: plain, with ties, of tight clusters, of parts that never meet.
    fn matrices(n_points: usize) -> Vec<DistanceMatrix<f64>> {
        let cloud = synthetic::gaussian(n_points, 3, 2).unwrap();
        let far = |point: usize, x: f64| 0.01 * x + (point % 5) as f64;
        let clusters = cloud.values().iter().enumerate().map(|(at, &x)| far(at / 3, x)).collect();
        let ties = cloud.values().iter().map(|x| x.round()).collect();
        let of = |values| DistanceMatrix::from_cloud(&cloud.with_values(values));
        let whole = DistanceMatrix::from_cloud(&cloud);
        let meet = |a: usize, b: usize| if a % 2 == b % 2 { whole.get(a, b) } else { f64::INFINITY };
        let square: Vec<f64> =
            (0..n_points * n_points).map(|at| meet(at / n_points, at % n_points)).collect();
        let parts = DistanceMatrix::from_square(&square, n_points).unwrap();
        vec![whole, of(clusters), of(ties), parts]
    }

    #[test]
    fn trees_equal_those_of_the_selected_matrices() {
        for distances in matrices(240) {
            let trees = SubsetTrees::new(&distances);
            for size in [1, 2, 40, 120, 240] {
                let indices = subsample(240, size, 7, size as u64).unwrap();
                let expected = minimum_spanning_tree(&distances.select(&indices).unwrap());
                let tree = trees.tree(&indices).unwrap();
                assert!(tree.lengths().eq(expected.lengths()), "{size}");
            }
        }
    }
}

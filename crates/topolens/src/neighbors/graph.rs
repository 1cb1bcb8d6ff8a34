//! The graph of nearest neighbours and the distances along it.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::NeighborTable;
use crate::error::Error;
use crate::{Dissimilarities, DistanceMatrix};

/// The graph that joins two points if either is among the k nearest neighbours of the other; its dissimilarities are the
/// lengths of shortest paths.
///
/// $d(x, y) = \min \sum_i d(p_i, p_{i+1})$ over the paths $x = p_0, \dots, p_m = y$ in the graph; $+\infty$ between its
/// components. Geodesic distances follow a curved manifold where straight ones cut across. Noise in many dimensions misleads
/// both; Damrich et al. find that spectral distances on the same graph withstand it better. Geodesic distances form a metric whatever the
/// dissimilarity they are made of, up to rounding.
///
/// # Shape
///
/// `n_points`, each with at least `n_neighbors` edges.
///
/// # Units
///
/// Those of the dissimilarities.
///
/// # Examples
///
/// ```
/// use topolens::{Dissimilarities, NeighborGraph, PointCloud};
///
/// let corner = PointCloud::new(vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0], 3, 2)?;
/// let mut row = [0.0];
/// NeighborGraph::new(&corner, 1)?.row(0, &[2], &mut row);
/// assert_eq!(row, [2.0]);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `tenenbaum2000`, `damrich2024`
#[derive(Debug, Clone, PartialEq)]
pub struct NeighborGraph {
    /// Per point its neighbours and the lengths of the edges to them, by index.
    edges: Vec<Vec<(usize, f64)>>,
}

impl NeighborGraph {
    /// The graph of a point cloud or of anything else with dissimilarities.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is 0 or not below the number of points.
    ///
    /// # Complexity
    ///
    /// That of [`NeighborTable::new`]; $O(n k)$ memory.
    pub fn new<D: Dissimilarities>(points: &D, n_neighbors: usize) -> Result<Self, Error> {
        let table = NeighborTable::new(points, n_neighbors)?;
        let mut edges = vec![Vec::new(); table.n_points()];
        for i in 0..table.n_points() {
            for (&j, &length) in table.indices(i).iter().zip(table.distances(i)) {
                // An infinite dissimilarity joins nothing.
                if length < f64::INFINITY {
                    edges[i].push((j, length));
                    edges[j].push((i, length));
                }
            }
        }
        for edges in &mut edges {
            edges.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            edges.dedup_by_key(|edge| edge.0);
        }
        Ok(Self { edges })
    }

    /// The distances along the graph from a point to every point: Dijkstra's algorithm.
    fn distances_from(&self, source: usize) -> Vec<f64> {
        let mut distances = vec![f64::INFINITY; self.edges.len()];
        distances[source] = 0.0;
        let mut front = BinaryHeap::from([Reverse(Reached { distance: 0.0, point: source })]);
        while let Some(Reverse(Reached { distance, point })) = front.pop() {
            if distance > distances[point] {
                continue;
            }
            for &(next, length) in &self.edges[point] {
                let along = distance + length;
                if along < distances[next] {
                    distances[next] = along;
                    front.push(Reverse(Reached { distance: along, point: next }));
                }
            }
        }
        distances
    }
}

impl Dissimilarities for NeighborGraph {
    type Scalar = f64;

    fn n_points(&self) -> usize {
        self.edges.len()
    }

    fn row(&self, i: usize, others: &[usize], out: &mut [f64]) {
        let distances = self.distances_from(i);
        for (&other, distance) in others.iter().zip(out) {
            *distance = distances[other];
        }
    }
}

/// The geodesic distances of all points: shortest paths in their [`NeighborGraph`].
///
/// The distance of two points is summed from the one with the larger index, so the matrix is symmetric to the last bit.
///
/// # Units
///
/// Those of the dissimilarities; $+\infty$ between components of the graph.
///
/// # Errors
///
/// If `n_neighbors` is 0 or not below the number of points.
///
/// # Complexity
///
/// $O(n^2 D)$ time for the neighbours and $O(n \cdot nk \log n)$ for the paths, both in parallel over points; $n(n-1)/2$
/// values of memory.
///
/// # Examples
///
/// ```
/// use topolens::{VietorisRips, geodesic_distances, synthetic};
///
/// let distances = geodesic_distances(&synthetic::circle(300, 0)?, 20)?;
/// let diagrams = VietorisRips::new().diagrams(&distances)?;
/// // A circle of length 2π that is walked along is filled at a third of its length.
/// assert!((diagrams[1].intervals()[0].death - 2.1).abs() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `tenenbaum2000`, `damrich2024`
pub fn geodesic_distances<D: Dissimilarities>(
    points: &D,
    n_neighbors: usize,
) -> Result<DistanceMatrix<f64>, Error> {
    let graph = NeighborGraph::new(points, n_neighbors)?;
    let all: Vec<usize> = (0..points.n_points()).collect();
    DistanceMatrix::from_dissimilarities(&graph, &all)
}

/// A point on the front of the search, ordered by distance, then by index.
#[derive(Debug, PartialEq)]
struct Reached {
    distance: f64,
    point: usize,
}

impl Eq for Reached {}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance.total_cmp(&other.distance).then(self.point.cmp(&other.point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PointCloud;

    #[test]
    fn the_graph_is_symmetric_and_falls_apart_between_clusters() {
        let cloud = PointCloud::new(vec![0.0, 1.0, 3.0, 100.0, 101.0], 5, 1).unwrap();
        let graph = NeighborGraph::new(&cloud, 1).unwrap();
        assert_eq!(graph.edges[1], [(0, 1.0), (2, 2.0)]);
        let distances = geodesic_distances(&cloud, 1).unwrap();
        assert_eq!((distances.get(0, 2), distances.get(0, 3)), (3.0, f64::INFINITY));
        assert!(geodesic_distances(&cloud, 5).is_err() && geodesic_distances(&cloud, 0).is_err());
    }

    #[test]
    fn with_all_neighbors_a_metric_is_itself() {
        let cloud = crate::synthetic::gaussian(30, 3, 2).unwrap();
        let distances = geodesic_distances(&cloud, 29).unwrap();
        assert_eq!(distances, DistanceMatrix::from_cloud(&cloud));
    }

    #[test]
    fn shortest_paths_equal_floyd_and_warshall() {
        let cloud = crate::synthetic::gaussian(40, 2, 5).unwrap();
        let graph = NeighborGraph::new(&cloud, 3).unwrap();
        let mut expected = vec![vec![f64::INFINITY; 40]; 40];
        for (i, edges) in graph.edges.iter().enumerate() {
            expected[i][i] = 0.0;
            for &(j, length) in edges {
                expected[i][j] = length;
            }
        }
        for middle in 0..40 {
            for i in 0..40 {
                for j in 0..40 {
                    expected[i][j] = expected[i][j].min(expected[i][middle] + expected[middle][j]);
                }
            }
        }
        let distances = geodesic_distances(&cloud, 3).unwrap();
        for (i, row) in expected.iter().enumerate() {
            for (j, &expected) in row.iter().enumerate() {
                let found = distances.get(i, j);
                assert!(found == expected || (found - expected).abs() < 1e-12, "{i} {j}: {found} {expected}");
            }
        }
    }
}

//! The minimum spanning tree, whose edges are the deaths of components.

use super::Link;
use super::boruvka::{self, WORTH_TILES};
use super::prim;
use crate::{Diagram, Dissimilarities, Interval, Scalar, lifespans_sum};

/// An edge of a [`SpanningTree`]: two points, `first` > `second`, and their dissimilarity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The point with the larger index.
    pub first: usize,
    /// The point with the smaller index.
    pub second: usize,
    /// Their dissimilarity: the filtration value at which two components become one.
    pub length: f64,
}

/// The minimum spanning tree of a finite set; a forest where $+\infty$ separates it.
///
/// Its edges, shortest first, are the deaths of the finite intervals of $H_0$.
///
/// # Units
///
/// Lengths have the units of the dissimilarities.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, minimum_spanning_tree};
///
/// let cloud = PointCloud::new(vec![0.0, 10.0, 1.0], 3, 1)?;
/// let tree = minimum_spanning_tree(&cloud);
/// assert_eq!(tree.lengths().collect::<Vec<_>>(), [1.0, 9.0]);
/// assert_eq!(tree.lifespans_sum(1.0), 10.0);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpanningTree {
    n_points: usize,
    edges: Vec<Edge>,
}

/// The minimum spanning tree of a point cloud or of a matrix of dissimilarities.
///
/// Of a matrix by Prim's algorithm. Of a cloud of a thousand points or more by Borůvka's: every component is joined by its
/// shortest outgoing edge, found in the lists of nearest neighbours as long as these prove it the shortest, then among all
/// pairs between the components that are left. Lengths are those of direct differences; where several trees are
/// shortest, which one is found does not depend on threads.
///
/// # Complexity
///
/// $O(n^2 D)$ time, in parallel over tiles of scalar products for a large cloud; $O(nD)$ memory beside the points.
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, minimum_spanning_tree, synthetic};
///
/// let cloud = synthetic::circle(50, 0)?;
/// let distances = DistanceMatrix::from_cloud(&cloud);
/// assert_eq!(minimum_spanning_tree(&cloud), minimum_spanning_tree(&distances));
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `boruvka1926`, `prim1957`
pub fn minimum_spanning_tree<D: Dissimilarities>(points: &D) -> SpanningTree {
    let n_points = points.n_points();
    let links = match points.cloud() {
        Some(cloud) if n_points >= WORTH_TILES => boruvka::links(cloud),
        _ => prim::links(points),
    };
    SpanningTree::of_links(n_points, links)
}

impl SpanningTree {
    pub(super) fn of_links<S: Scalar>(n_points: usize, mut links: Vec<Link<S>>) -> Self {
        links.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        Self { n_points, edges: links.into_iter().map(Link::edge).collect() }
    }

    /// Edges that are in order already.
    pub(super) fn from_sorted(n_points: usize, edges: Vec<Edge>) -> Self {
        Self { n_points, edges }
    }

    /// The number of points.
    pub fn n_points(&self) -> usize {
        self.n_points
    }

    /// The edges, shortest first.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The lengths of the edges, shortest first; duplicates of a point give zeros.
    pub fn lengths(&self) -> impl ExactSizeIterator<Item = f64> + Clone {
        self.edges.iter().map(|edge| edge.length)
    }

    /// The number of components at scale infinity: 1 unless infinite dissimilarities separate the points.
    pub fn n_components(&self) -> usize {
        self.n_points - self.edges.len()
    }

    /// $E_\alpha$ over the positive lengths, without the factor ½ of the radius convention.
    pub fn lifespans_sum(&self, alpha: f64) -> f64 {
        let positive: Vec<f64> = self.lengths().filter(|&length| length > 0.0).collect();
        lifespans_sum(&positive, alpha)
    }

    /// The diagram of $H_0$: an interval from 0 for every positive length, and an essential one per component.
    pub fn diagram(&self) -> Diagram {
        self.diagram_up_to(f64::INFINITY)
    }

    /// The diagram of $H_0$ of the filtration that stops at `threshold`.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{PointCloud, minimum_spanning_tree};
    ///
    /// let tree = minimum_spanning_tree(&PointCloud::new(vec![0.0, 10.0, 1.0], 3, 1)?);
    /// let diagram = tree.diagram_up_to(5.0);
    /// assert_eq!(diagram.intervals().iter().filter(|interval| interval.is_essential()).count(), 2);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn diagram_up_to(&self, threshold: f64) -> Diagram {
        let deaths = self.lengths().filter(|&length| length <= threshold);
        let essential = std::iter::repeat(f64::INFINITY);
        let merged = deaths.clone().count();
        let deaths = deaths.chain(essential.take(self.n_points - merged));
        Diagram::new(0, deaths.map(|death| Interval { birth: 0.0, death }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DistanceMatrix, PointCloud, synthetic};

    #[test]
    fn a_lattice_has_a_tree_of_unit_edges() {
        let values: Vec<f64> =
            (0..5).flat_map(|x| (0..4).flat_map(move |y| [f64::from(x), f64::from(y)])).collect();
        let tree = minimum_spanning_tree(&PointCloud::new(values, 20, 2).unwrap());
        assert_eq!(tree.lengths().collect::<Vec<_>>(), vec![1.0; 19]);
        assert_eq!(tree.n_components(), 1);
    }

    #[test]
    fn one_point_has_one_essential_class() {
        let tree = minimum_spanning_tree(&PointCloud::new(vec![1.0], 1, 1).unwrap());
        let diagram = tree.diagram();
        assert_eq!(diagram.intervals(), [Interval { birth: 0.0, death: f64::INFINITY }]);
        assert_eq!(tree.lifespans_sum(1.0), 0.0);
    }

    #[test]
    fn infinities_separate_components() {
        let inf = f64::INFINITY;
        let square = [0.0, 1.0, inf, 1.0, 0.0, inf, inf, inf, 0.0];
        let tree = minimum_spanning_tree(&DistanceMatrix::from_square(&square, 3).unwrap());
        assert_eq!((tree.n_components(), tree.edges().len()), (2, 1));
        let essential = tree.diagram().intervals().iter().filter(|i| i.is_essential()).count();
        assert_eq!(essential, 2);
    }

    #[test]
    fn duplicates_give_zero_edges_that_the_diagram_drops() {
        let cloud = PointCloud::new(vec![0.0, 1.0, 0.0, 1.0], 4, 1).unwrap();
        let tree = minimum_spanning_tree(&cloud);
        assert_eq!(tree.lengths().collect::<Vec<_>>(), [0.0, 0.0, 1.0]);
        assert_eq!(tree.diagram().interval_count(), 1);
        assert_eq!(tree.lifespans_sum(0.0), 1.0);
    }

    #[test]
    fn equals_kruskal_on_random_points() {
        let cloud = synthetic::gaussian(60, 3, 4).unwrap();
        let distances = DistanceMatrix::from_cloud(&cloud);
        let mut pairs: Vec<_> = (0..60).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
        pairs.sort_by(|a, b| distances.get(a.0, a.1).total_cmp(&distances.get(b.0, b.1)));
        let mut component: Vec<usize> = (0..60).collect();
        let mut lengths = Vec::new();
        for (i, j) in pairs {
            let (from, to) = (component[i], component[j]);
            if from != to {
                component.iter_mut().filter(|c| **c == from).for_each(|c| *c = to);
                lengths.push(distances.get(i, j));
            }
        }
        assert_eq!(minimum_spanning_tree(&cloud).lengths().collect::<Vec<_>>(), lengths);
    }
}

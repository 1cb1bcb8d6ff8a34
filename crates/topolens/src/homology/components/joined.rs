//! The spanning tree of a whole from the trees of its parts.

use super::spanning_tree::{Edge, SpanningTree};

impl SpanningTree {
    /// The minimum spanning tree, or forest, of a graph: its shortest edges that join components (Kruskal's algorithm), those of equal
    /// length in the order of their ends.
    ///
    /// With the trees of parts that cover every pair of points it is the tree of the whole: an edge that is not in the tree of a part
    /// closes a circle of shorter ones there.
    ///
    /// # Complexity
    ///
    /// $O(m \log m)$ time for $m$ edges.
    ///
    /// # Panics
    ///
    /// If the end of an edge is not below `n_points`.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{PointCloud, SpanningTree, minimum_spanning_tree};
    ///
    /// let whole = PointCloud::new(vec![0.0, 4.0, 1.0, 6.0], 4, 1)?;
    /// let parts = [[0, 1, 2], [0, 1, 3], [1, 2, 3]];
    /// let edges = parts.iter().flat_map(|part| {
    ///     let tree = minimum_spanning_tree(&whole.select(part).unwrap());
    ///     tree.renumbered(part).edges().to_vec()
    /// });
    /// assert_eq!(SpanningTree::of_edges(4, edges.collect()), minimum_spanning_tree(&whole));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    #[must_use]
    pub fn of_edges(n_points: usize, mut edges: Vec<Edge>) -> Self {
        let ends = |edge: &Edge| (edge.second, edge.first);
        edges.sort_unstable_by(|a, b| a.length.total_cmp(&b.length).then_with(|| ends(a).cmp(&ends(b))));
        let mut roots: Vec<usize> = (0..n_points).collect();
        edges.retain(|edge| {
            let (a, b) = (root(&mut roots, edge.first), root(&mut roots, edge.second));
            roots[a] = b;
            a != b
        });
        Self::from_sorted(n_points, edges)
    }

    /// The same tree, in which point `i` is called `numbers[i]`; of as many points as the largest number asks for.
    ///
    /// # Panics
    ///
    /// If there are fewer numbers than points.
    #[must_use]
    pub fn renumbered(&self, numbers: &[usize]) -> Self {
        let renamed = |edge: &Edge| {
            let (a, b) = (numbers[edge.first], numbers[edge.second]);
            Edge { first: a.max(b), second: a.min(b), length: edge.length }
        };
        let n_points = numbers.iter().max().map_or(0, |largest| largest + 1);
        Self::from_sorted(n_points, self.edges().iter().map(renamed).collect())
    }
}

/// The component of `point`, the way to it halved.
fn root(roots: &mut [usize], mut point: usize) -> usize {
    while roots[point] != point {
        roots[point] = roots[roots[point]];
        point = roots[point];
    }
    point
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{minimum_spanning_tree, synthetic};

    #[test]
    fn trees_of_pairs_of_blocks_give_the_tree_of_the_whole() {
        let cloud = synthetic::gaussian(230, 4, 1).unwrap();
        let blocks: Vec<Vec<usize>> =
            (0..230).collect::<Vec<_>>().chunks(60).map(<[usize]>::to_vec).collect();
        let mut edges = Vec::new();
        for a in 0..blocks.len() {
            for b in 0..a {
                let part = [blocks[b].clone(), blocks[a].clone()].concat();
                let tree = minimum_spanning_tree(&cloud.select(&part).unwrap()).renumbered(&part);
                assert_eq!(tree.edges().len(), part.len() - 1);
                edges.extend_from_slice(tree.edges());
            }
        }
        let (joined, whole) = (SpanningTree::of_edges(230, edges), minimum_spanning_tree(&cloud));
        assert_eq!(joined.lengths().collect::<Vec<_>>(), whole.lengths().collect::<Vec<_>>());
        assert_eq!(joined.n_components(), 1);
    }

    #[test]
    fn edges_that_do_not_reach_everybody_give_a_forest() {
        let edge = |first, second, length| Edge { first, second, length };
        let forest = SpanningTree::of_edges(5, vec![edge(3, 2, 1.0), edge(1, 0, 2.0), edge(1, 0, 2.0)]);
        assert_eq!((forest.n_components(), forest.edges()), (3, &[edge(3, 2, 1.0), edge(1, 0, 2.0)][..]));
    }
}

//! The exact k nearest neighbours of every point of a cloud, by tiles of products.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::distances::{BLOCK, Tile, Tiles};
use crate::metric::{Euclidean, HalfSquare, Norm};
use crate::{PointCloud, Scalar};

/// The `n_neighbors` nearest of every point, nearest first, ties by index; `n_neighbors` is below the number of points.
pub(crate) fn nearest_neighbors<S: Scalar>(cloud: &PointCloud<S>, n_neighbors: usize) -> Vec<Vec<(S, u32)>> {
    nearest_by::<Euclidean, S>(cloud, n_neighbors).collect()
}

/// The same by a norm that grows with the Euclidean one, a point at a time.
pub(super) fn nearest_by<N: Comparable, S: Scalar>(
    cloud: &PointCloud<S>,
    n_neighbors: usize,
) -> impl Iterator<Item = Vec<(S, u32)>> {
    let n_points = cloud.n_points();
    let tiles = Tiles::new(cloud, (0..n_points as u32).collect());
    let blocks: Vec<Mutex<Block<S>>> = (0..n_points.div_ceil(BLOCK))
        .map(|at| Mutex::new(Block::new(BLOCK.min(n_points - at * BLOCK), n_neighbors)))
        .collect();
    // The diagonal first: each point then has a limit that most others exceed.
    tiles.visit(|rows, columns| rows == columns, |tile| see::<N, S>(&tiles, &tile, &blocks));
    tiles.visit(|rows, columns| rows != columns, |tile| see::<N, S>(&tiles, &tile, &blocks));
    let blocks = blocks.into_iter().map(|block| block.into_inner().unwrap_or_else(PoisonError::into_inner));
    blocks.flat_map(|block| block.lists).map(|list| {
        list.into_sorted_vec().into_iter().map(|Neighbor { distance, index }| (distance, index)).collect()
    })
}

/// A norm that grows with the Euclidean one.
pub(super) trait Comparable: Norm {
    /// A square of a Euclidean distance that no point reaches or exceeds whose norm is `norm`, unless by rounding.
    fn square<S: Scalar>(norm: S) -> S;
}

impl Comparable for Euclidean {
    fn square<S: Scalar>(norm: S) -> S {
        norm * norm
    }
}

impl Comparable for HalfSquare {
    /// The norm stops at 2, which larger squares have as well.
    fn square<S: Scalar>(norm: S) -> S {
        if norm < S::from_f64(2.0) { norm + norm } else { S::INFINITY }
    }
}

/// A neighbour in a list, ordered by distance, then by index.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Neighbor<S> {
    distance: S,
    index: u32,
}

impl<S: Scalar> Eq for Neighbor<S> {}

impl<S: Scalar> PartialOrd for Neighbor<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S: Scalar> Ord for Neighbor<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        let distances = self.distance.partial_cmp(&other.distance).unwrap_or(Ordering::Equal);
        distances.then(self.index.cmp(&other.index))
    }
}

/// The lists of a block of points.
struct Block<S> {
    n_neighbors: usize,
    /// The farthest on top.
    lists: Vec<BinaryHeap<Neighbor<S>>>,
    /// The largest bound of a tile, less the share of the point itself, that may still enter its list.
    limits: Vec<S>,
}

impl<S: Scalar> Block<S> {
    fn new(n_points: usize, n_neighbors: usize) -> Self {
        let lists = (0..n_points).map(|_| BinaryHeap::with_capacity(n_neighbors)).collect();
        Self { n_neighbors, lists, limits: vec![S::INFINITY; n_points] }
    }

    /// Offers a neighbour to the point `at`, whose share in the bounds is `square`.
    fn offer<N: Comparable>(&mut self, at: usize, neighbor: Neighbor<S>, square: S) {
        let list = &mut self.lists[at];
        if list.len() < self.n_neighbors {
            list.push(neighbor);
        } else if let Some(mut farthest) = list.peek_mut() {
            if neighbor >= *farthest {
                return;
            }
            *farthest = neighbor;
        }
        if let (true, Some(farthest)) = (list.len() == self.n_neighbors, list.peek()) {
            self.limits[at] = N::square(farthest.distance) - square;
        }
    }
}

/// Offers what a tile holds to the lists of its rows and of its columns.
fn see<N: Comparable, S: Scalar>(tiles: &Tiles<'_, S>, tile: &Tile<'_, S>, blocks: &[Mutex<Block<S>>]) {
    let (row_block, column_block) = (tile.rows.start / BLOCK, tile.columns.start / BLOCK);
    // The smaller block first, everywhere, so that no two threads wait for each other.
    let mut columns = lock(&blocks[column_block]);
    let mut rows = (row_block != column_block).then(|| lock(&blocks[row_block]));
    let squares = tiles.squares();
    let neighbor = |distance, row| Neighbor { distance, index: tiles.point(row) as u32 };
    for row in tile.rows.clone() {
        let own = row - tile.rows.start;
        let before = tile.columns_before(row);
        let limit = rows.as_ref().unwrap_or(&columns).limits[own];
        let found = tile.find_either(row, before.clone(), limit, &columns.limits[..before.len()]);
        for column in found {
            let other = column - tile.columns.start;
            let limit = rows.as_ref().unwrap_or(&columns).limits[own];
            // The limits may have come down since the search.
            if tile.bound(row, column) > limit && tile.bound(column, row) > columns.limits[other] {
                continue;
            }
            let distance = tiles.norm::<N>(row, column);
            columns.offer::<N>(other, neighbor(distance, row), squares[column]);
            let rows = rows.as_mut().unwrap_or(&mut columns);
            rows.offer::<N>(own, neighbor(distance, column), squares[row]);
        }
    }
}

fn lock<T>(block: &Mutex<T>) -> MutexGuard<'_, T> {
    block.lock().unwrap_or_else(PoisonError::into_inner)
}

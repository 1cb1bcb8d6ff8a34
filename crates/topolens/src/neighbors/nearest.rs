//! The exact k nearest neighbours of every point of a cloud, by tiles of products.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;
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
    let lists = Lists::new(cloud.n_points(), n_neighbors);
    lists.see_part::<N>(cloud, 0);
    lists.into_sorted()
}

/// The lists of all points, which fill as more of the points are seen.
pub(super) struct Lists<S> {
    blocks: Vec<Mutex<Block<S>>>,
}

impl<S: Scalar> Lists<S> {
    pub(super) fn new(n_points: usize, n_neighbors: usize) -> Self {
        let block = |at: usize| Mutex::new(Block::new(BLOCK.min(n_points - at * BLOCK), n_neighbors));
        Self { blocks: (0..n_points.div_ceil(BLOCK)).map(block).collect() }
    }

    /// All pairs within a part of the points, which begins at point `first`, a multiple of [`BLOCK`].
    pub(super) fn see_part<N: Comparable>(&self, part: &PointCloud<S>, first: usize) {
        let view = View::new::<N>(self, part, part.n_points(), [first, first]);
        // The diagonal first: each point then has a limit that most others exceed.
        view.tiles.visit(|rows, columns| rows == columns, |tile| view.see::<N>(&tile));
        view.tiles.visit(|rows, columns| rows != columns, |tile| view.see::<N>(&tile));
    }

    /// All pairs of one point of each of two parts: `both` holds `n_first` points of the one, then the other, and `firsts` are where the parts
    /// begin, multiples of [`BLOCK`] as is `n_first`.
    pub(super) fn see_between<N: Comparable>(
        &self,
        both: &PointCloud<S>,
        n_first: usize,
        firsts: [usize; 2],
    ) {
        let view = View::new::<N>(self, both, n_first, firsts);
        let is_between =
            |rows: &Range<usize>, columns: &Range<usize>| rows.start >= n_first && columns.start < n_first;
        view.tiles.visit(is_between, |tile| view.see::<N>(&tile));
    }

    /// The lists in the order of their points, nearest first.
    pub(super) fn into_sorted(self) -> impl Iterator<Item = Vec<(S, u32)>> {
        let blocks =
            self.blocks.into_iter().map(|block| block.into_inner().unwrap_or_else(PoisonError::into_inner));
        blocks.flat_map(|block| block.lists).map(|list| {
            list.into_sorted_vec().into_iter().map(|Neighbor { distance, index }| (distance, index)).collect()
        })
    }
}

/// Points of one or two parts, ready for products, and the lists of all.
struct View<'a, S> {
    lists: &'a Lists<S>,
    tiles: Tiles<'a, S>,
    n_first: usize,
    firsts: [usize; 2],
}

impl<'a, S: Scalar> View<'a, S> {
    fn new<N: Comparable>(
        lists: &'a Lists<S>,
        points: &'a PointCloud<S>,
        n_first: usize,
        firsts: [usize; 2],
    ) -> Self {
        let n_points = points.n_points();
        let view = Self { lists, tiles: Tiles::new(points, (0..n_points as u32).collect()), n_first, firsts };
        // Shares in the bounds depend on the centre of these points, and so do the limits.
        for row in (0..n_points).step_by(BLOCK) {
            let rows = row..n_points.min(row + BLOCK);
            lock(view.block(row)).set_limits::<N>(&view.tiles.squares()[rows]);
        }
        view
    }

    /// The place among all points.
    fn point(&self, row: usize) -> usize {
        if row < self.n_first { self.firsts[0] + row } else { self.firsts[1] + row - self.n_first }
    }

    fn block(&self, row: usize) -> &Mutex<Block<S>> {
        &self.lists.blocks[self.point(row) / BLOCK]
    }

    /// Offers what a tile holds to the lists of its rows and of its columns.
    fn see<N: Comparable>(&self, tile: &Tile<'_, S>) {
        let (tiles, is_diagonal) = (&self.tiles, tile.rows == tile.columns);
        // The block of smaller points first, everywhere, so that no two threads wait for each other.
        let mut columns = lock(self.block(tile.columns.start));
        let mut rows = (!is_diagonal).then(|| lock(self.block(tile.rows.start)));
        let squares = tiles.squares();
        let neighbor = |distance, row| Neighbor { distance, index: self.point(row) as u32 };
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

    /// The limits that the lists give, with the shares of the points in the bounds.
    fn set_limits<N: Comparable>(&mut self, squares: &[S]) {
        for (at, &square) in squares.iter().enumerate() {
            self.set_limit::<N>(at, square);
        }
    }

    fn set_limit<N: Comparable>(&mut self, at: usize, square: S) {
        let list = &self.lists[at];
        if let (true, Some(farthest)) = (list.len() == self.n_neighbors, list.peek()) {
            self.limits[at] = N::square(farthest.distance) - square;
        }
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
        self.set_limit::<N>(at, square);
    }
}

fn lock<T>(block: &Mutex<T>) -> MutexGuard<'_, T> {
    block.lock().unwrap_or_else(PoisonError::into_inner)
}

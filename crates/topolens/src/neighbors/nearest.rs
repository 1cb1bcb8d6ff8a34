//! The exact k nearest neighbours of every point of a cloud, by tiles of products.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

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
        view.settle::<N>();
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
        view.settle::<N>();
    }

    /// The lists in the order of their points, nearest first.
    pub(super) fn into_sorted(self) -> impl Iterator<Item = Vec<(S, u32)>> {
        let blocks =
            self.blocks.into_iter().map(|block| block.into_inner().unwrap_or_else(PoisonError::into_inner));
        blocks.flat_map(|block| block.lists).map(|list| {
            list.nearest.into_iter().map(|Neighbor { distance, index }| (distance, index)).collect()
        })
    }
}

/// Points of one or two parts, ready for products, and the lists of all.
struct View<'a, S> {
    lists: &'a Lists<S>,
    tiles: Tiles<'a, S>,
    n_first: usize,
    firsts: [usize; 2],
    /// How far the square of a distance can exceed its bound, as a part of the two shares.
    slack: S,
    largest_square: S,
}

impl<'a, S: Scalar> View<'a, S> {
    fn new<N: Comparable>(
        lists: &'a Lists<S>,
        points: &'a PointCloud<S>,
        n_first: usize,
        firsts: [usize; 2],
    ) -> Self {
        let tiles = Tiles::new(points, (0..points.n_points() as u32).collect());
        let slack = S::from_f64(3.0 * tiles.rounding());
        let largest_square = tiles.squares().iter().fold(S::ZERO, |a, &b| if b > a { b } else { a });
        let view = Self { lists, tiles, n_first, firsts, slack, largest_square };
        // Shares in the bounds depend on the centre of these points, and so do the limits.
        view.for_blocks(|block, rows| block.set_limits::<N>(&view.tiles.squares()[rows]));
        view
    }

    /// Does something with the lists of every block of rows.
    fn for_blocks(&self, work: impl Fn(&mut Block<S>, Range<usize>) + Sync) {
        let n_points = self.tiles.squares().len();
        (0..n_points.div_ceil(BLOCK)).into_par_iter().for_each(|at| {
            let rows = at * BLOCK..n_points.min((at + 1) * BLOCK);
            work(&mut lock(self.block(rows.start)), rows);
        });
    }

    /// The place among all points.
    fn point(&self, row: usize) -> usize {
        if row < self.n_first { self.firsts[0] + row } else { self.firsts[1] + row - self.n_first }
    }

    fn block(&self, row: usize) -> &Mutex<Block<S>> {
        &self.lists.blocks[self.point(row) / BLOCK]
    }

    /// How far the square of a distance of a row can exceed its bound, whatever the other row.
    fn gap(&self, row: usize) -> S {
        self.slack * (self.tiles.squares()[row] + self.largest_square)
    }

    /// Offers what a tile holds to the lists of its rows and of its columns.
    fn see<N: Comparable>(&self, tile: &Tile<'_, S>) {
        let is_diagonal = tile.rows == tile.columns;
        // The block of smaller points first, everywhere, so that no two threads wait for each other.
        let mut columns = lock(self.block(tile.columns.start));
        let mut rows = (!is_diagonal).then(|| lock(self.block(tile.rows.start)));
        for row in tile.rows.clone() {
            let own = row - tile.rows.start;
            let before = tile.columns_before(row);
            let limit = rows.as_ref().unwrap_or(&columns).limits[own];
            let found = tile.find_either(row, before.clone(), limit, &columns.limits[..before.len()]);
            for column in found {
                let candidate = |bound, row: usize| Candidate { bound, row: row as u32 };
                let other = column - tile.columns.start;
                columns.offer::<N>(self, column, other, candidate(tile.bound(column, row), row));
                let rows = rows.as_mut().unwrap_or(&mut columns);
                rows.offer::<N>(self, row, own, candidate(tile.bound(row, column), column));
            }
        }
    }

    /// Leaves no candidates.
    fn settle<N: Comparable>(&self) {
        self.for_blocks(|block, rows| {
            for (at, row) in rows.enumerate() {
                block.settle::<N>(self, row, at);
            }
        });
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

/// A row that may be among the nearest, with a lower bound of the square of its distance less the share of the point itself.
#[derive(Debug, Clone, Copy)]
struct Candidate<S> {
    bound: S,
    row: u32,
}

/// What is known of the neighbours of a point.
struct List<S> {
    /// The nearest of those whose distances are known, in order.
    nearest: Vec<Neighbor<S>>,
    candidates: Vec<Candidate<S>>,
}

/// The lists of a block of points.
struct Block<S> {
    n_neighbors: usize,
    lists: Vec<List<S>>,
    /// The largest bound that may still enter the list.
    limits: Vec<S>,
}

impl<S: Scalar> Block<S> {
    fn new(n_points: usize, n_neighbors: usize) -> Self {
        let list = |_| List { nearest: Vec::new(), candidates: Vec::new() };
        Self { n_neighbors, lists: (0..n_points).map(list).collect(), limits: vec![S::INFINITY; n_points] }
    }

    /// The most candidates of a point.
    fn capacity(&self) -> usize {
        2 * self.n_neighbors + 32
    }

    /// The limits that known distances give, with the shares of the points in the bounds.
    fn set_limits<N: Comparable>(&mut self, squares: &[S]) {
        for (at, &square) in squares.iter().enumerate() {
            self.limits[at] = self.limit_of_known::<N>(at, square);
        }
    }

    fn limit_of_known<N: Comparable>(&self, at: usize, square: S) -> S {
        match self.lists[at].nearest.get(self.n_neighbors - 1) {
            Some(farthest) => N::square(farthest.distance) - square,
            None => S::INFINITY,
        }
    }

    /// Offers a candidate to the list `at`, that of a row of the view.
    fn offer<N: Comparable>(&mut self, view: &View<'_, S>, row: usize, at: usize, candidate: Candidate<S>) {
        if candidate.bound > self.limits[at] {
            return;
        }
        self.lists[at].candidates.push(candidate);
        if self.lists[at].candidates.len() >= self.capacity() {
            self.prune(at, view.gap(row));
            // Bounds that differ by no more than rounding choose nothing.
            if 4 * self.lists[at].candidates.len() > 3 * self.capacity() {
                self.settle::<N>(view, row, at);
            }
        }
    }

    /// Leaves out candidates that are farther than `n_neighbors` others.
    fn prune(&mut self, at: usize, gap: S) {
        let candidates = &mut self.lists[at].candidates;
        let by_bound =
            |a: &Candidate<S>, b: &Candidate<S>| a.bound.partial_cmp(&b.bound).unwrap_or(Ordering::Equal);
        let (_, last, _) = candidates.select_nth_unstable_by(self.n_neighbors - 1, by_bound);
        let limit = last.bound + gap;
        candidates.retain(|candidate| candidate.bound <= limit);
        if limit < self.limits[at] {
            self.limits[at] = limit;
        }
    }

    /// Computes the distances of the candidates.
    fn settle<N: Comparable>(&mut self, view: &View<'_, S>, row: usize, at: usize) {
        if self.lists[at].candidates.len() > self.n_neighbors {
            self.prune(at, view.gap(row));
        }
        let List { nearest, candidates } = &mut self.lists[at];
        nearest.extend(candidates.drain(..).map(|candidate| Neighbor {
            distance: view.tiles.norm::<N>(row, candidate.row as usize),
            index: view.point(candidate.row as usize) as u32,
        }));
        nearest.sort_unstable();
        nearest.truncate(self.n_neighbors);
        let known = self.limit_of_known::<N>(at, view.tiles.squares()[row]);
        if known < self.limits[at] {
            self.limits[at] = known;
        }
    }
}

fn lock<T>(block: &Mutex<T>) -> MutexGuard<'_, T> {
    block.lock().unwrap_or_else(PoisonError::into_inner)
}

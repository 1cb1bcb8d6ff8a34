//! The exact k nearest neighbours of every point of a cloud, by tiles of products.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::distances::{BLOCK, Tile, Tiles};
use crate::{PointCloud, Scalar};

/// The `n_neighbors` nearest of every point, nearest first, ties by index; `n_neighbors` is below the number of points.
pub(crate) fn nearest_neighbors<S: Scalar>(cloud: &PointCloud<S>, n_neighbors: usize) -> Vec<Vec<(S, u32)>> {
    let n_points = cloud.n_points();
    let tiles = Tiles::new(cloud, (0..n_points as u32).collect());
    let blocks: Vec<Mutex<Block<S>>> = (0..n_points.div_ceil(BLOCK))
        .map(|at| Mutex::new(Block::new(BLOCK.min(n_points - at * BLOCK), n_neighbors)))
        .collect();
    tiles.visit(|_, _| true, |tile| see(&tiles, &tile, &blocks));
    let lists = blocks.into_iter().map(|block| block.into_inner().unwrap_or_else(PoisonError::into_inner));
    lists.flat_map(|block| block.lists).collect()
}

/// The lists of a block of points.
struct Block<S> {
    n_neighbors: usize,
    lists: Vec<Vec<(S, u32)>>,
    /// The largest bound of a tile, less the share of the point itself, that may still enter its list.
    limits: Vec<S>,
}

impl<S: Scalar> Block<S> {
    fn new(n_points: usize, n_neighbors: usize) -> Self {
        let lists = (0..n_points).map(|_| Vec::with_capacity(n_neighbors + 1)).collect();
        Self { n_neighbors, lists, limits: vec![S::INFINITY; n_points] }
    }

    /// Offers a neighbour to the point `at`, whose share in the bounds is `square`.
    fn offer(&mut self, at: usize, neighbor: (S, u32), square: S) {
        let list = &mut self.lists[at];
        let place = list.partition_point(|listed| *listed < neighbor);
        if place == self.n_neighbors {
            return;
        }
        list.insert(place, neighbor);
        list.truncate(self.n_neighbors);
        if let (true, Some(&(farthest, _))) = (list.len() == self.n_neighbors, list.last()) {
            self.limits[at] = farthest * farthest - square;
        }
    }
}

/// Offers what a tile holds to the lists of its rows and of its columns.
fn see<S: Scalar>(tiles: &Tiles<'_, S>, tile: &Tile<'_, S>, blocks: &[Mutex<Block<S>>]) {
    let (row_block, column_block) = (tile.rows.start / BLOCK, tile.columns.start / BLOCK);
    // The smaller block first, everywhere, so that no two threads wait for each other.
    let mut columns = lock(&blocks[column_block]);
    let mut rows = (row_block != column_block).then(|| lock(&blocks[row_block]));
    let squares = tiles.squares();
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
            let distance = tiles.distance(row, column);
            columns.offer(other, (distance, tiles.point(row) as u32), squares[column]);
            let rows = rows.as_mut().unwrap_or(&mut columns);
            rows.offer(own, (distance, tiles.point(column) as u32), squares[row]);
        }
    }
}

fn lock<T>(block: &Mutex<T>) -> MutexGuard<'_, T> {
    block.lock().unwrap_or_else(PoisonError::into_inner)
}

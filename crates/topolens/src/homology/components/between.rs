//! The shortest edge between every two components.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::Link;
use crate::distances::{Tile, Tiles};
use crate::{PointCloud, Scalar};

/// The shortest edge between every two of the components that `labels` number from 0.
pub(super) fn links_between<S: Scalar>(
    cloud: &PointCloud<S>,
    labels: &[u32],
    n_components: usize,
) -> Vec<Link<S>> {
    if n_components == 1 {
        return Vec::new();
    }
    let mut order: Vec<u32> = (0..labels.len() as u32).collect();
    order.sort_by_key(|&point| labels[point as usize]);
    let tiles = Tiles::new(cloud, order);
    let components: Vec<u32> = (0..labels.len()).map(|row| labels[tiles.point(row)]).collect();
    let shortest = Mutex::new(Shortest { n_components, links: vec![None; n_components * n_components] });
    let are_one =
        |rows: &Range<usize>, columns: &Range<usize>| components[rows.end - 1] == components[columns.start];
    tiles.visit(
        |rows, columns| !are_one(rows, columns),
        |tile| shortest.lock().unwrap_or_else(PoisonError::into_inner).see(&tiles, &tile, &components),
    );
    let found = shortest.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.links.into_iter().flatten().collect()
}

/// Per pair of components, the larger first, the shortest edge so far.
struct Shortest<S> {
    n_components: usize,
    links: Vec<Option<Link<S>>>,
}

impl<S: Scalar> Shortest<S> {
    fn see(&mut self, tiles: &Tiles<'_, S>, tile: &Tile<'_, S>, components: &[u32]) {
        for row in tile.rows.clone() {
            let component = components[row];
            let mut columns = tile.columns_before(row);
            while columns.start < columns.end {
                let other = components[columns.start];
                if other == component {
                    break;
                }
                let run = components[columns.clone()].partition_point(|&label| label == other);
                let end = columns.start + run;
                let at = component as usize * self.n_components + other as usize;
                self.see_run(tiles, tile, (row, columns.start..end), at);
                columns.start = end;
            }
        }
    }

    /// Offers the edges from a row to columns of one component.
    fn see_run(
        &mut self,
        tiles: &Tiles<'_, S>,
        tile: &Tile<'_, S>,
        (row, columns): (usize, Range<usize>),
        at: usize,
    ) {
        let square = tiles.squares()[row];
        let limit =
            |link: Option<Link<S>>| link.map_or(S::INFINITY, |link| link.length * link.length - square);
        for column in tile.find(row, columns, limit(self.links[at])) {
            if tile.bound(row, column) <= limit(self.links[at]) {
                let link = Link::new(tiles.distance(row, column), tiles.point(row), tiles.point(column));
                if self.links[at].is_none_or(|known| link < known) {
                    self.links[at] = Some(link);
                }
            }
        }
    }
}

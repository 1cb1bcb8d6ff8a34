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
    let shortest = Mutex::new(vec![None; n_components * n_components]);
    let lock = || shortest.lock().unwrap_or_else(PoisonError::into_inner);
    let are_one =
        |rows: &Range<usize>, columns: &Range<usize>| components[rows.end - 1] == components[columns.start];
    tiles.visit(
        |rows, columns| !are_one(rows, columns),
        |tile| {
            let place =
                |run: &Run, other: &Run| run.component as usize * n_components + other.component as usize;
            let (rows, columns) =
                (runs(&components, tile.rows.clone()), runs(&components, tile.columns.clone()));
            for row_run in &rows {
                for column_run in columns.iter().take_while(|run| run.component < row_run.component) {
                    let at = place(row_run, column_run);
                    let known = lock()[at];
                    let found = shortest_between(&tiles, &tile, (row_run, column_run), known);
                    let mut links = lock();
                    links[at] = shorter(links[at], found);
                }
            }
        },
    );
    let found = shortest.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.into_iter().flatten().collect()
}

/// Neighbouring rows of one component.
struct Run {
    component: u32,
    rows: Range<usize>,
}

/// A range of rows, which are sorted by component, as runs.
fn runs(components: &[u32], rows: Range<usize>) -> Vec<Run> {
    let mut start = rows.start;
    let chunks = components[rows].chunk_by(|a, b| a == b);
    let run = chunks.map(|chunk| {
        let run = Run { component: chunk[0], rows: start..start + chunk.len() };
        start = run.rows.end;
        run
    });
    run.collect()
}

/// The shortest edge of a tile between a run of its rows and an earlier one of its columns, if it is shorter than the
/// one known.
fn shortest_between<S: Scalar>(
    tiles: &Tiles<'_, S>,
    tile: &Tile<'_, S>,
    (rows, columns): (&Run, &Run),
    mut known: Option<Link<S>>,
) -> Option<Link<S>> {
    for row in rows.rows.clone() {
        let square = tiles.squares()[row];
        let limit =
            |link: Option<Link<S>>| link.map_or(S::INFINITY, |link| link.length * link.length - square);
        for column in tile.find(row, columns.rows.clone(), limit(known)) {
            if tile.bound(row, column) <= limit(known) {
                let link = Link::new(tiles.distance(row, column), tiles.point(row), tiles.point(column));
                known = shorter(known, Some(link));
            }
        }
    }
    known
}

fn shorter<S: Scalar>(a: Option<Link<S>>, b: Option<Link<S>>) -> Option<Link<S>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b < a { b } else { a }),
        (a, b) => a.or(b),
    }
}

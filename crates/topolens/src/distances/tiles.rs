//! All pairs of points, a tile of scalar products at a time; the distances that matter are computed again directly.
//!
//! With centred rows $x_i$ of squared norm $n_i$, $d_{ij}^2 = n_i + n_j - 2 x_i \cdot x_j$ up to rounding of at most
//! $\gamma (n_i + n_j)$. So $s_i + s_j - 2 x_i \cdot x_j$ with $s_i = (1 - \gamma) n_i$ never exceeds the square of the
//! distance by direct differences: a pair whose bound is too large can be left out, and the others are few.

#![expect(
    clippy::inline_always,
    clippy::needless_bitwise_bool,
    reason = "inlined into a function compiled for the vector instructions, where a branch would end the vector"
)]

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::linear_algebra::row_products;
use crate::metric::{Euclidean, Norm, distances_to};
use crate::{PointCloud, Scalar};

/// Rows of a tile.
pub(crate) const BLOCK: usize = 256;

/// A point cloud in some order, ready for products.
#[derive(Debug)]
pub(crate) struct Tiles<'a, S> {
    cloud: &'a PointCloud<S>,
    order: Vec<u32>,
    centre: Vec<S>,
    squares: Vec<S>,
}

/// Products of a block of rows with a block of columns, none after the rows.
pub(crate) struct Tile<'t, S> {
    pub(crate) rows: Range<usize>,
    pub(crate) columns: Range<usize>,
    products: &'t [S],
    squares: &'t [S],
}

impl<'a, S: Scalar> Tiles<'a, S> {
    /// `order` names every point once; place $i$ of it is row $i$ of the tiles.
    pub(crate) fn new(cloud: &'a PointCloud<S>, order: Vec<u32>) -> Self {
        let centre = centre(cloud);
        let mut tiles = Self { cloud, order, centre, squares: Vec::new() };
        let rounding = S::from_f64(tiles.rounding());
        let shrink = |square: S| square - rounding * square;
        let square = |row| {
            let centred = tiles.centred(row).map(S::to_f64);
            shrink(S::from_f64(centred.fold(0.0, |sum, x| sum + x * x)))
        };
        tiles.squares = (0..tiles.order.len()).map(square).collect();
        tiles
    }

    /// The numbers of a row less those of the centre.
    fn centred(&self, row: usize) -> impl Iterator<Item = S> {
        self.cloud.point(self.point(row)).iter().zip(&self.centre).map(|(&value, &mean)| value - mean)
    }

    /// The point of a row.
    pub(crate) fn point(&self, row: usize) -> usize {
        self.order[row] as usize
    }

    /// $\gamma$: how far a square of a distance can be off, as a part of the two squared norms.
    pub(crate) fn rounding(&self) -> f64 {
        (1.5 * self.cloud.n_features() as f64 + 32.0) * S::ROUNDING
    }

    /// The share $s$ of each row in the lower bounds.
    pub(crate) fn squares(&self) -> &[S] {
        &self.squares
    }

    /// The distance between the points of two rows, by direct differences.
    pub(crate) fn distance(&self, row: usize, column: usize) -> S {
        self.norm::<Euclidean>(row, column)
    }

    /// A norm of the difference of the points of two rows.
    pub(crate) fn norm<N: Norm>(&self, row: usize, column: usize) -> S {
        let mut norm = [S::ZERO];
        let (point, other) = (self.cloud.point(self.point(row)), self.cloud.point(self.point(column)));
        distances_to::<N, S>(point, std::iter::once(other), &mut norm);
        norm[0]
    }

    /// Visits all tiles on or below the diagonal for which `is_wanted`, in parallel and in no order.
    pub(crate) fn visit(
        &self,
        is_wanted: impl Fn(&Range<usize>, &Range<usize>) -> bool + Sync,
        see: impl Fn(Tile<'_, S>) + Sync,
    ) {
        let n_points = self.order.len();
        let block = |at: usize| at * BLOCK..n_points.min((at + 1) * BLOCK);
        let n_blocks = n_points.div_ceil(BLOCK);
        let pairs = (0..n_blocks).flat_map(|row| (0..=row).map(move |column| (row, column)));
        let wanted: Vec<_> = pairs
            .map(|(row, column)| (block(row), block(column)))
            .filter(|(rows, columns)| is_wanted(rows, columns))
            .collect();
        let n_features = self.cloud.n_features();
        wanted.into_par_iter().for_each_init(Workspace::default, |work, (rows, columns)| {
            work.rows.fill(self, &rows);
            work.columns.fill(self, &columns);
            work.products.resize(rows.len() * columns.len(), S::ZERO);
            row_products(&work.rows.values, &work.columns.values, n_features, &mut work.products);
            see(Tile { rows, columns, products: &work.products, squares: &self.squares });
        });
    }
}

/// What a thread needs for its tiles.
#[derive(Default)]
struct Workspace<S> {
    rows: Panel<S>,
    columns: Panel<S>,
    products: Vec<S>,
}

/// A block of centred rows.
#[derive(Default)]
struct Panel<S> {
    range: Range<usize>,
    values: Vec<S>,
}

impl<S: Scalar> Panel<S> {
    fn fill(&mut self, tiles: &Tiles<'_, S>, range: &Range<usize>) {
        if self.range != *range {
            self.range = range.clone();
            self.values.clear();
            range.clone().for_each(|row| self.values.extend(tiles.centred(row)));
        }
    }
}

impl<S: Scalar> Tile<'_, S> {
    /// The columns of a row that precede it.
    pub(crate) fn columns_before(&self, row: usize) -> Range<usize> {
        self.columns.start..self.columns.end.min(row)
    }

    /// A lower bound of the square of the distance of two points of the tile, less the share of the first.
    pub(crate) fn bound(&self, first: usize, second: usize) -> S {
        let (row, column) =
            if self.rows.contains(&first) && first > second { (first, second) } else { (second, first) };
        let product =
            self.products[(row - self.rows.start) * self.columns.len() + column - self.columns.start];
        self.squares[second] - (product + product)
    }

    fn products_of(&self, row: usize, columns: &Range<usize>) -> &[S] {
        let first = (row - self.rows.start) * self.columns.len();
        &self.products[first..][columns.start - self.columns.start..columns.end - self.columns.start]
    }

    /// The columns whose bound is at most `limit`.
    pub(crate) fn find(&self, row: usize, columns: Range<usize>, limit: S) -> Vec<usize> {
        let (products, squares) = (self.products_of(row, &columns), &self.squares[columns.clone()]);
        let no_limits: [S; 0] = [];
        let search = Search { products, squares, limit, own: S::ZERO, limits: &no_limits };
        search.run(columns.start)
    }

    /// The columns whose bound is at most `limit`, or at most their own limit; `limits` belong to `columns`.
    pub(crate) fn find_either(
        &self,
        row: usize,
        columns: Range<usize>,
        limit: S,
        limits: &[S],
    ) -> Vec<usize> {
        let (products, squares) = (self.products_of(row, &columns), &self.squares[columns.clone()]);
        let search = Search { products, squares, limit, own: self.squares[row], limits };
        search.run(columns.start)
    }
}

/// What is looked at together.
const STEP: usize = 32;

/// A search through part of a row.
struct Search<'t, S> {
    products: &'t [S],
    squares: &'t [S],
    limit: S,
    own: S,
    limits: &'t [S],
}

impl<S: Scalar> Search<'_, S> {
    fn run(&self, first: usize) -> Vec<usize> {
        let mut found = Vec::new();
        Arch::new().dispatch(Run { search: self, first, found: &mut found });
        found
    }

    #[inline(always)]
    fn is_near(&self, at: usize) -> bool {
        let twice = self.products[at] + self.products[at];
        let near = self.squares[at] - twice <= self.limit;
        near || self.limits.get(at).is_some_and(|&limit| self.own - twice <= limit)
    }

    /// Whether any of the `STEP` places from `at` on is near.
    #[inline(always)]
    fn any_near(&self, at: usize) -> bool {
        let (products, squares) = (&self.products[at..at + STEP], &self.squares[at..at + STEP]);
        let mut any = false;
        if self.limits.is_empty() {
            for (&product, &square) in products.iter().zip(squares) {
                any |= square - (product + product) <= self.limit;
            }
            return any;
        }
        let limits = &self.limits[at..at + STEP];
        for ((&product, &square), &limit) in products.iter().zip(squares).zip(limits) {
            let twice = product + product;
            any |= (square - twice <= self.limit) | (self.own - twice <= limit);
        }
        any
    }
}

struct Run<'r, 't, S> {
    search: &'r Search<'t, S>,
    first: usize,
    found: &'r mut Vec<usize>,
}

impl<S: Scalar> WithSimd for Run<'_, '_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) {
        let n_columns = self.search.products.len();
        let mut at = 0;
        while at < n_columns {
            let end = n_columns.min(at + STEP);
            if end < at + STEP || self.search.any_near(at) {
                let near = (at..end).filter(|&at| self.search.is_near(at));
                self.found.extend(near.map(|at| self.first + at));
            }
            at = end;
        }
    }
}

fn centre<S: Scalar>(cloud: &PointCloud<S>) -> Vec<S> {
    let mut sums = vec![0.0; cloud.n_features()];
    for point in cloud.points() {
        sums.iter_mut().zip(point).for_each(|(sum, x)| *sum += x.to_f64());
    }
    sums.into_iter().map(|sum| S::from_f64(sum / cloud.n_points() as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;
    use std::sync::Mutex;

    /// Far from the origin, with near duplicates: the worst case of the product form.
    fn shifted() -> PointCloud<f32> {
        let cloud = synthetic::gaussian(300, 7, 1).unwrap();
        let values = cloud.values().iter().enumerate().map(|(at, &x)| {
            let near = if at % 3 == 0 { 1e-6 } else { 1.0 };
            (1000.0 + near * x) as f32
        });
        PointCloud::new(values.collect(), 300, 7).unwrap()
    }

    #[test]
    fn bounds_never_exceed_distances_and_every_pair_comes_once() {
        let cloud = shifted();
        let tiles = Tiles::new(&cloud, (0..300).rev().collect());
        let seen = Mutex::new(0);
        tiles.visit(
            |_, _| true,
            |tile| {
                for row in tile.rows.clone() {
                    for column in tile.columns_before(row) {
                        let distance = f64::from(tiles.distance(row, column));
                        let bound = f64::from(tile.bound(row, column) + tiles.squares()[row]);
                        assert!(bound <= distance * distance * (1.0 + 1e-6), "{bound} {distance}");
                        *seen.lock().unwrap() += 1;
                    }
                }
            },
        );
        assert_eq!(*seen.lock().unwrap(), 300 * 299 / 2);
    }

    #[test]
    fn a_search_finds_what_a_comparison_finds() {
        let cloud = synthetic::gaussian(150, 3, 5).unwrap();
        let tiles = Tiles::new(&cloud, (0..150).collect());
        let limits: Vec<f64> = (0..150).map(|at| f64::from(at % 7) - 5.0).collect();
        tiles.visit(
            |_, _| true,
            |tile| {
                for row in tile.rows.clone() {
                    let columns = tile.columns_before(row);
                    let one = tile.find(row, columns.clone(), -2.0);
                    let either = tile.find_either(row, columns.clone(), -2.0, &limits[columns.clone()]);
                    let near = |column: &usize| tile.bound(row, *column) <= -2.0;
                    let own = |column: &usize| {
                        tile.bound(row, *column) - tiles.squares()[*column] + tiles.squares()[row]
                            <= limits[*column] + 1e-12
                    };
                    assert_eq!(one, columns.clone().filter(near).collect::<Vec<_>>());
                    assert_eq!(either, columns.filter(|c| near(c) || own(c)).collect::<Vec<_>>());
                }
            },
        );
    }
}

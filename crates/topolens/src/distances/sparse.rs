//! The pairs that meet, all others being infinitely far apart.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::condensed::{is_dissimilarity, not_a_dissimilarity};
use super::{BLOCK, Dissimilarities, DistanceMatrix, Tiles};
use crate::error::{Error, InputKind, SettingKind};
use crate::{PointCloud, Scalar};

/// The most points whose pairs are kept.
const MOST_POINTS: usize = u16::MAX as usize;

/// The dissimilarities of the pairs that ever meet; all others never do ($+\infty$).
///
/// # Units
///
/// Of whoever gave them.
///
/// # Examples
///
/// ```
/// use topolens::{SparseDistances, VietorisRips, synthetic};
///
/// let near = SparseDistances::within(&synthetic::circle(1000, 0)?, 0.1)?;
/// assert!(near.n_pairs() < 50_000);
/// let diagrams = VietorisRips::new().sparse_diagrams(&near)?;
/// assert_eq!(diagrams[1].intervals().iter().filter(|interval| interval.is_essential()).count(), 1);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseDistances<S> {
    n_points: usize,
    /// The larger index, the smaller, and their dissimilarity, which is finite; ascending.
    pairs: Vec<(u16, u16, S)>,
}

impl<S: Scalar> SparseDistances<S> {
    /// Takes the dissimilarities of some pairs of points.
    ///
    /// # Shape
    ///
    /// Triples (i, j, dissimilarity) in any order. A pair may come more than once, in either direction, if its
    /// dissimilarity is the same; a point may be paired with itself at 0. Points in no pair are components of their own.
    ///
    /// # Errors
    ///
    /// If `n_points` is 0 or above 65535, an index is not below `n_points`, a dissimilarity is NaN or negative, a point has a
    /// dissimilarity other than 0 to itself, or a pair has two different ones.
    ///
    /// # Complexity
    ///
    /// $O(m \log m)$ time and $O(m)$ memory for $m$ pairs.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{SparseDistances, VietorisRips};
    ///
    /// let square = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)];
    /// let diagrams = VietorisRips::new().sparse_diagrams(&SparseDistances::from_pairs(&square, 4)?)?;
    /// assert!(diagrams[1].intervals()[0].is_essential());
    /// assert!(SparseDistances::from_pairs(&[(0, 1, 1.0), (1, 0, 2.0)], 2).is_err());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_pairs(pairs: &[(usize, usize, S)], n_points: usize) -> Result<Self, Error> {
        ensure_allowed(n_points, "pairs")?;
        let mut kept = Vec::with_capacity(pairs.len());
        for &(i, j, value) in pairs {
            check(i, j, value, n_points)?;
            if i != j {
                kept.push((i.max(j) as u16, i.min(j) as u16, value));
            }
        }
        kept.sort_by_key(|&(row, column, _)| (row, column));
        let same = |a: &&[(u16, u16, S)]| (a[0].0, a[0].1) == (a[1].0, a[1].1) && a[0].2 != a[1].2;
        if let Some(&[(larger, smaller, value), (.., other)]) = kept.windows(2).find(same) {
            let (row, column) = (smaller.into(), larger.into());
            return Err(InputKind::PairsDisagree {
                row,
                column,
                value: value.to_f64(),
                other: other.to_f64(),
            }
            .into());
        }
        kept.dedup();
        kept.retain(|(.., value)| value.is_finite());
        Ok(Self { n_points, pairs: kept })
    }

    /// The pairs of points no further apart than the threshold.
    ///
    /// # Errors
    ///
    /// If the threshold is negative or NaN, or there are more than 65535 points.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D)$ time, in parallel, by tiles of scalar products if the dissimilarities are Euclidean distances of points;
    /// 8 to 16 bytes per pair found.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{PointCloud, SparseDistances};
    ///
    /// let cloud = PointCloud::new(vec![0.0, 1.0, 3.0], 3, 1)?;
    /// assert_eq!(SparseDistances::within(&cloud, 2.0)?.n_pairs(), 2);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn within<D: Dissimilarities<Scalar = S>>(points: &D, threshold: f64) -> Result<Self, Error> {
        let n_points = points.n_points();
        ensure_allowed(n_points, "points")?;
        if threshold.is_nan() || threshold < 0.0 {
            let argument = "threshold";
            return Err(SettingKind::OutOfRange { argument, value: threshold, allowed: "0 or more" }.into());
        }
        let threshold = S::from_f64(threshold);
        let mut pairs = match points.cloud() {
            Some(cloud) if n_points > BLOCK => near_points(cloud, threshold),
            _ => near_rows(points, threshold),
        };
        pairs.par_sort_unstable_by_key(|&(row, column, _)| (row, column));
        Ok(Self { n_points, pairs })
    }

    /// The number of points, those in no pair included.
    pub fn n_points(&self) -> usize {
        self.n_points
    }

    /// The number of pairs at a finite dissimilarity.
    pub fn n_pairs(&self) -> usize {
        self.pairs.len()
    }

    /// Whether lists of the pairs are leaner than a matrix of all.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{SparseDistances, synthetic};
    ///
    /// let circle = synthetic::circle(2000, 0)?;
    /// assert!(SparseDistances::within(&circle, 0.02)?.is_sparse());
    /// assert!(!SparseDistances::within(&circle, 1.0)?.is_sparse());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn is_sparse(&self) -> bool {
        is_sparse(self.n_points, self.pairs.len())
    }

    /// The larger index of a pair, the smaller and their dissimilarity.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize, S)> + '_ {
        self.pairs.iter().map(|&(row, column, value)| (row.into(), column.into(), value))
    }

    /// The same dissimilarities as a matrix, absent pairs written out as $+\infty$: $n(n-1)/2$ values of memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::SparseDistances;
    ///
    /// let matrix = SparseDistances::from_pairs(&[(0, 1, 1.0)], 3)?.to_matrix();
    /// assert_eq!((matrix.get(0, 1), matrix.get(0, 2)), (1.0, f64::INFINITY));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn to_matrix(&self) -> DistanceMatrix<S> {
        let mut lower = vec![S::INFINITY; self.n_points * (self.n_points - 1) / 2];
        for (row, column, value) in self.pairs() {
            lower[row * (row - 1) / 2 + column] = value;
        }
        DistanceMatrix::from_lower(lower, self.n_points)
    }
}

/// Whether lists of so many pairs are leaner than a matrix, and the points enough to care.
pub(crate) fn is_sparse(n_points: usize, n_pairs: usize) -> bool {
    const WORTH_LISTS: usize = 1000;
    n_points >= WORTH_LISTS && n_pairs <= n_points * n_points / 64
}

fn ensure_allowed(n_points: usize, argument: &'static str) -> Result<(), Error> {
    if n_points == 0 {
        return Err(InputKind::Empty { argument }.into());
    }
    if n_points > MOST_POINTS {
        return Err(SettingKind::TooManyPoints { n_points, most: MOST_POINTS }.into());
    }
    Ok(())
}

/// Of a cloud, by tiles: bounds leave out most pairs, and the others are measured by direct differences.
fn near_points<S: Scalar>(cloud: &PointCloud<S>, threshold: S) -> Vec<(u16, u16, S)> {
    let tiles = Tiles::new(cloud, (0..cloud.n_points() as u32).collect());
    let found = Mutex::new(Vec::new());
    tiles.visit(
        |_, _| true,
        |tile| {
            let mut near = Vec::new();
            for row in tile.rows.clone() {
                let limit = threshold * threshold - tiles.squares()[row];
                for column in tile.find(row, tile.columns_before(row), limit) {
                    let distance = tiles.distance(row, column);
                    if distance <= threshold {
                        near.push((row as u16, column as u16, distance));
                    }
                }
            }
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(near);
        },
    );
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn near_rows<D: Dissimilarities>(points: &D, threshold: D::Scalar) -> Vec<(u16, u16, D::Scalar)> {
    let all: Vec<usize> = (0..points.n_points()).collect();
    let near = |row: usize| {
        let mut values = vec![threshold; row];
        points.row(row, &all[..row], &mut values);
        let near =
            values.into_iter().enumerate().filter(move |(_, value)| *value <= threshold && value.is_finite());
        near.map(move |(column, value)| (row as u16, column as u16, value))
    };
    all.par_iter().flat_map_iter(|&row| near(row)).collect()
}

fn check<S: Scalar>(i: usize, j: usize, value: S, n_points: usize) -> Result<(), Error> {
    let index = i.max(j);
    if index >= n_points {
        return Err(SettingKind::IndexOutOfRange { argument: "pairs", index, length: n_points }.into());
    }
    if !is_dissimilarity(value) {
        return not_a_dissimilarity(value, i, j);
    }
    if i == j && value != S::ZERO {
        return Err(InputKind::NonZeroDiagonal { row: i, value: value.to_f64() }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Metric, MetricCloud, synthetic};

    fn message(pairs: &[(usize, usize, f64)], n_points: usize) -> String {
        let error = SparseDistances::from_pairs(pairs, n_points).unwrap_err();
        assert!(error.is_invalid_input());
        error.to_string()
    }

    #[test]
    fn absent_pairs_never_meet_and_equal_ones_may_repeat() {
        let pairs = [(2, 0, 1.5_f32), (0, 2, 1.5), (1, 1, 0.0), (0, 1, f32::INFINITY)];
        let distances = SparseDistances::from_pairs(&pairs, 3).unwrap();
        assert_eq!((distances.n_points(), distances.n_pairs()), (3, 1));
        let inf = f32::INFINITY;
        let square = [0.0, inf, 1.5, inf, 0.0, inf, 1.5, inf, 0.0];
        assert_eq!(distances.to_matrix(), DistanceMatrix::from_square(&square, 3).unwrap());
    }

    #[test]
    fn bad_pairs_are_named() {
        assert!(message(&[(0, 3, 1.0)], 3).contains("index 3"));
        assert!(message(&[(0, 1, f64::NAN)], 3).contains("NaN in row 0, column 1"));
        assert!(message(&[(0, 1, -1.0)], 3).contains("-1"));
        assert!(message(&[(1, 1, 2.0)], 3).contains("diagonal"));
        assert!(message(&[(1, 2, 2.0), (0, 1, 1.0), (2, 1, f64::INFINITY)], 3).contains("points 1 and 2"));
        assert!(message(&[], 0).contains("`pairs`"));
        assert!(message(&[], 70_000).contains("65535"));
        let cloud = synthetic::circle(10, 0).unwrap();
        assert!(SparseDistances::within(&cloud, f64::NAN).unwrap_err().to_string().contains("threshold"));
    }

    #[test]
    fn points_within_a_threshold_are_those_of_the_matrix() {
        let cloud = synthetic::gaussian(700, 3, 0).unwrap();
        let matrix = DistanceMatrix::from_cloud(&cloud);
        // A distance that occurs: the pair at the threshold itself belongs to it.
        let threshold = matrix.get(10, 3);
        let by_tiles = SparseDistances::within(&cloud, threshold).unwrap();
        let seen = MetricCloud::new(&cloud, Metric::Euclidean).unwrap();
        assert_eq!(by_tiles, SparseDistances::within(&matrix, threshold).unwrap());
        assert_eq!(by_tiles, SparseDistances::within(&seen, threshold).unwrap());
        assert!(by_tiles.pairs().any(|(i, j, _)| (i, j) == (10, 3)));
        assert!(by_tiles.pairs().all(|(i, j, value)| value == matrix.get(i, j)));
    }
}

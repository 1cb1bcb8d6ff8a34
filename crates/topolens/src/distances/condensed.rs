//! The matrix of pairwise dissimilarities, each pair once.

use std::ops::Range;

use rayon::prelude::*;

use super::MetricCloud;
use crate::error::{Error, InputKind, SettingKind};
use crate::metric::{Euclidean, Metric, distances_to};
use crate::{Dissimilarities, PointCloud, Scalar};

/// Pairwise dissimilarities of $n$ points, the lower triangle only.
///
/// The triangle inequality is not required, and $+\infty$ means that two points never meet.
///
/// # Shape
///
/// $n(n-1)/2$ values, row by row: pair $(i, j)$ with $i > j$ at $i(i-1)/2 + j$.
///
/// # Units
///
/// Those of the point cloud, or of whoever gave the matrix.
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, PointCloud};
///
/// let cloud = PointCloud::new(vec![0.0, 0.0, 3.0, 4.0], 2, 2)?;
/// let distances = DistanceMatrix::from_cloud(&cloud);
/// assert_eq!(distances.get(1, 0), 5.0);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceMatrix<S> {
    pub(super) lower: Vec<S>,
    pub(super) n_points: usize,
}

impl<S: Scalar> DistanceMatrix<S> {
    /// The Euclidean distances of a point cloud, by direct differences.
    ///
    /// $d(x, y) = \sqrt{\sum_j (x_j - y_j)^2}$; never $|x|^2 + |y|^2 - 2xy$, which cancels for near points.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D)$ time, in parallel over rows; $n(n-1)/2$ values of memory.
    pub fn from_cloud(cloud: &PointCloud<S>) -> Self {
        let n_points = cloud.n_points();
        let mut lower = vec![S::ZERO; n_points * (n_points - 1) / 2];
        rows_of(&mut lower, n_points).into_par_iter().enumerate().for_each(|(i, row)| {
            distances_to::<Euclidean, S>(cloud.point(i), cloud.points(), row);
        });
        Self { lower, n_points }
    }

    /// The dissimilarities of a point cloud by any [`Metric`].
    ///
    /// # Errors
    ///
    /// If a row is zero (cosine) or constant (correlation); the error names the first such row.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D)$ time, in parallel over rows; $n(n-1)/2$ values of memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, Metric, PointCloud};
    ///
    /// let cloud = PointCloud::new(vec![1.0, 0.0, 0.0, 2.0, 0.0, 0.0], 3, 2)?;
    /// assert!(DistanceMatrix::from_cloud_with(&cloud, Metric::Manhattan).is_ok());
    /// let error = DistanceMatrix::from_cloud_with(&cloud, Metric::Cosine).unwrap_err();
    /// assert!(error.to_string().contains("row 2 is zero"));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_cloud_with(cloud: &PointCloud<S>, metric: Metric) -> Result<Self, Error> {
        if metric == Metric::Euclidean {
            return Ok(Self::from_cloud(cloud));
        }
        let all: Vec<usize> = (0..cloud.n_points()).collect();
        Self::from_dissimilarities(&MetricCloud::new(cloud, metric)?, &all)
    }

    /// The dissimilarities of the given points among themselves, in the given order, of anything that has them.
    ///
    /// A row is asked for the points before it; what a later point says of an earlier one is the dissimilarity of both.
    ///
    /// # Errors
    ///
    /// If `indices` is empty or holds an index that is not a point, or a dissimilarity is NaN or negative.
    ///
    /// # Complexity
    ///
    /// One row per point, in parallel; $m(m-1)/2$ values of memory for $m$ indices.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, PointCloud};
    ///
    /// let cloud = PointCloud::new(vec![0.0, 1.0, 3.0], 3, 1)?;
    /// let distances = DistanceMatrix::from_dissimilarities(&cloud, &[2, 0])?;
    /// assert_eq!((distances.n_points(), distances.get(0, 1)), (2, 3.0));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_dissimilarities<D: Dissimilarities<Scalar = S>>(
        points: &D,
        indices: &[usize],
    ) -> Result<Self, Error> {
        check_indices(indices, points.n_points())?;
        let n_points = indices.len();
        let mut lower = vec![S::ZERO; n_points * (n_points - 1) / 2];
        rows_of(&mut lower, n_points).into_par_iter().enumerate().try_for_each(|(i, row)| {
            points.row(indices[i], &indices[..i], row);
            match row.iter().position(|&value| !is_dissimilarity(value)) {
                Some(column) => not_a_dissimilarity(row[column], indices[i], indices[column]),
                None => Ok(()),
            }
        })?;
        Ok(Self { lower, n_points })
    }

    /// Takes precomputed dissimilarities, given as a full square matrix.
    ///
    /// # Shape
    ///
    /// `n_points` × `n_points`, row-major.
    ///
    /// # Errors
    ///
    /// If the matrix is empty, not square, not symmetric, has a non-zero diagonal, or holds NaN or a negative value.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::DistanceMatrix;
    ///
    /// let never = f64::INFINITY;
    /// let distances = DistanceMatrix::from_square(&[0.0, never, never, 0.0], 2)?;
    /// assert_eq!(distances.get(0, 1), never);
    /// assert!(DistanceMatrix::from_square(&[0.0, 1.0, 2.0, 0.0], 2).is_err());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_square(square: &[S], n_points: usize) -> Result<Self, Error> {
        if n_points == 0 {
            return Err(InputKind::Empty { argument: "distances" }.into());
        }
        let expected = n_points.saturating_mul(n_points);
        if square.len() != expected {
            return Err(
                InputKind::ShapeMismatch { argument: "distances", expected, got: square.len() }.into()
            );
        }
        let mut lower = Vec::with_capacity(n_points * (n_points - 1) / 2);
        for row in 0..n_points {
            let diagonal = square[row * n_points + row];
            if diagonal != S::ZERO {
                return Err(InputKind::NonZeroDiagonal { row, value: diagonal.to_f64() }.into());
            }
            for column in 0..row {
                let value = square[row * n_points + column];
                check_pair(value, square[column * n_points + row], row, column)?;
                lower.push(value);
            }
        }
        Ok(Self { lower, n_points })
    }

    /// Takes the rows below the diagonal, one after the other.
    pub(crate) fn from_lower(lower: Vec<S>, n_points: usize) -> Self {
        Self { lower, n_points }
    }

    /// The rows below the diagonal, one after the other.
    pub(crate) fn pairs(&self) -> &[S] {
        &self.lower
    }

    /// The number of points.
    pub fn n_points(&self) -> usize {
        self.n_points
    }

    /// The dissimilarity of points `i` and `j`; 0 if they are the same.
    ///
    /// # Panics
    ///
    /// If an index is not a point, as slice indexing does.
    #[inline]
    pub fn get(&self, i: usize, j: usize) -> S {
        match i.cmp(&j) {
            std::cmp::Ordering::Greater => self.lower[i * (i - 1) / 2 + j],
            std::cmp::Ordering::Less => self.lower[j * (j - 1) / 2 + i],
            std::cmp::Ordering::Equal => S::ZERO,
        }
    }

    /// The dissimilarities of point `i` to the points before it.
    #[inline]
    pub(crate) fn row_below(&self, i: usize) -> &[S] {
        let start = i * i.saturating_sub(1) / 2;
        &self.lower[start..start + i]
    }

    /// Per point the fold of a value of each of its dissimilarities, in an order that does not depend on the threads.
    pub(crate) fn fold_pairs<T: Copy + Send + Sync>(
        &self,
        start: T,
        value: impl Fn(S) -> T + Sync,
        fold: impl Fn(T, T) -> T + Sync,
    ) -> Vec<T> {
        let of_part = |rows: Range<usize>| {
            let mut folded = vec![start; self.n_points];
            for i in rows {
                let mut own = start;
                for (other, &distance) in folded.iter_mut().zip(self.row_below(i)) {
                    let value = value(distance);
                    *other = fold(*other, value);
                    own = fold(own, value);
                }
                folded[i] = fold(folded[i], own);
            }
            folded
        };
        let parts: Vec<Vec<T>> = row_parts(self.n_points).into_par_iter().map(of_part).collect();
        let mut folded = vec![start; self.n_points];
        for part in parts {
            folded.iter_mut().zip(part).for_each(|(all, part)| *all = fold(*all, part));
        }
        folded
    }

    /// The scale past which Rips homology is trivial: $\min_i \max_j d(i, j)$.
    ///
    /// From there on the complex is a cone over the point that attains the minimum. Infinite if no point reaches all
    /// others.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, PointCloud};
    ///
    /// let cloud = PointCloud::new(vec![0.0, 1.0, 3.0], 3, 1)?;
    /// assert_eq!(DistanceMatrix::from_cloud(&cloud).enclosing_radius(), 2.0);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn enclosing_radius(&self) -> S {
        let eccentricity = self.fold_pairs(S::ZERO, |distance| distance, larger);
        eccentricity.into_iter().fold(S::INFINITY, |a, b| if b < a { b } else { a })
    }

    /// The dissimilarities of the given points among themselves, in the given order.
    ///
    /// # Errors
    ///
    /// If `indices` is empty or holds an index that is not a point.
    pub fn select(&self, indices: &[usize]) -> Result<Self, Error> {
        check_indices(indices, self.n_points)?;
        let pairs = (1..indices.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        let lower = pairs.map(|(a, b)| self.get(indices[a], indices[b])).collect();
        Ok(Self { lower, n_points: indices.len() })
    }

    /// The largest dissimilarity that is not infinite.
    pub(crate) fn largest_finite(&self) -> S {
        self.lower.iter().copied().filter(|d| d.is_finite()).fold(S::ZERO, larger)
    }
}

impl<S: Scalar> Dissimilarities for DistanceMatrix<S> {
    type Scalar = S;

    fn n_points(&self) -> usize {
        self.n_points
    }

    fn row(&self, i: usize, others: &[usize], out: &mut [S]) {
        for (&other, distance) in others.iter().zip(out) {
            *distance = self.get(i, other);
        }
    }
}

fn larger<S: Scalar>(a: S, b: S) -> S {
    if b > a { b } else { a }
}

/// Ranges of rows of the lower triangle with about as many pairs each; one range if there are few.
pub(crate) fn row_parts(n_points: usize) -> Vec<Range<usize>> {
    const MOST_PARTS: usize = 64;
    const FEWEST_PAIRS: usize = 1 << 16;
    let n_parts = (n_points * n_points / 2 / FEWEST_PAIRS).clamp(1, MOST_PARTS);
    #[expect(clippy::cast_sign_loss, reason = "a part of the rows")]
    let first_row = |part: usize| ((part as f64 / n_parts as f64).sqrt() * n_points as f64).round() as usize;
    (0..n_parts).map(|part| first_row(part)..first_row(part + 1)).collect()
}

fn rows_of<S>(lower: &mut [S], n_points: usize) -> Vec<&mut [S]> {
    let mut rest = lower;
    (0..n_points)
        .map(|i| {
            let (row, tail) = std::mem::take(&mut rest).split_at_mut(i);
            rest = tail;
            row
        })
        .collect()
}

fn check_indices(indices: &[usize], length: usize) -> Result<(), Error> {
    if indices.is_empty() {
        return Err(InputKind::Empty { argument: "indices" }.into());
    }
    match indices.iter().find(|&&index| index >= length) {
        Some(&index) => Err(SettingKind::IndexOutOfRange { argument: "indices", index, length }.into()),
        None => Ok(()),
    }
}

pub(super) fn is_dissimilarity<S: Scalar>(value: S) -> bool {
    value >= S::ZERO
}

pub(super) fn not_a_dissimilarity<S: Scalar>(value: S, row: usize, column: usize) -> Result<(), Error> {
    Err(InputKind::NotADissimilarity { row, column, value: value.to_f64() }.into())
}

fn check_pair<S: Scalar>(value: S, mirrored: S, row: usize, column: usize) -> Result<(), Error> {
    for (number, row, column) in [(value, row, column), (mirrored, column, row)] {
        if !is_dissimilarity(number) {
            return not_a_dissimilarity(number, row, column);
        }
    }
    if value != mirrored {
        let (value, mirrored) = (value.to_f64(), mirrored.to_f64());
        return Err(InputKind::NotSymmetric { row, column, value, mirrored }.into());
    }
    Ok(())
}

//! The pairs that meet, all others being infinitely far apart.

use super::DistanceMatrix;
use super::condensed::{is_dissimilarity, not_a_dissimilarity};
use crate::Scalar;
use crate::error::{Error, InputKind, SettingKind};

/// The most points whose triangle is made from pairs.
const MOST_POINTS: usize = u16::MAX as usize;

impl<S: Scalar> DistanceMatrix<S> {
    /// Takes the dissimilarities of some pairs of points; the others never meet ($+\infty$).
    ///
    /// # Shape
    ///
    /// Triples (i, j, dissimilarity) in any order. A pair may come more than once, in either direction, if its
    /// dissimilarity is the same; a point may be paired with itself at 0. Points in no pair are components of their own.
    ///
    /// # Units
    ///
    /// Of whoever gave them.
    ///
    /// # Errors
    ///
    /// If `n_points` is 0 or above 65535, an index is not below `n_points`, a dissimilarity is NaN or negative, a point has a
    /// dissimilarity other than 0 to itself, or a pair has two different ones.
    ///
    /// # Complexity
    ///
    /// $O(m \log m)$ time for $m$ pairs; $n(n-1)/2$ values of memory, since absent pairs are stored as infinities.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, VietorisRips};
    ///
    /// let square = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)];
    /// let distances = DistanceMatrix::from_pairs(&square, 4)?;
    /// let diagrams = VietorisRips::new().diagrams(&distances)?;
    /// assert!(diagrams[1].intervals()[0].is_essential());
    /// assert!(DistanceMatrix::from_pairs(&[(0, 1, 1.0), (1, 0, 2.0)], 2).is_err());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_pairs(pairs: &[(usize, usize, S)], n_points: usize) -> Result<Self, Error> {
        if n_points == 0 {
            return Err(InputKind::Empty { argument: "pairs" }.into());
        }
        if n_points > MOST_POINTS {
            return Err(SettingKind::TooManyPoints { n_points, most: MOST_POINTS }.into());
        }
        let mut distinct = Vec::with_capacity(pairs.len());
        for &(i, j, value) in pairs {
            check(i, j, value, n_points)?;
            if i != j {
                distinct.push((i.max(j), i.min(j), value));
            }
        }
        distinct.sort_by_key(|&(row, column, _)| (row, column));
        let mut lower = vec![S::INFINITY; n_points * (n_points - 1) / 2];
        let mut last = None;
        for (row, column, value) in distinct {
            let kept = &mut lower[row * (row - 1) / 2 + column];
            if last == Some((row, column)) && *kept != value {
                let (value, other) = (kept.to_f64(), value.to_f64());
                return Err(InputKind::PairsDisagree { row: column, column: row, value, other }.into());
            }
            *kept = value;
            last = Some((row, column));
        }
        Ok(Self { lower, n_points })
    }
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

    fn message(pairs: &[(usize, usize, f64)], n_points: usize) -> String {
        let error = DistanceMatrix::from_pairs(pairs, n_points).unwrap_err();
        assert!(error.is_invalid_input());
        error.to_string()
    }

    #[test]
    fn absent_pairs_never_meet_and_equal_ones_may_repeat() {
        let pairs = [(2, 0, 1.5_f32), (0, 2, 1.5), (1, 1, 0.0), (0, 1, f32::INFINITY)];
        let distances = DistanceMatrix::from_pairs(&pairs, 3).unwrap();
        let inf = f32::INFINITY;
        let square = [0.0, inf, 1.5, inf, 0.0, inf, 1.5, inf, 0.0];
        assert_eq!(distances, DistanceMatrix::from_square(&square, 3).unwrap());
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
    }
}

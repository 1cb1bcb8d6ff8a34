//! The orthogonal Procrustes distance.

use super::centred::{Centred, centred_pair, cross_product};
use crate::error::Error;
use crate::linear_algebra::{singular_values, transposed_product};
use crate::{PointCloud, Scalar};

/// The squared orthogonal Procrustes distance of two centred representations of Frobenius norm 1:
/// $\min_Q \|X - Y Q\|_F^2 = 2 - 2 \|X^T Y\|_*$.
///
/// The smaller cloud is taken to have zeros in the features it lacks. Invariant under rotations, shifts and scalings of either.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Dimensionless, from 0 (the same up to rotation) to 2.
///
/// # Errors
///
/// If the numbers of points differ, or a representation is constant.
///
/// # Complexity
///
/// $O(n D_x D_y + D^3)$ time, with $D$ at most $n$.
///
/// # Examples
///
/// ```
/// use topolens::{procrustes_distance, PointCloud};
///
/// let x = PointCloud::new(vec![0.0, 0.0, 1.0, 0.0, 0.0, 2.0], 3, 2)?;
/// let turned = PointCloud::new(vec![0.0, 0.0, 0.0, 3.0, -6.0, 0.0], 3, 2)?;
/// assert!(procrustes_distance(&x, &turned)? < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `ding2021`
pub fn procrustes_distance<S: Scalar, T: Scalar>(x: &PointCloud<S>, y: &PointCloud<T>) -> Result<f64, Error> {
    let (x, y) = centred_pair(x, y, "procrustes")?;
    procrustes_distance_of(&x, &y)
}

pub(super) fn procrustes_distance_of(x: &Centred, y: &Centred) -> Result<f64, Error> {
    let values = if x.n_features.max(y.n_features) <= x.n_points {
        singular_values(&cross_product(x, y), x.n_features)?
    } else {
        let (a, n_columns) = coordinates(x)?;
        singular_values(&transposed_product(&a, &coordinates(y)?.0, x.n_points), n_columns)?
    };
    Ok((2.0 - 2.0 * values.iter().sum::<f64>()).max(0.0))
}

/// The same rows in the coordinates of the singular directions, and how many those are.
fn coordinates(cloud: &Centred) -> Result<(Vec<f64>, usize), Error> {
    let basis = cloud.basis()?;
    let rank = basis.values.len();
    Ok((basis.left.iter().enumerate().map(|(at, value)| value * basis.values[at % rank]).collect(), rank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn one_feature_each_is_two_less_twice_the_correlation() {
        let (x, y) = (synthetic::gaussian(30, 1, 0).unwrap(), synthetic::gaussian(30, 1, 1).unwrap());
        let pearson = crate::statistics::pearson_correlation(x.values(), y.values()).unwrap();
        let distance = procrustes_distance(&x, &y).unwrap();
        assert!((distance - (2.0 - 2.0 * pearson.value.abs())).abs() < 1e-12);
    }

    #[test]
    fn wide_clouds_take_the_same_value_in_their_singular_directions() {
        let (x, y) = (synthetic::gaussian(12, 5, 0).unwrap(), synthetic::gaussian(12, 6, 1).unwrap());
        let padded = |cloud: &PointCloud<f64>| {
            let d = cloud.n_features();
            let values = cloud.points().flat_map(|p| (0..40).map(|j| p[j % d] * f64::from(u8::from(j < d))));
            PointCloud::new(values.collect(), 12, 40).unwrap()
        };
        let narrow = procrustes_distance(&x, &y).unwrap();
        assert!((procrustes_distance(&padded(&x), &padded(&y)).unwrap() - narrow).abs() < 1e-12);
    }

    #[test]
    fn degenerate_input_is_an_error() {
        let x = synthetic::gaussian(5, 2, 0).unwrap();
        let constant = PointCloud::new(vec![1.0_f32; 10], 5, 2).unwrap();
        assert!(procrustes_distance(&constant, &x).unwrap_err().to_string().contains("`x`"));
        assert!(procrustes_distance(&x, &synthetic::gaussian(6, 2, 0).unwrap()).is_err());
    }
}

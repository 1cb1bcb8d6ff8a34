//! Null clouds: the same marginals without the dependence between features.

use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::error::{Error, SettingKind, Undefined};
use crate::random::generator;
use crate::statistics::{mean, students_t_quantile};
use crate::{PointCloud, Scalar, minimum_spanning_tree};

/// The cloud with every column shuffled on its own: the marginals stay, all dependence goes.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, column_permuted};
///
/// let diagonal = PointCloud::new((0..20).flat_map(|i| [f64::from(i); 2]).collect(), 20, 2)?;
/// let null = column_permuted(&diagonal, 0);
/// assert!(null.points().any(|point| point[0] != point[1]));
/// let sum = |cloud: &PointCloud<f64>| cloud.values().iter().sum::<f64>();
/// assert_eq!(sum(&null), sum(&diagonal));
/// # Ok::<(), topolens::Error>(())
/// ```
#[must_use]
pub fn column_permuted<S: Scalar>(cloud: &PointCloud<S>, seed: u64) -> PointCloud<S> {
    let n_features = cloud.n_features();
    let mut values = cloud.values().to_vec();
    for feature in 0..n_features {
        let mut column: Vec<S> = cloud.points().map(|point| point[feature]).collect();
        column.shuffle(&mut generator(seed, feature as u64));
        column.into_iter().enumerate().for_each(|(row, value)| values[row * n_features + feature] = value);
    }
    cloud.with_values(values)
}

/// A lifespans sum over its mean under the null.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NullRatio {
    /// $E / \bar E_{\text{null}}$.
    pub value: f64,
    /// The relative standard error of $\bar E_{\text{null}}$; `None` for a single null cloud.
    pub null_relative_error: Option<f64>,
    /// The lower end of the 95 % interval due to the finite number of null clouds.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
}

/// $E_\alpha^0$ of a cloud over the mean $E_\alpha^0$ of `n_nulls` column-permuted clouds.
///
/// $E$ falls with the number of features, the number of points and the shape of the marginals; the ratio compares like
/// with like.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// If `n_nulls` is 0, or all points coincide.
///
/// # Complexity
///
/// `n_nulls` + 1 spanning trees, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{lifespans_sum_over_null, synthetic::GaussianClusters};
///
/// let (clusters, _) = GaussianClusters::new(10, 30, 16).spread(0.1).sample(0)?;
/// let ratio = lifespans_sum_over_null(&clusters, 1.0, 4, 0)?;
/// assert!(ratio.value < 0.5);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn lifespans_sum_over_null<S: Scalar>(
    cloud: &PointCloud<S>,
    alpha: f64,
    n_nulls: usize,
    seed: u64,
) -> Result<NullRatio, Error> {
    let observed = minimum_spanning_tree(cloud).lifespans_sum(alpha);
    // Seeds of the null clouds: their columns take the streams.
    let seeds = (0..n_nulls as u64).into_par_iter().map(|null| seed.wrapping_add(null));
    let sums: Vec<f64> =
        seeds.map(|seed| minimum_spanning_tree(&column_permuted(cloud, seed)).lifespans_sum(alpha)).collect();
    if sums.is_empty() {
        return Err(SettingKind::OutOfRange { argument: "n_nulls", value: 0.0, allowed: "1 or more" }.into());
    }
    let null = mean(&sums)?;
    if null.value <= 0.0 {
        let (quantity, reason) =
            ("lifespans-sum-over-null", Undefined::ZeroSum { n_points: cloud.n_points() });
        return Err(Error::undefined(quantity, reason));
    }
    let value = observed / null.value;
    let null_relative_error = null.standard_error.map(|error| error / null.value);
    let half_width =
        null_relative_error.map(|error| value * error * students_t_quantile(0.975, sums.len() - 1));
    let (lower, upper) = (half_width.map(|half| value - half), half_width.map(|half| value + half));
    Ok(NullRatio { value, null_relative_error, lower, upper })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn columns_keep_their_values_and_seeds_their_order() {
        let cloud = synthetic::gaussian(30, 4, 0).unwrap();
        let null = column_permuted(&cloud, 5);
        assert_eq!(null, column_permuted(&cloud, 5));
        assert_ne!(null, column_permuted(&cloud, 6));
        for feature in 0..4 {
            let sorted = |cloud: &PointCloud<f64>| {
                let mut column: Vec<f64> = cloud.points().map(|point| point[feature]).collect();
                column.sort_unstable_by(f64::total_cmp);
                column
            };
            assert_eq!(sorted(&null), sorted(&cloud));
        }
    }

    #[test]
    fn independent_features_have_ratio_one() {
        let ratio = lifespans_sum_over_null(&synthetic::uniform_cube(400, 6, 2).unwrap(), 1.0, 8, 0).unwrap();
        assert!((ratio.value - 1.0).abs() < 0.03, "{ratio:?}");
        assert!(ratio.lower.unwrap() < ratio.value && ratio.upper.unwrap() > ratio.value);
    }

    #[test]
    fn no_nulls_or_one_location_is_an_error() {
        let cloud = PointCloud::new(vec![2.0; 6], 3, 2).unwrap();
        assert!(lifespans_sum_over_null(&cloud, 1.0, 0, 0).is_err());
        assert!(lifespans_sum_over_null(&cloud, 1.0, 2, 0).unwrap_err().is_undefined());
    }
}

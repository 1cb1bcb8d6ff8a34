//! Null clouds: what a cloud would be without the structure that a descriptor claims to see.

use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};

use crate::error::Error;
use crate::linear_algebra::{row_products, symmetric_eigen, transposed_product};
use crate::random::generator;
use crate::{PointCloud, Scalar};

/// What a null cloud keeps of a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Null {
    /// The marginal of every feature: see [`column_permuted`].
    #[default]
    PermutedColumns,
    /// The mean and the covariance: see [`gaussian_like`].
    Gaussian,
}

impl Null {
    /// A null cloud of as many points.
    ///
    /// # Errors
    ///
    /// If the covariance has no eigenvalues that can be computed.
    pub fn sample<S: Scalar>(self, cloud: &PointCloud<S>, seed: u64) -> Result<PointCloud<S>, Error> {
        match self {
            Self::PermutedColumns => Ok(column_permuted(cloud, seed)),
            Self::Gaussian => gaussian_like(cloud, seed),
        }
    }
}

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

/// As many points of a normal distribution with the cloud's mean and covariance: the linear structure stays, clusters and curvature go.
///
/// A point is $\mu + A^T z$ with $A^T A = \Sigma$ and $z$ standard normal: $A = \Lambda^{1/2} V^T$ of $\Sigma = V \Lambda V^T$, or the centred points
/// over $\sqrt{n - 1}$ where they are fewer than the features.
///
/// # Errors
///
/// If the covariance has no eigenvalues that can be computed.
///
/// # Complexity
///
/// $O(n D \min(n, D) + \min(n, D)^3)$.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, gaussian_like};
///
/// // On a line, but not at two places.
/// let two_places = PointCloud::new([[0.0_f64, 1.0], [2.0, 5.0]].repeat(50).concat(), 100, 2)?;
/// let null = gaussian_like(&two_places, 0)?;
/// assert!(null.points().all(|point| (point[1] - 2.0 * point[0] - 1.0).abs() < 1e-9));
/// assert!(null.points().any(|point| point[0] > 2.5));
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn gaussian_like<S: Scalar>(cloud: &PointCloud<S>, seed: u64) -> Result<PointCloud<S>, Error> {
    let (n_points, n_features) = (cloud.n_points(), cloud.n_features());
    let mut mean = vec![0.0; n_features];
    for point in cloud.points() {
        mean.iter_mut().zip(point).for_each(|(mean, x)| *mean += x.to_f64() / n_points as f64);
    }
    let centred: Vec<f64> =
        cloud.points().flat_map(|point| point.iter().zip(&mean).map(|(x, m)| x.to_f64() - m)).collect();
    let root = transposed_root(&centred, n_features)?;
    let rank = root.len() / n_features;
    let mut values = Vec::with_capacity(cloud.values().len());
    let mut random = generator(seed, 0);
    for first in (0..n_points).step_by(BLOCK) {
        let n_rows = BLOCK.min(n_points - first);
        let normal: Vec<f64> = StandardNormal.sample_iter(&mut random).take(n_rows * rank).collect();
        let mut rows = vec![0.0; n_rows * n_features];
        row_products(&normal, &root, rank, &mut rows);
        let moved = rows.chunks_exact(n_features).flat_map(|row| row.iter().zip(&mean).map(|(x, m)| x + m));
        values.extend(moved.map(S::from_f64));
    }
    Ok(cloud.with_values(values))
}

/// Rows of a block of points.
const BLOCK: usize = 256;

/// $A^T$ with $A^T A$ the covariance of centred rows: a row per feature.
fn transposed_root(centred: &[f64], n_features: usize) -> Result<Vec<f64>, Error> {
    let n_rows = centred.len() / n_features;
    let divisor = (n_rows as f64 - 1.0).max(1.0);
    if n_rows < n_features {
        let by_feature = |feature| centred.iter().skip(feature).step_by(n_features);
        return Ok((0..n_features).flat_map(by_feature).map(|x| x / divisor.sqrt()).collect());
    }
    let products = transposed_product(centred, centred, n_rows);
    let pairs = symmetric_eigen(&products, n_features)?;
    let roots: Vec<f64> = pairs.iter().map(|pair| (pair.value.max(0.0) / divisor).sqrt()).collect();
    let row = |feature: usize| pairs.iter().zip(&roots).map(move |(pair, root)| pair.vector[feature] * root);
    Ok((0..n_features).flat_map(row).collect())
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

    /// Sums of products over pairs of features, about the mean of each.
    fn covariance(cloud: &PointCloud<f64>) -> Vec<f64> {
        let (n, d) = (cloud.n_points() as f64, cloud.n_features());
        let mean = |at: usize| cloud.points().map(|point| point[at]).sum::<f64>() / n;
        let means: Vec<f64> = (0..d).map(mean).collect();
        let entry = |a: usize, b: usize| {
            cloud.points().map(|point| (point[a] - means[a]) * (point[b] - means[b])).sum::<f64>() / n
        };
        means.iter().copied().chain((0..d * d).map(|at| entry(at / d, at % d))).collect()
    }

    #[test]
    fn a_normal_cloud_has_the_mean_and_covariance() {
        // Correlated, with one constant feature and one far from 0; more points than features, and fewer.
        let base = synthetic::uniform_cube(20_000, 2, 3).unwrap();
        let values = base.points().flat_map(|p| [p[0], p[0] + 0.5 * p[1], 7.0, 100.0 - 3.0 * p[1]]);
        let cloud = PointCloud::new(values.collect(), 20_000, 4).unwrap();
        let null = gaussian_like(&cloud, 1).unwrap();
        for (got, expected) in covariance(&null).iter().zip(covariance(&cloud)) {
            assert!((got - expected).abs() < 0.03 * expected.abs().max(0.2), "{got} {expected}");
        }
        let few = synthetic::gaussian(3, 40, 1).unwrap();
        let null = gaussian_like(&few, 1).unwrap();
        assert_eq!((null.n_points(), null.n_features()), (3, 40));
        assert_eq!(null, gaussian_like(&few, 1).unwrap());
        assert_ne!(null, gaussian_like(&few, 2).unwrap());
    }

    #[test]
    fn fewer_points_than_features_stay_in_their_plane() {
        let plane = synthetic::gaussian(6, 2, 1).unwrap();
        let values =
            plane.points().flat_map(|p| (0..9).map(|k| p[0] + f64::from(k) * p[1]).collect::<Vec<_>>());
        let null = gaussian_like(&PointCloud::new(values.collect(), 6, 9).unwrap(), 4).unwrap();
        for point in null.points() {
            let step = point[1] - point[0];
            assert!((2..9).all(|k| (point[k] - point[0] - k as f64 * step).abs() < 1e-9));
        }
    }
}

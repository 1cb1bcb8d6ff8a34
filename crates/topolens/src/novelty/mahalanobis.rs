//! The distance to the nearest class in units of the spread within classes.

use rayon::prelude::*;

use crate::error::{Error, InputKind, SettingKind};
use crate::linear_algebra::{EigenPair, gram, symmetric_eigen, transposed_product};
use crate::{PointCloud, Scalar};

/// Class means and the covariance that all classes share, $\Sigma = \frac1n \sum_i (x_i - \mu_{c(i)})(x_i - \mu_{c(i)})^T$.
///
/// The distance of a point is $\min_c \sqrt{(x - \mu_c)^T \Sigma^+ (x - \mu_c)}$ with the pseudo-inverse $\Sigma^+$: directions in which no
/// class varies do not count.
///
/// # Units
///
/// Standard deviations within a class.
///
/// # Errors
///
/// If the labels do not fit the cloud, or no class varies.
///
/// # Complexity
///
/// $O(n D m + m^3)$ with $m = \min(n, D)$ to fit, $O(m D)$ for the distance of a point.
///
/// # Examples
///
/// ```
/// use topolens::{Mahalanobis, PointCloud};
///
/// let cloud = PointCloud::new(vec![-1.0, 1.0, 9.0, 11.0], 4, 1)?;
/// let fit = Mahalanobis::fit(&cloud, &[0, 0, 1, 1])?;
/// let points = PointCloud::new(vec![4.0, 10.5], 2, 1)?;
/// assert_eq!(fit.distances(&points)?, [4.0, 0.5]);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `lee2018`
#[derive(Debug, Clone)]
pub struct Mahalanobis {
    /// What is taken off before whitening: the mean of the first class.
    origin: Vec<f64>,
    /// Rows $v^T / \sqrt\lambda$ of the eigenvectors of $\Sigma$.
    whitening: Vec<f64>,
    /// The class means after whitening.
    means: Vec<Vec<f64>>,
}

impl Mahalanobis {
    /// Means and covariance of a cloud with its classes.
    ///
    /// # Errors
    ///
    /// See [`Mahalanobis`].
    pub fn fit<S: Scalar>(cloud: &PointCloud<S>, labels: &[usize]) -> Result<Self, Error> {
        let n_points = cloud.n_points();
        if labels.len() != n_points {
            let got = labels.len();
            return Err(InputKind::ShapeMismatch { argument: "labels", expected: n_points, got }.into());
        }
        let means = means(cloud, labels);
        let mut residuals = Vec::with_capacity(cloud.values().len());
        for (point, label) in cloud.points().zip(labels) {
            let mean = means[*label].as_ref().into_iter().flatten();
            residuals.extend(point.iter().zip(mean).map(|(x, mean)| x.to_f64() - mean));
        }
        let whitening = whitening(&residuals, n_points)?;
        if whitening.is_empty() {
            let allowed = "above 0 in some direction";
            return Err(
                SettingKind::OutOfRange { argument: "spread within classes", value: 0.0, allowed }.into()
            );
        }
        let means: Vec<Vec<f64>> = means.into_iter().flatten().collect();
        let origin = means[0].clone();
        let mut fit = Self { origin, whitening, means: Vec::new() };
        fit.means = means.iter().map(|mean| fit.whitened(mean)).collect();
        Ok(fit)
    }

    /// The distance of each point to the class that is nearest to it.
    ///
    /// # Errors
    ///
    /// If the points have other features than the cloud that was fitted.
    pub fn distances<S: Scalar>(&self, points: &PointCloud<S>) -> Result<Vec<f64>, Error> {
        if points.n_features() != self.origin.len() {
            return Err(InputKind::WidthsDiffer { x: points.n_features(), y: self.origin.len() }.into());
        }
        let distance = |i: usize| {
            let place = self.whitened(points.point(i));
            let square = |mean: &Vec<f64>| mean.iter().zip(&place).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
            self.means.iter().map(square).fold(f64::INFINITY, f64::min).sqrt()
        };
        Ok((0..points.n_points()).into_par_iter().map(distance).collect())
    }

    fn whitened<S: Scalar>(&self, point: &[S]) -> Vec<f64> {
        let offset: Vec<f64> =
            point.iter().zip(&self.origin).map(|(x, origin)| x.to_f64() - origin).collect();
        let rows = self.whitening.chunks_exact(offset.len());
        rows.map(|row| row.iter().zip(&offset).map(|(v, x)| v * x).sum()).collect()
    }
}

/// Rows $v^T / \sqrt\lambda$ for the eigenvectors of $\frac1n R^T R$ with the rows $R$, by whichever of it and $\frac1n R R^T$ is smaller.
fn whitening(rows: &[f64], n_rows: usize) -> Result<Vec<f64>, Error> {
    let (n_features, n) = (rows.len() / n_rows, n_rows as f64);
    let is_wide = n_features > n_rows;
    let products = if is_wide { gram(rows, n_rows) } else { transposed_product(rows, rows, n_rows) };
    let order = n_features.min(n_rows);
    let pairs = symmetric_eigen(&products, order)?;
    let largest = pairs.last().map_or(0.0, |pair| pair.value);
    // As pinvh of SciPy: what rounding makes of 0 is 0.
    let least = largest * n_features.max(n_rows) as f64 * f64::EPSILON;
    let row = |pair: EigenPair| {
        let deviation = (pair.value / n).sqrt();
        if !is_wide {
            return pair.vector.into_iter().map(|value| value / deviation).collect::<Vec<f64>>();
        }
        // With R R^T u = n λ u, the unit eigenvector of R^T R / n is R^T u / sqrt(n λ).
        let scale = (deviation * pair.value.sqrt()).recip();
        let mut direction = vec![0.0; n_features];
        for (row, weight) in rows.chunks_exact(n_features).zip(&pair.vector) {
            direction.iter_mut().zip(row).for_each(|(sum, x)| *sum += scale * weight * x);
        }
        direction
    };
    Ok(pairs.into_iter().filter(|pair| pair.value > least).flat_map(row).collect())
}

/// The mean of each class, by label; none where it has no point.
fn means<S: Scalar>(cloud: &PointCloud<S>, labels: &[usize]) -> Vec<Option<Vec<f64>>> {
    let n_labels = labels.iter().max().map_or(0, |label| label + 1);
    let mut sums = vec![(0_usize, vec![0.0; cloud.n_features()]); n_labels];
    for (point, label) in cloud.points().zip(labels) {
        let (count, sum) = &mut sums[*label];
        *count += 1;
        sum.iter_mut().zip(point).for_each(|(sum, x)| *sum += x.to_f64());
    }
    let mean = |(count, sum): (usize, Vec<f64>)| {
        (count > 0).then(|| sum.into_iter().map(|sum| sum / count as f64).collect())
    };
    sums.into_iter().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::GaussianClusters;

    #[test]
    fn stretching_the_features_changes_nothing() {
        let (cloud, labels) = GaussianClusters::new(3, 20, 4).sample(1).unwrap();
        let stretched: Vec<f64> = cloud
            .values()
            .iter()
            .enumerate()
            .map(|(at, x)| x * [1.0, 10.0, 0.01, 3.0][at % 4] + 5.0)
            .collect();
        let stretched = PointCloud::new(stretched, cloud.n_points(), 4).unwrap();
        let [a, b] = [&cloud, &stretched]
            .map(|cloud| Mahalanobis::fit(cloud, &labels).unwrap().distances(cloud).unwrap());
        assert!(a.iter().zip(&b).all(|(a, b)| (a / b - 1.0).abs() < 1e-9));
    }

    #[test]
    fn more_features_than_points_are_no_harder() {
        let (cloud, labels) = GaussianClusters::new(3, 8, 6).sample(5).unwrap();
        // Each feature five times: distances are those of the features once.
        let wide: Vec<f64> =
            cloud.points().flat_map(|point| [point, point, point, point, point].concat()).collect();
        let wide = PointCloud::new(wide, cloud.n_points(), 30).unwrap();
        let [a, b] =
            [&cloud, &wide].map(|cloud| Mahalanobis::fit(cloud, &labels).unwrap().distances(cloud).unwrap());
        assert!(a.iter().zip(&b).all(|(a, b)| (a / b - 1.0).abs() < 1e-6), "{a:?} {b:?}");
    }

    #[test]
    fn features_that_do_not_vary_do_not_count() {
        let (cloud, labels) = GaussianClusters::new(2, 15, 3).sample(2).unwrap();
        let wider: Vec<f64> =
            cloud.points().flat_map(|point| point.iter().copied().chain([7.0, 0.0])).collect();
        let wider = PointCloud::new(wider, cloud.n_points(), 5).unwrap();
        let [a, b] =
            [&cloud, &wider].map(|cloud| Mahalanobis::fit(cloud, &labels).unwrap().distances(cloud).unwrap());
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-9));
        let constant = PointCloud::new(vec![2.0; 6], 3, 2).unwrap();
        assert!(Mahalanobis::fit(&constant, &[0, 0, 1]).unwrap_err().to_string().contains("spread"));
        assert!(Mahalanobis::fit(&constant, &[0]).unwrap_err().to_string().contains("labels"));
    }
}

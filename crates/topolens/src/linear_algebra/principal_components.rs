//! The directions in which a cloud is widest.

use super::svd::thin_svd;
use crate::error::{Error, InputKind, SettingKind};
use crate::{PointCloud, Scalar};

/// The first principal components of a cloud.
///
/// # Complexity
///
/// A singular value decomposition of $n \times D$ numbers.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, PrincipalComponents};
///
/// let cloud = PointCloud::new(vec![0.0, 0.0, 3.0, 4.0, 6.0, 8.0], 3, 2)?;
/// let components = PrincipalComponents::fit(&cloud, 1)?;
/// let places = components.project(&cloud)?;
/// assert!((places.point(2)[0] - places.point(0)[0]).abs() - 10.0 < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PrincipalComponents {
    mean: Vec<f64>,
    /// One direction after the other.
    directions: Vec<f64>,
    n_components: usize,
}

impl PrincipalComponents {
    /// The `n_components` widest directions; each points to where its largest entry is positive.
    ///
    /// # Errors
    ///
    /// If `n_components` is 0 or exceeds the number of points or of features.
    pub fn fit<S: Scalar>(cloud: &PointCloud<S>, n_components: usize) -> Result<Self, Error> {
        let (n_points, n_features) = (cloud.n_points(), cloud.n_features());
        if n_components == 0 || n_components > n_points.min(n_features) {
            let (argument, value) = ("n_components", n_components as f64);
            let allowed = "from 1 to the numbers of points and features";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        let mut mean = vec![0.0; n_features];
        for point in cloud.points() {
            mean.iter_mut().zip(point).for_each(|(sum, x)| *sum += x.to_f64() / n_points as f64);
        }
        let centred: Vec<f64> = cloud
            .points()
            .flat_map(|point| point.iter().zip(&mean).map(|(x, mean)| x.to_f64() - mean))
            .collect();
        let svd = thin_svd(&centred, n_points)?;
        let rank = svd.values.len();
        let mut directions = Vec::with_capacity(n_components * n_features);
        for component in 0..n_components {
            let direction: Vec<f64> = (0..n_features).map(|row| svd.right[row * rank + component]).collect();
            let largest =
                direction.iter().fold(0.0_f64, |best, x| if x.abs() > best.abs() { *x } else { best });
            let sign = if largest < 0.0 { -1.0 } else { 1.0 };
            directions.extend(direction.into_iter().map(|x| sign * x));
        }
        Ok(Self { mean, directions, n_components })
    }

    /// The places of points along the components, a row per point.
    ///
    /// # Errors
    ///
    /// If the points have other features than the cloud that was fitted.
    pub fn project<S: Scalar>(&self, points: &PointCloud<S>) -> Result<PointCloud<f64>, Error> {
        if points.n_features() != self.mean.len() {
            return Err(InputKind::WidthsDiffer { x: points.n_features(), y: self.mean.len() }.into());
        }
        let place = |point: &[S]| {
            let offset: Vec<f64> = point.iter().zip(&self.mean).map(|(x, mean)| x.to_f64() - mean).collect();
            let directions = self.directions.chunks_exact(self.mean.len());
            directions
                .map(|direction| direction.iter().zip(&offset).map(|(a, b)| a * b).sum())
                .collect::<Vec<f64>>()
        };
        PointCloud::new(points.points().flat_map(place).collect(), points.n_points(), self.n_components)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear_algebra::symmetric_eigenvalues;
    use crate::synthetic::GaussianClusters;

    #[test]
    fn variances_of_the_places_are_eigenvalues_of_the_covariance() {
        let (cloud, _) = GaussianClusters::new(3, 20, 5).sample(4).unwrap();
        let places = PrincipalComponents::fit(&cloud, 2).unwrap().project(&cloud).unwrap();
        let mean: Vec<f64> = (0..5).map(|at| cloud.points().map(|p| p[at]).sum::<f64>() / 60.0).collect();
        let entry =
            |i: usize, j: usize| cloud.points().map(|p| (p[i] - mean[i]) * (p[j] - mean[j])).sum::<f64>();
        let covariance: Vec<f64> = (0..25).map(|at| entry(at / 5, at % 5)).collect();
        let values = symmetric_eigenvalues(&covariance, 5).unwrap();
        for (component, expected) in [values[4], values[3]].into_iter().enumerate() {
            let found: f64 = places.points().map(|p| p[component] * p[component]).sum();
            assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn bad_requests_are_named() {
        let (cloud, _) = GaussianClusters::new(2, 5, 3).sample(1).unwrap();
        for n_components in [0, 4] {
            let message = PrincipalComponents::fit(&cloud, n_components).unwrap_err().to_string();
            assert!(message.contains("n_components"), "{message}");
        }
        let (other, _) = GaussianClusters::new(2, 5, 4).sample(1).unwrap();
        assert!(PrincipalComponents::fit(&cloud, 1).unwrap().project(&other).is_err());
    }
}

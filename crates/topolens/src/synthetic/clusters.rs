//! Gaussian classes around Gaussian centres.

use rand_distr::{Distribution, StandardNormal};

use super::sample::sample;
use crate::PointCloud;
use crate::error::{Error, SettingKind};
use crate::random::generator;

/// Classes of equal size and shape: $x = c_k + \sigma z$ with centres $c_k \sim N(0, I_D)$ and
/// $z \sim N(0, I)$ on the first `within_class_dimension` features.
///
/// Shrinking $\sigma$ separates the classes and changes nothing inside them: a control for descriptors that claim to
/// see local geometry.
///
/// # Examples
///
/// ```
/// use topolens::synthetic::GaussianClusters;
///
/// let (cloud, labels) = GaussianClusters::new(10, 30, 128).spread(0.25).sample(1)?;
/// assert_eq!((cloud.n_points(), cloud.n_features()), (300, 128));
/// assert_eq!(labels[29..31], [0, 1]);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GaussianClusters {
    n_classes: usize,
    points_per_class: usize,
    n_features: usize,
    within_class_dimension: usize,
    spread: f64,
}

impl GaussianClusters {
    /// `n_classes` classes of `points_per_class` points, full-dimensional with $\sigma = 1$.
    pub fn new(n_classes: usize, points_per_class: usize, n_features: usize) -> Self {
        Self { n_classes, points_per_class, n_features, within_class_dimension: n_features, spread: 1.0 }
    }

    /// The within-class standard deviation $\sigma$.
    #[must_use]
    pub fn spread(self, spread: f64) -> Self {
        Self { spread, ..self }
    }

    /// The number of features along which a class extends.
    #[must_use]
    pub fn within_class_dimension(self, within_class_dimension: usize) -> Self {
        Self { within_class_dimension, ..self }
    }

    /// Points, class by class, and their labels. The same seed gives the same centres and the same $z$ for every
    /// spread.
    ///
    /// # Errors
    ///
    /// If there is no class, point or feature, if the spread is negative or not finite, or if a class extends along
    /// more features than there are.
    pub fn sample(&self, seed: u64) -> Result<(PointCloud<f64>, Vec<usize>), Error> {
        if !(self.spread >= 0.0 && self.spread.is_finite()) {
            let allowed = "a finite number, 0 or more";
            return Err(SettingKind::OutOfRange { argument: "spread", value: self.spread, allowed }.into());
        }
        if self.within_class_dimension > self.n_features {
            let (argument, value) = ("within_class_dimension", self.within_class_dimension as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "at most `n_features`" }.into());
        }
        let mut random = generator(seed, 1);
        let centres: Vec<f64> =
            (0..self.n_classes * self.n_features).map(|_| StandardNormal.sample(&mut random)).collect();
        let labels: Vec<usize> =
            (0..self.n_classes).flat_map(|class| std::iter::repeat_n(class, self.points_per_class)).collect();
        let mut classes = labels.iter();
        let cloud = sample(labels.len(), self.n_features, seed, |random, point| {
            let class = classes.next().copied().unwrap_or_default();
            point.copy_from_slice(&centres[class * self.n_features..(class + 1) * self.n_features]);
            for x in &mut point[..self.within_class_dimension] {
                let z: f64 = StandardNormal.sample(random);
                *x += self.spread * z;
            }
        })?;
        Ok((cloud, labels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_moves_points_along_rays_from_their_centres() {
        let of = |spread| GaussianClusters::new(3, 5, 4).spread(spread).sample(2).unwrap().0;
        let (centre, near, far) = (of(0.0), of(0.5), of(2.0));
        for ((c, n), f) in centre.values().iter().zip(near.values()).zip(far.values()) {
            assert!((4.0 * (n - c) - (f - c)).abs() < 1e-12);
        }
        assert_eq!(centre.point(0), centre.point(4));
        assert_ne!(centre.point(4), centre.point(5));
    }

    #[test]
    fn impossible_settings_are_errors() {
        assert!(GaussianClusters::new(0, 5, 4).sample(0).is_err());
        assert!(GaussianClusters::new(2, 5, 4).spread(f64::NAN).sample(0).is_err());
        assert!(GaussianClusters::new(2, 5, 4).within_class_dimension(5).sample(0).is_err());
    }
}

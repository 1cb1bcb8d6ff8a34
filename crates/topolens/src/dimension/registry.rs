//! The estimators by name: one line each.

use super::{Dimensions, Estimate, Mle, PersistentDimension, ScaleEstimate, TwoNn};
use crate::Scalar;
use crate::error::Error;

/// How an estimator is run on a cloud whose neighbours are found once for all.
pub(super) struct Entry<S: Scalar> {
    pub(super) about: DimensionEstimator,
    /// The neighbours of each point that it wants; 0 for those that look at none.
    pub(super) n_neighbors: usize,
    pub(super) estimate: fn(&Dimensions<'_, S>) -> Result<Estimate, Error>,
    /// At the single points, where that is defined.
    pub(super) pointwise: Option<fn(&Dimensions<'_, S>) -> Result<Vec<f64>, Error>>,
    /// At several scales, where it has them.
    pub(super) scales: Option<fn(&Dimensions<'_, S>) -> Result<Vec<ScaleEstimate>, Error>>,
}

/// An estimator's name and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DimensionEstimator {
    /// The name by which it is asked for.
    pub name: &'static str,
    /// One line: the idea and its source.
    pub description: &'static str,
    /// Whether it has estimates at the single points.
    pub is_pointwise: bool,
    /// Whether it has estimates at several scales.
    pub has_scales: bool,
}

/// All estimators by name, in the order in which they are printed.
///
/// # Examples
///
/// ```
/// use topolens::dimension_estimators;
///
/// assert!(dimension_estimators().iter().any(|estimator| estimator.name == "two-nn"));
/// ```
pub fn dimension_estimators() -> Vec<DimensionEstimator> {
    entries::<f64>().into_iter().map(|entry| entry.about).collect()
}

/// The registry.
pub(super) fn entries<S: Scalar>() -> Vec<Entry<S>> {
    vec![
        Entry::new("two-nn", "ratio of the first two neighbour distances (Facco et al. 2017)", 2, |cloud| {
            TwoNn::new().estimate_from_neighbors(cloud.neighbors()?)
        }),
        Entry::new("mle", "likelihood of neighbour distances (Levina & Bickel 2004)", 20, |cloud| {
            mle(cloud)?.estimate_from_neighbors(cloud.neighbors()?)
        })
        .at_points(|cloud| mle(cloud)?.pointwise(cloud.neighbors()?)),
        Entry::new("ph-dimension", "growth of the spanning tree (Schweinhart 2020)", 0, |cloud| {
            let settings = PersistentDimension::new().alpha(cloud.exponent()).seed(cloud.random_seed());
            Ok(settings.estimate(cloud.points())?.estimate)
        }),
    ]
}

fn mle<S: Scalar>(cloud: &Dimensions<'_, S>) -> Result<Mle, Error> {
    Ok(Mle::new().n_neighbors(cloud.n_neighbors_or(20)?))
}

impl<S: Scalar> Entry<S> {
    fn new(
        name: &'static str,
        description: &'static str,
        n_neighbors: usize,
        estimate: fn(&Dimensions<'_, S>) -> Result<Estimate, Error>,
    ) -> Self {
        let about = DimensionEstimator { name, description, is_pointwise: false, has_scales: false };
        Self { about, n_neighbors, estimate, pointwise: None, scales: None }
    }

    fn at_points(mut self, pointwise: fn(&Dimensions<'_, S>) -> Result<Vec<f64>, Error>) -> Self {
        self.about.is_pointwise = true;
        self.pointwise = Some(pointwise);
        self
    }

    fn over_scales(mut self, scales: fn(&Dimensions<'_, S>) -> Result<Vec<ScaleEstimate>, Error>) -> Self {
        self.about.has_scales = true;
        self.scales = Some(scales);
        self
    }
}

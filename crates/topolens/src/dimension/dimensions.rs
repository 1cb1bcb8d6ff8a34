//! Several estimators on one cloud, with its neighbours found once.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::registry::{Entry, entries};
use super::spectrum::Spectra;
use super::{Estimate, ScaleEstimate};
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// A cloud for several estimators of intrinsic dimension, by name: repeated points are dropped once, and one table of
/// neighbours serves all.
///
/// Every estimator has its usual settings (see the type of its name), unless [`n_neighbors`](Self::n_neighbors) says
/// otherwise.
///
/// # Units
///
/// Dimensionless.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, as many as the most demanding of the named estimators wants; then that of each estimator.
///
/// # Examples
///
/// ```
/// use topolens::{Dimensions, synthetic};
///
/// let plane = synthetic::uniform_cube(500, 2, 0)?;
/// let found = Dimensions::new(&plane, &["two-nn", "mle"])?.estimates();
/// for (name, estimate) in found {
///     assert!((estimate?.value - 2.0).abs() < 0.3, "{name}");
/// }
/// assert!(Dimensions::new(&plane, &["three-nn"]).is_err());
/// # Ok::<(), topolens::Error>(())
/// ```
pub struct Dimensions<'a, S: Scalar> {
    cloud: &'a PointCloud<S>,
    distinct: Distinct<'a, S>,
    entries: Vec<Entry<S>>,
    n_neighbors: Option<usize>,
    alpha: f64,
    seed: u64,
    neighbors: OnceLock<Result<NeighborTable, Error>>,
    /// Of the estimators that have several scales, where [`Self::neighbors`] has too few.
    scale_neighbors: OnceLock<Result<NeighborTable, Error>>,
    spectra: OnceLock<Result<Spectra, Error>>,
}

/// The points without repetitions.
struct Distinct<'a, S: Scalar> {
    points: Cow<'a, PointCloud<S>>,
    /// The place of every point of the cloud among them.
    places: Vec<usize>,
}

/// An estimator's name and what it found, or why it found nothing.
pub type NamedEstimate = (&'static str, Result<Estimate, Error>);

impl<'a, S: Scalar> Dimensions<'a, S> {
    /// The cloud for the named estimators (see [`dimension_estimators`](super::dimension_estimators)); names that repeat
    /// count once.
    ///
    /// # Errors
    ///
    /// If a name is not known, or there is none.
    pub fn new(cloud: &'a PointCloud<S>, names: &[&str]) -> Result<Self, Error> {
        if names.is_empty() {
            return Err(InputKind::Empty { argument: "estimators" }.into());
        }
        let mut known = entries::<S>();
        if let Some(name) = names.iter().find(|&&name| known.iter().all(|entry| entry.about.name != name)) {
            let known = known.iter().map(|entry| entry.about.name).collect();
            return Err(
                SettingKind::UnknownName { argument: "estimator", name: (*name).to_owned(), known }.into()
            );
        }
        known.retain(|entry| names.contains(&entry.about.name));
        known.sort_by_key(|entry| names.iter().position(|&name| name == entry.about.name));
        let (points, places) = cloud.distinct_places();
        let distinct = Distinct { points, places };
        let (neighbors, scale_neighbors, spectra) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Ok(Self {
            cloud,
            distinct,
            entries: known,
            n_neighbors: None,
            alpha: 1.0,
            seed: 0,
            neighbors,
            scale_neighbors,
            spectra,
        })
    }

    /// The number of neighbours for the estimators that take a single number of them [default: that of each].
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: Option<usize>) -> Self {
        Self { n_neighbors, ..self }
    }

    /// The exponent of lifespans in the persistent-homology dimensions [1].
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The seed of everything random [0].
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// What each estimator finds, in the order in which they were named.
    pub fn estimates(&self) -> Vec<NamedEstimate> {
        self.entries.iter().map(|entry| (entry.about.name, self.estimate(entry))).collect()
    }

    fn estimate(&self, entry: &Entry<S>) -> Result<Estimate, Error> {
        let found = (entry.estimate)(self)?;
        let repeated = self.cloud.n_points() - self.distinct.points.n_points();
        Ok(Estimate { n_dropped: found.n_dropped.max(repeated), ..found })
    }

    /// The estimates at the single points of the cloud, for each estimator that has them; repeated points have the same.
    pub fn pointwise(&self) -> Vec<(&'static str, Result<Vec<f64>, Error>)> {
        let at_points = |entry: &Entry<S>| {
            let found = entry.pointwise?(self);
            Some((entry.about.name, found.and_then(|values| self.spread(entry.about.name, &values))))
        };
        self.entries.iter().filter_map(at_points).collect()
    }

    /// The estimates at several scales, for each estimator that has them. They want more neighbours than a single estimate: where both are asked for, ask
    /// for the scales first, and one search serves all.
    pub fn scales(&self) -> Vec<(&'static str, Result<Vec<ScaleEstimate>, Error>)> {
        let over_scales = |entry: &Entry<S>| Some((entry.about.name, entry.scales?(self)));
        self.entries.iter().filter_map(over_scales).collect()
    }

    /// A value of every distinct point for every point of the cloud.
    fn spread(&self, name: &'static str, values: &[f64]) -> Result<Vec<f64>, Error> {
        if values.len() < self.points().n_points() {
            // Points whose distance rounds to 0 have no ratio of distances.
            return Err(Error::undefined(name, Undefined::NoSpread));
        }
        Ok(self.distinct.places.iter().map(|&place| values[place]).collect())
    }

    /// The distinct points.
    pub(super) fn points(&self) -> &PointCloud<S> {
        &self.distinct.points
    }

    /// The neighbours of the distinct points: as many as the named estimators want and there are, or more.
    pub(super) fn neighbors(&self) -> Result<&NeighborTable, Error> {
        if let Some(Ok(more)) = self.scale_neighbors.get() {
            return Ok(more);
        }
        self.neighbors.get_or_init(|| self.table(self.n_wanted())).as_ref().map_err(Clone::clone)
    }

    /// The same, at least `n_neighbors` if there are.
    pub(super) fn neighbors_for_scales(&self, n_neighbors: usize) -> Result<&NeighborTable, Error> {
        let enough = n_neighbors.min(self.points().n_points() - 1);
        match self.neighbors.get() {
            Some(Ok(found)) if found.n_neighbors() >= enough => Ok(found),
            _ => {
                let table = || self.table(n_neighbors.max(self.n_wanted()));
                self.scale_neighbors.get_or_init(table).as_ref().map_err(Clone::clone)
            }
        }
    }

    fn n_wanted(&self) -> usize {
        let wanted = self.entries.iter().map(|entry| entry.n_neighbors);
        wanted.chain(self.n_neighbors).max().unwrap_or_default()
    }

    fn table(&self, wanted: usize) -> Result<NeighborTable, Error> {
        let points = self.points();
        if points.n_points() < 3 {
            let (needed, got) = (3, points.n_points());
            return Err(InputKind::TooFewPoints { quantity: "intrinsic dimension", needed, got }.into());
        }
        NeighborTable::new(points, wanted.min(points.n_points() - 1))
    }

    /// The spectra of the covariance of the distinct points and of random halves.
    pub(super) fn spectra(&self) -> Result<&Spectra, Error> {
        let points = self.points();
        if points.n_points() < 4 {
            let (needed, got) = (4, points.n_points());
            return Err(InputKind::TooFewPoints { quantity: "local-pca", needed, got }.into());
        }
        let found = self.spectra.get_or_init(|| Spectra::new(points, self.seed));
        found.as_ref().map_err(Clone::clone)
    }

    /// The number of neighbours asked for, or `usual`.
    pub(super) fn n_neighbors_or(&self, usual: usize) -> Result<usize, Error> {
        let (n_neighbors, n_points) = (self.n_neighbors.unwrap_or(usual), self.points().n_points());
        if n_neighbors >= n_points {
            return Err(SettingKind::TooManyNeighbors { n_neighbors, n_points }.into());
        }
        Ok(n_neighbors)
    }

    pub(super) fn exponent(&self) -> f64 {
        self.alpha
    }

    pub(super) fn random_seed(&self) -> u64 {
        self.seed
    }
}

impl<S: Scalar> std::fmt::Debug for Dimensions<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.about.name).collect();
        f.debug_struct("Dimensions").field("estimators", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mle, TwoNn, synthetic};

    #[test]
    fn estimates_are_those_of_the_estimators_alone() {
        let cloud = synthetic::uniform_cube(200, 3, 4).unwrap();
        let found = Dimensions::new(&cloud, &["mle", "two-nn", "mle"]).unwrap().estimates();
        assert_eq!(found.len(), 2);
        assert_eq!(*found[0].1.as_ref().unwrap(), Mle::new().estimate(&cloud).unwrap());
        assert_eq!(*found[1].1.as_ref().unwrap(), TwoNn::new().estimate(&cloud).unwrap());
    }

    #[test]
    fn repeated_points_are_counted_and_have_the_same_value() {
        let cloud = synthetic::uniform_cube(60, 2, 4).unwrap();
        let order: Vec<usize> = (0..60).chain([7, 7]).collect();
        let repeated = cloud.select(&order).unwrap();
        let dimensions = Dimensions::new(&repeated, &["mle"]).unwrap();
        let estimate = dimensions.estimates().remove(0).1.unwrap();
        let alone = Mle::new().estimate(&cloud).unwrap();
        assert_eq!((estimate.value, estimate.n_dropped), (alone.value, 2));
        let values = dimensions.pointwise().remove(0).1.unwrap();
        assert_eq!((values.len(), values[60], values[61]), (62, values[7], values[7]));
    }

    #[test]
    fn too_few_points_are_told_by_each_estimator_that_needs_more() {
        let cloud = synthetic::uniform_cube(10, 2, 4).unwrap();
        let found = Dimensions::new(&cloud, &["mle", "two-nn"]).unwrap().estimates();
        let error = found[0].1.as_ref().unwrap_err().to_string();
        assert!(error.contains("`n_neighbors` = 20 needs more than 20 points"), "{error}");
        assert!(found[1].1.is_ok());
    }
}

//! One cloud and everything descriptors share, each computed once and only when asked for.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::settings::Settings;
use super::source::{Pairwise, Source};
use crate::error::{Error, InputKind};
use crate::statistics::half_samples;
use crate::{Diagrams, NeighborTable, PersistentDimension, PersistentDimensionEstimate, PointCloud, Scalar};

type Shared<T> = OnceLock<Result<T, Error>>;

/// A cloud, optional labels and settings, with the distances, neighbours and diagrams that descriptors share.
///
/// Immutable to readers: what is asked for twice is computed once, from any thread.
///
/// # Examples
///
/// ```
/// use topolens::descriptor::{Inputs, Settings};
/// use topolens::synthetic::GaussianClusters;
///
/// let (cloud, labels) = GaussianClusters::new(3, 20, 8).sample(0)?;
/// let inputs = Inputs::new(&cloud, Settings::new()).with_labels(&labels)?;
/// assert_eq!(inputs.diagrams()?[0].interval_count(), 59);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug)]
pub struct Inputs<'a> {
    source: &'a dyn Source,
    labels: Option<&'a [usize]>,
    settings: Settings,
    distances: OnceLock<Box<dyn Pairwise>>,
    diagrams: Shared<Diagrams>,
    neighbors: Shared<NeighborTable>,
    half_indices: Shared<Vec<Vec<usize>>>,
    half_diagrams: Shared<Vec<Diagrams>>,
}

impl<'a> Inputs<'a> {
    /// Inputs without labels. Nothing is computed yet.
    pub fn new<S: Scalar>(cloud: &'a PointCloud<S>, settings: Settings) -> Self {
        Self {
            source: cloud,
            labels: None,
            settings,
            distances: OnceLock::new(),
            diagrams: OnceLock::new(),
            neighbors: OnceLock::new(),
            half_indices: OnceLock::new(),
            half_diagrams: OnceLock::new(),
        }
    }

    /// The same inputs with a class per point.
    ///
    /// # Errors
    ///
    /// If the number of labels is not the number of points.
    pub fn with_labels(self, labels: &'a [usize]) -> Result<Self, Error> {
        let expected = self.source.n_points();
        if labels.len() != expected {
            return Err(InputKind::ShapeMismatch { argument: "labels", expected, got: labels.len() }.into());
        }
        Ok(Self { labels: Some(labels), ..self })
    }

    /// The number of points.
    pub fn n_points(&self) -> usize {
        self.source.n_points()
    }

    /// The number of features.
    pub fn n_features(&self) -> usize {
        self.source.n_features()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The labels, if given.
    pub fn labels(&self) -> Option<&'a [usize]> {
        self.labels
    }

    /// The diagrams of homology dimensions 0 and 1.
    ///
    /// # Errors
    ///
    /// Those of [`VietorisRips`](crate::VietorisRips).
    pub fn diagrams(&self) -> Result<&Diagrams, Error> {
        shared(&self.diagrams, || self.distances().diagrams())
    }

    /// The nearest neighbours among the distinct points, as many as the settings ask for and 2 at least.
    ///
    /// # Errors
    ///
    /// If there are not enough distinct points.
    pub fn neighbors(&self) -> Result<&NeighborTable, Error> {
        shared(&self.neighbors, || self.source.neighbors(self.settings.n_neighbors.max(2)))
    }

    /// The diagrams of the half samples.
    pub(super) fn half_diagrams(&self) -> Result<&[Diagrams], Error> {
        let diagrams = shared(&self.half_diagrams, || {
            let halves = self.half_indices()?;
            halves.par_iter().map(|half| self.distances().diagrams_of(half)).collect()
        });
        diagrams.map(Vec::as_slice)
    }

    pub(super) fn persistent_dimension(
        &self,
        estimator: &PersistentDimension,
    ) -> Result<PersistentDimensionEstimate, Error> {
        self.distances().persistent_dimension(estimator)
    }

    fn distances(&self) -> &dyn Pairwise {
        &**self.distances.get_or_init(|| self.source.distances())
    }

    pub(super) fn source(&self) -> &dyn Source {
        self.source
    }

    /// The indices of the half samples.
    pub(super) fn half_indices(&self) -> Result<&[Vec<usize>], Error> {
        let (n_points, settings) = (self.n_points(), &self.settings);
        let halves =
            shared(&self.half_indices, || half_samples(n_points, settings.n_half_samples, settings.seed));
        halves.map(Vec::as_slice)
    }
}

fn shared<T>(cell: &Shared<T>, compute: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
    cell.get_or_init(compute).as_ref().map_err(Clone::clone)
}

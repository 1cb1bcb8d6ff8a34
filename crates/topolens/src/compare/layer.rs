//! A representation with what measures share, each computed once and only when asked for.

use std::sync::OnceLock;

use super::centred::Centred;
use super::rbf_cka::Kernel;
use crate::error::{Error, SettingKind};
use crate::{Diagrams, DistanceMatrix, NeighborTable, PointCloud, Scalar, VietorisRips, subsample};

type Shared<T> = OnceLock<Result<T, Error>>;

/// A cloud and its centred form, kernel, neighbours and diagrams.
pub(super) struct Layer<S: Scalar> {
    pub(super) cloud: PointCloud<S>,
    /// What errors call the cloud.
    argument: &'static str,
    centred: Shared<Centred>,
    kernel: Shared<Kernel>,
    neighbors: Shared<NeighborTable>,
    diagrams: Shared<Diagrams>,
}

impl<S: Scalar> Layer<S> {
    pub(super) fn new(cloud: PointCloud<S>, argument: &'static str) -> Self {
        let (centred, kernel) = (OnceLock::new(), OnceLock::new());
        let (neighbors, diagrams) = (OnceLock::new(), OnceLock::new());
        Self { cloud, argument, centred, kernel, neighbors, diagrams }
    }

    /// The layer of some of its rows.
    pub(super) fn select(&self, rows: &[usize]) -> Result<Self, Error> {
        Ok(Self::new(self.cloud.select(rows)?, self.argument))
    }

    pub(super) fn centred(&self) -> Result<&Centred, Error> {
        shared(&self.centred, || Centred::new(&self.cloud, "similarity", self.argument))
    }

    pub(super) fn kernel(&self, bandwidth: f64) -> Result<&Kernel, Error> {
        shared(&self.kernel, || Kernel::new(&self.cloud, bandwidth, self.argument))
    }

    /// The neighbours; fewer points than neighbours are an error.
    pub(super) fn neighbors(&self, n_neighbors: usize) -> Result<&NeighborTable, Error> {
        shared(&self.neighbors, || {
            let n_points = self.cloud.n_points();
            if n_neighbors >= n_points {
                return Err(SettingKind::TooManyNeighbors { n_neighbors, n_points }.into());
            }
            NeighborTable::new(&self.cloud, n_neighbors)
        })
    }

    /// The diagrams in dimensions 0 and 1 of at most `most` of the points.
    pub(super) fn diagrams(&self, most: usize, seed: u64) -> Result<&Diagrams, Error> {
        shared(&self.diagrams, || {
            let n_points = self.cloud.n_points();
            let drawn = subsample(n_points, most.min(n_points), seed, 0)?;
            VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&self.cloud.select(&drawn)?))
        })
    }
}

fn shared<T>(place: &Shared<T>, compute: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
    place.get_or_init(compute).as_ref().map_err(Clone::clone)
}

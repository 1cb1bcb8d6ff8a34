//! What descriptors ask of a point cloud, whatever its number type.

use crate::error::Error;
use crate::{
    Diagrams, DistanceMatrix, NeighborTable, NullRatio, PersistentDimension, PersistentDimensionEstimate,
    PointCloud, Scalar, VietorisRips, lifespans_sum_over_null, neural_collapse,
};

pub(super) trait Source: Sync + std::fmt::Debug {
    fn n_points(&self) -> usize;
    fn n_features(&self) -> usize;
    fn distances(&self) -> Box<dyn Pairwise>;
    /// Neighbours among the distinct points.
    fn neighbors(&self, n_neighbors: usize) -> Result<NeighborTable, Error>;
    fn over_null(&self, alpha: f64, n_nulls: usize, seed: u64) -> Result<NullRatio, Error>;
    fn neural_collapse(&self, labels: &[usize]) -> Result<f64, Error>;
    fn select(&self, indices: &[usize]) -> Result<Box<dyn Source>, Error>;
}

/// What descriptors ask of all pairs of points.
pub(super) trait Pairwise: Send + Sync + std::fmt::Debug {
    /// Homology dimensions 0 and 1.
    fn diagrams(&self) -> Result<Diagrams, Error>;
    /// Homology dimensions 0 and 1 of the points at `indices`.
    fn diagrams_of(&self, indices: &[usize]) -> Result<Diagrams, Error>;
    fn persistent_dimension(
        &self,
        estimator: &PersistentDimension,
    ) -> Result<PersistentDimensionEstimate, Error>;
}

impl<S: Scalar> Source for PointCloud<S> {
    fn n_points(&self) -> usize {
        PointCloud::n_points(self)
    }

    fn n_features(&self) -> usize {
        PointCloud::n_features(self)
    }

    fn distances(&self) -> Box<dyn Pairwise> {
        Box::new(DistanceMatrix::from_cloud(self))
    }

    fn neighbors(&self, n_neighbors: usize) -> Result<NeighborTable, Error> {
        NeighborTable::new(&self.distinct().0, n_neighbors)
    }

    fn over_null(&self, alpha: f64, n_nulls: usize, seed: u64) -> Result<NullRatio, Error> {
        lifespans_sum_over_null(self, alpha, n_nulls, seed)
    }

    fn neural_collapse(&self, labels: &[usize]) -> Result<f64, Error> {
        neural_collapse(self, labels)
    }

    fn select(&self, indices: &[usize]) -> Result<Box<dyn Source>, Error> {
        Ok(Box::new(PointCloud::select(self, indices)?))
    }
}

impl<S: Scalar> Pairwise for DistanceMatrix<S> {
    fn diagrams(&self) -> Result<Diagrams, Error> {
        VietorisRips::new().diagrams(self)
    }

    fn diagrams_of(&self, indices: &[usize]) -> Result<Diagrams, Error> {
        VietorisRips::new().diagrams(&self.select(indices)?)
    }

    fn persistent_dimension(
        &self,
        estimator: &PersistentDimension,
    ) -> Result<PersistentDimensionEstimate, Error> {
        estimator.estimate_from_distances(self)
    }
}

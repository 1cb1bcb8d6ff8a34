//! What descriptors ask of a point cloud, whatever its number type.

use crate::error::Error;
use crate::{
    Diagram, DistanceMatrix, NeighborTable, NullRatio, PersistentDimension, PersistentDimensionEstimate,
    PointCloud, Scalar, SpanningTree, VietorisRips, lifespans_sum_over_null, minimum_spanning_tree,
    neural_collapse,
};

pub(super) trait Source: Sync + std::fmt::Debug {
    fn n_points(&self) -> usize;
    fn n_features(&self) -> usize;
    fn spanning_tree(&self) -> SpanningTree;
    fn loops(&self) -> Result<Diagram, Error>;
    /// Neighbours among the distinct points.
    fn neighbors(&self, n_neighbors: usize) -> Result<NeighborTable, Error>;
    fn persistent_dimension(
        &self,
        estimator: &PersistentDimension,
    ) -> Result<PersistentDimensionEstimate, Error>;
    fn over_null(&self, alpha: f64, n_nulls: usize, seed: u64) -> Result<NullRatio, Error>;
    fn neural_collapse(&self, labels: &[usize]) -> Result<f64, Error>;
    fn select(&self, indices: &[usize]) -> Result<Box<dyn Source>, Error>;
}

impl<S: Scalar> Source for PointCloud<S> {
    fn n_points(&self) -> usize {
        PointCloud::n_points(self)
    }

    fn n_features(&self) -> usize {
        PointCloud::n_features(self)
    }

    fn spanning_tree(&self) -> SpanningTree {
        minimum_spanning_tree(self)
    }

    fn loops(&self) -> Result<Diagram, Error> {
        let mut diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(self))?;
        Ok(diagrams.swap_remove(1))
    }

    fn neighbors(&self, n_neighbors: usize) -> Result<NeighborTable, Error> {
        NeighborTable::new(&self.distinct().0, n_neighbors)
    }

    fn persistent_dimension(
        &self,
        estimator: &PersistentDimension,
    ) -> Result<PersistentDimensionEstimate, Error> {
        estimator.estimate(self)
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

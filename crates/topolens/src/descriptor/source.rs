//! What descriptors ask of a point cloud, whatever its number type.

use crate::error::Error;
use crate::{
    ClassManifold, Diagrams, DistanceMatrix, NeighborTable, NullRatio, OverNull, PersistentDimension,
    PersistentDimensionEstimate, PointCloud, Scalar, VietorisRips, class_manifolds, class_mean_geometry,
    class_silhouette, davies_bouldin, neural_collapse,
};

pub(super) trait Source: Sync + std::fmt::Debug {
    fn n_points(&self) -> usize;
    fn n_features(&self) -> usize;
    fn n_distinct(&self) -> usize;
    fn distances(&self) -> Box<dyn Pairwise>;
    /// Neighbours among the distinct points.
    fn neighbors(&self, n_neighbors: usize) -> Result<NeighborTable, Error>;
    fn over_null(&self, settings: &OverNull) -> Result<NullRatio, Error>;
    /// How far the classes are apart, by one measure.
    fn separation(&self, measure: Separation, labels: &[usize]) -> Result<f64, Error>;
    fn select(&self, indices: &[usize]) -> Result<Box<dyn Source>, Error>;
}

/// The measures of how far classes are apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Separation {
    NeuralCollapse,
    AngleOffset,
    DaviesBouldin,
    Silhouette,
    ClassRadius,
    ClassDimension,
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

    fn n_distinct(&self) -> usize {
        self.distinct().0.n_points()
    }

    fn distances(&self) -> Box<dyn Pairwise> {
        Box::new(DistanceMatrix::from_cloud(self))
    }

    fn neighbors(&self, n_neighbors: usize) -> Result<NeighborTable, Error> {
        NeighborTable::new(&*self.distinct().0, n_neighbors)
    }

    fn over_null(&self, settings: &OverNull) -> Result<NullRatio, Error> {
        settings.ratio(self)
    }

    fn separation(&self, measure: Separation, labels: &[usize]) -> Result<f64, Error> {
        let mean_of = |read: fn(&ClassManifold) -> f64| {
            let classes = class_manifolds(self, labels)?;
            Ok(classes.iter().map(read).sum::<f64>() / classes.len() as f64)
        };
        match measure {
            Separation::NeuralCollapse => neural_collapse(self, labels),
            Separation::AngleOffset => Ok(class_mean_geometry(self, labels)?.angle_offset),
            Separation::DaviesBouldin => davies_bouldin(self, labels),
            Separation::Silhouette => class_silhouette(self, labels),
            Separation::ClassRadius => mean_of(|class| class.radius),
            Separation::ClassDimension => mean_of(|class| class.dimension),
        }
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

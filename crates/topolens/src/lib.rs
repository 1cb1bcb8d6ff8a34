#![doc = include_str!("overview.md")]
#![cfg_attr(test, allow(clippy::float_cmp, reason = "tests compare with exact values"))]

mod cloud;
mod compare;
pub mod descriptor;
mod diagram;
mod dimension;
mod distances;
mod error;
mod homology;
mod linear_algebra;
mod metric;
mod neighbors;
mod novelty;
mod random;
mod scalar;
mod scaling;
mod separation;
pub mod statistics;
mod subsample;
pub mod synthetic;

pub use cloud::PointCloud;
pub use compare::{
    CanonicalCorrelations, Cka, Comparison, Comparisons, Divergence, InformationImbalance, MTopDivergence,
    Measure, NamedComparison, NeighborhoodOverlap, PermutationNull, RepresentationTopologyDivergence,
    canonical_correlations, comparison_measures, information_imbalance, linear_cka, neighborhood_overlap,
    procrustes_distance, rbf_cka, svcca,
};
pub use diagram::{
    Bottleneck, Diagram, Diagrams, Grid, GroundNorm, Interval, PersistenceImage, Wasserstein,
    bottleneck_distance, lifespans_sum,
};
pub use dimension::{
    ClassEstimates, CorrInt, Danco, DimensionEstimator, Dimensions, Ess, EssVersion, Estimate, FisherS,
    GeoMle, Gride, Knn, Lid, LocalPca, Mada, MagnitudeDimension, MindMl, MindMlDimensions, Mle, MlePooling,
    Mom, NamedEstimate, PcaRule, PersistentDimension, PersistentDimensionEstimate, ScaleEstimate, SizeSum,
    Tle, TreeSum, TwoNn, TwoNnFit, dimension_estimators, magnitude, per_class, positive_magnitude,
};
pub use distances::{Dissimilarities, DistanceMatrix, MetricCloud, SparseDistances};
pub use error::Error;
pub use homology::{Edge, LoopRepresentative, SpanningTree, VietorisRips, minimum_spanning_tree};
pub use linear_algebra::{PrincipalComponents, singular_values};
pub use metric::Metric;
pub use neighbors::{NeighborGraph, NeighborTable, geodesic_distances};
pub use novelty::{LifespansChange, Mahalanobis, lifespans_changes, neighbor_distances, tangent_shares};
pub use scalar::Scalar;
pub use scaling::Scaling;
pub use separation::{
    ClassManifold, ClassMeanGeometry, Null, NullRatio, OverNull, SeparationShare, class_manifolds,
    class_mean_geometry, class_silhouette, class_silhouettes, column_permuted, davies_bouldin, gaussian_like,
    nearest_mean_disagreement, neural_collapse, self_duality,
};
pub use subsample::{Landmarks, furthest_point_landmarks, stratified_subsample, subsample};

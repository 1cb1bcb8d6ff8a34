//! How far classes are apart, and what a number would be without structure.

mod class_manifold;
mod class_means;
mod classes;
mod classifier;
mod davies_bouldin;
mod neural_collapse;
mod null_cloud;
mod over_null;
mod separation_share;
mod silhouette;

pub use class_manifold::{ClassManifold, class_manifolds};
pub use class_means::{ClassMeanGeometry, class_mean_geometry};
pub use classifier::{nearest_mean_disagreement, self_duality};
pub use davies_bouldin::davies_bouldin;
pub use neural_collapse::neural_collapse;
pub use null_cloud::{Null, column_permuted, gaussian_like};
pub use over_null::{NullRatio, OverNull};
pub use separation_share::SeparationShare;
pub use silhouette::{class_silhouette, class_silhouettes};

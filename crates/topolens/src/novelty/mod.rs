//! How points relate to a cloud they do not belong to: near, typical, along its surface, or off.

mod displacement;
mod joined;
mod mahalanobis;
mod reference_neighbors;

pub use displacement::tangent_shares;
pub use joined::{LifespansChange, lifespans_changes};
pub use mahalanobis::Mahalanobis;
pub use reference_neighbors::neighbor_distances;

use crate::error::{Error, InputKind};
use crate::{PointCloud, Scalar};

/// Refuses clouds of other features.
fn ensure_same_features<S: Scalar, T: Scalar>(x: &PointCloud<S>, y: &PointCloud<T>) -> Result<(), Error> {
    if x.n_features() == y.n_features() {
        return Ok(());
    }
    Err(InputKind::WidthsDiffer { x: x.n_features(), y: y.n_features() }.into())
}

//! Two clouds in one, with their distances.

use topolens::{DistanceMatrix, PointCloud, Scaling};

use crate::Result;

/// The points of both sides with all their distances, as the network gives them and with the features scaled together.
pub(in crate::spoofing) struct Pooled {
    pub(super) raw: DistanceMatrix<f32>,
    pub(super) scaled: DistanceMatrix<f32>,
    scaled_cloud: PointCloud<f32>,
}

/// Those of one side.
pub(in crate::spoofing) struct Side {
    pub(super) raw: DistanceMatrix<f32>,
    pub(super) scaled: DistanceMatrix<f32>,
}

impl Pooled {
    /// Of the rows `rows` of a cloud; `scaling` is that of these rows together, as a mixed sample is scaled.
    pub(in crate::spoofing) fn new(
        cloud: &PointCloud<f32>,
        rows: &[usize],
        scaling: Scaling,
    ) -> Result<Self> {
        let pooled = cloud.select(rows)?;
        let scaled = scaling.apply(&pooled);
        Ok(Self {
            raw: DistanceMatrix::from_cloud(&pooled),
            scaled: DistanceMatrix::from_cloud(&scaled),
            scaled_cloud: scaled,
        })
    }

    pub(in crate::spoofing) fn n_points(&self) -> usize {
        self.raw.n_points()
    }

    /// The points for which `is_second` is `side`.
    pub(in crate::spoofing) fn side(&self, is_second: &[bool], side: bool) -> Result<Side> {
        let rows = rows(is_second, side);
        Ok(Side { raw: self.raw.select(&rows)?, scaled: self.scaled.select(&rows)? })
    }

    /// The scaled points of a side.
    pub(in crate::spoofing) fn scaled_side(&self, is_second: &[bool], side: bool) -> Result<PointCloud<f32>> {
        Ok(self.scaled_cloud.select(&rows(is_second, side))?)
    }
}

/// The points for which `is_second` is `side`.
pub(super) fn rows(is_second: &[bool], side: bool) -> Vec<usize> {
    (0..is_second.len()).filter(|at| is_second[*at] == side).collect()
}

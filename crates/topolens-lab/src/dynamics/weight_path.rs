//! The iterates of all weights as a point cloud.

use std::path::Path;

use topolens::{
    DistanceMatrix, Estimate, PersistentDimension, PointCloud, minimum_spanning_tree, positive_magnitude,
};

use crate::Result;
use crate::input::{Values, read_matrix};

/// What the path of the weights over the last steps of training looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightPath {
    /// Steps.
    pub n_iterates: usize,
    /// $E_1$ of $H_0$: the length of the tree that joins them.
    pub lifespans_sum: f64,
    /// The persistent-homology dimension (Birdal et al. 2021); why not, where it is undefined.
    pub dimension: std::result::Result<Estimate, String>,
    /// The positive magnitude at scale $\sqrt n$ (Andreeva et al. 2024); why not, where it is undefined.
    pub positive_magnitude: std::result::Result<f64, String>,
}

/// Measures the `trajectory.npy` of a run, a row per step; of more than 3000 steps the last.
///
/// # Errors
///
/// The file cannot be read, or has fewer than two rows.
///
/// # References
///
/// Birdal et al. 2021; Andreeva et al. 2024.
pub fn weight_path(path: &Path) -> Result<WeightPath> {
    const MOST: usize = 3000;
    let matrix = read_matrix(path)?;
    let values = match matrix.values {
        Values::F32(values) => values.into_iter().map(f64::from).collect(),
        Values::F64(values) => values,
    };
    let cloud = PointCloud::new(values, matrix.n_rows, matrix.n_columns)?;
    let last: Vec<usize> = (cloud.n_points().saturating_sub(MOST)..cloud.n_points()).collect();
    let cloud = cloud.select(&last)?;
    let scale = (cloud.n_points() as f64).sqrt();
    let said = |error: topolens::Error| error.to_string();
    let n_iterates = cloud.n_points();
    Ok(WeightPath {
        n_iterates,
        lifespans_sum: minimum_spanning_tree(&cloud).lifespans_sum(1.0),
        dimension: if n_iterates < PersistentDimension::FEWEST_POINTS {
            Err(too_short(n_iterates))
        } else {
            PersistentDimension::new().estimate(&cloud).map(|found| found.estimate).map_err(said)
        },
        positive_magnitude: positive_magnitude(&DistanceMatrix::from_cloud(&cloud), scale).map_err(said),
    })
}

fn too_short(n_iterates: usize) -> String {
    format!(
        "PHdim needs {} iterates at least, {n_iterates} were recorded; record more by `topolens train --trajectory N`, \
         N at most the steps of the training",
        PersistentDimension::FEWEST_POINTS
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::npy_bytes;

    #[test]
    fn a_straight_path_has_its_length_and_dimension_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trajectory.npy");
        let values: Vec<f32> = (0..400).flat_map(|step| [step as f32 * 0.3, step as f32 * 0.4]).collect();
        std::fs::write(&path, npy_bytes(&values, 400).unwrap()).unwrap();
        let found = weight_path(&path).unwrap();
        assert_eq!(found.n_iterates, 400);
        assert!((found.lifespans_sum - 0.5 * 399.0).abs() < 1e-3, "{found:?}");
        assert!((found.dimension.unwrap().value - 1.0).abs() < 0.1);
        assert!((1.0..=400.0).contains(&found.positive_magnitude.unwrap()));
    }

    #[test]
    fn a_path_that_is_too_short_says_how_to_record_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trajectory.npy");
        for n_iterates in [8_usize, 11, 12] {
            let values: Vec<f32> = (0..n_iterates).map(|step| (step * step) as f32).collect();
            std::fs::write(&path, npy_bytes(&values, n_iterates).unwrap()).unwrap();
            let message = weight_path(&path).unwrap().dimension.err().unwrap_or_default();
            let words = format!("12 iterates at least, {n_iterates} were recorded");
            assert_eq!(
                message.contains(&words) && message.contains("--trajectory"),
                n_iterates < 12,
                "{message}"
            );
        }
    }

    #[test]
    fn weights_that_stand_still_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trajectory.npy");
        std::fs::write(&path, npy_bytes(&[1.0_f32; 60], 30).unwrap()).unwrap();
        let found = weight_path(&path).unwrap();
        assert!(found.lifespans_sum.abs() < 1e-300);
        assert!(found.dimension.is_err() && found.positive_magnitude.is_err());
        assert!(weight_path(&folder.path().join("absent.npy")).is_err());
    }
}

//! What a detector looks at.

use topolens::{Lid, lifespans_changes, neighbor_distances};

use super::reference::LayerReference;
use crate::Result;
use crate::error::{DetectionProblem, Error};
use crate::profile::LayerCloud;

/// Neighbours and batch size as Ma et al. 2018 take them.
const N_NEIGHBORS: usize = 20;
/// The neighbour whose distance is taken.
const KTH: usize = 10;

/// A kind of detector: what it measures of a point at each layer.
#[derive(Debug)]
#[non_exhaustive]
pub struct DetectorKind {
    /// Its name.
    pub name: &'static str,
    /// What it looks at, in a line.
    pub title: &'static str,
    /// Its source, a key of `docs/references.bib`.
    pub reference: &'static str,
    features: fn(&LayerReference, &LayerCloud) -> Result<Vec<Vec<f64>>>,
}

static KINDS: [DetectorKind; 5] = [
    DetectorKind {
        name: "lid",
        title: "local intrinsic dimension among 100 sound inputs, 20 neighbours",
        reference: "ma2018",
        features: |reference, points| {
            let lid = |distances: &[f64]| vec![Lid::of_distances(distances).clamp(0.0, MOST_LID)];
            reference.in_batches(points, |points, batch| {
                let distances = neighbor_distances(points, batch, neighbors(batch.n_points()), None)?;
                Ok(distances.iter().map(|distances| lid(distances)).collect())
            })
        },
    },
    DetectorKind {
        name: "multi-lid",
        title: "the growth of the distances to those neighbours, one by one",
        reference: "lorenz2022",
        features: |reference, points| {
            reference.in_batches(points, |points, batch| {
                let distances = neighbor_distances(points, batch, neighbors(batch.n_points()), None)?;
                Ok(distances.iter().map(|distances| growths(distances)).collect())
            })
        },
    },
    DetectorKind {
        name: "mahalanobis",
        title: "distance to the nearest class in deviations within classes",
        reference: "lee2018",
        features: |reference, points| {
            let distances = reference.mahalanobis()?.distances(&points.cloud)?;
            Ok(distances.into_iter().map(|distance| vec![distance]).collect())
        },
    },
    DetectorKind {
        name: "knn",
        title: "distance to the tenth nearest sound input",
        reference: "amsaleg2015",
        features: |reference, points| {
            let k = KTH.min(reference.cloud().n_points());
            let distances = neighbor_distances(&points.cloud, reference.cloud(), k, None)?;
            Ok(distances.into_iter().map(|distances| vec![distances[k - 1]]).collect())
        },
    },
    DetectorKind {
        name: "topology",
        title: "change of the sums of lifespans of H0 and H1 when the input joins 100 sound ones",
        reference: "magai2022",
        features: |reference, points| {
            reference.in_batches(points, |points, batch| {
                let changes = lifespans_changes(points, batch)?;
                Ok(changes.iter().map(|change| vec![change.components, change.loops]).collect())
            })
        },
    },
];

/// Above this a local dimension says only that all neighbours are equally far.
const MOST_LID: f64 = 1e4;

fn neighbors(n_points: usize) -> usize {
    N_NEIGHBORS.min(n_points)
}

/// $\ln(d_k / d_i)$ for every neighbour before the last.
fn growths(distances: &[f64]) -> Vec<f64> {
    let Some((last, nearer)) = distances.split_last() else { return Vec::new() };
    // A point that coincides with a neighbour is as near as numbers can say; where all coincide, nothing grows.
    let growth = |distance: &f64| if *last > 0.0 { (last / distance.max(1e-12 * last)).ln() } else { 0.0 };
    nearer.iter().map(growth).collect()
}

/// All kinds.
pub fn detector_kinds() -> &'static [DetectorKind] {
    &KINDS
}

/// The kind called `name`.
///
/// # Errors
///
/// There is none.
pub fn find_detector(name: &str) -> Result<&'static DetectorKind> {
    KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
        let known = KINDS.iter().map(|kind| kind.name).collect();
        Error::detection(DetectionProblem::UnknownKind { name: name.to_owned(), known })
    })
}

impl DetectorKind {
    /// The features of every point, all layers one after the other.
    pub(crate) fn features(
        &self,
        reference: &[LayerReference],
        layers: &[LayerCloud],
    ) -> Result<Vec<Vec<f64>>> {
        let mut joined: Vec<Vec<f64>> = Vec::new();
        for (reference, layer) in reference.iter().zip(layers) {
            let found = (self.features)(reference, layer)?;
            joined.resize(found.len(), Vec::new());
            joined.iter_mut().zip(found).for_each(|(all, own)| all.extend(own));
        }
        Ok(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growths_add_up_to_the_local_dimension() {
        let distances = [0.5, 1.0, 2.0, 4.0];
        let found = growths(&distances);
        assert_eq!(found.len(), 3);
        let sum: f64 = found.iter().sum();
        assert!((4.0 / sum - Lid::of_distances(&distances)).abs() < 1e-12);
        assert!(growths(&[0.0, 1.0])[0].is_finite() && growths(&[0.0, 0.0])[0].is_finite());
    }

    #[test]
    fn kinds_have_sources_and_names() {
        let bibliography = include_str!("../../../../docs/references.bib");
        for kind in detector_kinds() {
            assert!(bibliography.contains(&format!("{{{},", kind.reference)), "{}", kind.name);
        }
        assert!(find_detector("eye").unwrap_err().to_string().contains("mahalanobis"));
    }
}

//! What a point does to the topology of a cloud that it joins.

use rayon::prelude::*;

use super::ensure_same_features;
use crate::error::Error;
use crate::{PointCloud, Scalar, VietorisRips};

/// By how much the sums of lifespans of a cloud change when a point joins it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifespansChange {
    /// Of $H_0$: the length that the minimum spanning tree gains.
    pub components: f64,
    /// Of $H_1$: the total persistence of loops that is gained; negative where the point fills loops.
    pub loops: f64,
}

/// The change of $E_0$ and of $E_1$ as each of `points` joins `reference` alone.
///
/// # Units
///
/// Those of the features.
///
/// # Errors
///
/// If the features differ, or there are too many points for the homology of loops.
///
/// # Complexity
///
/// A diagram of loops of the reference and one point more for each point, in parallel; take references of about 100 points.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, lifespans_changes};
///
/// // Three corners of a square; the fourth adds an edge and a loop, which is born at 1 and dies at the square root of 2.
/// let corners = PointCloud::new(vec![0.0, 0.0, 1.0, 0.0, 0.0, 1.0], 3, 2)?;
/// let change = lifespans_changes(&PointCloud::new(vec![1.0, 1.0], 1, 2)?, &corners)?[0];
/// assert!((change.components - 1.0).abs() < 1e-12);
/// assert!((change.loops - (2.0_f64.sqrt() - 1.0)).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn lifespans_changes<S: Scalar>(
    points: &PointCloud<S>,
    reference: &PointCloud<S>,
) -> Result<Vec<LifespansChange>, Error> {
    ensure_same_features(points, reference)?;
    let sums = |cloud: &PointCloud<S>| -> Result<[f64; 2], Error> {
        let diagrams = VietorisRips::new().point_diagrams(cloud)?;
        Ok([0, 1].map(|dimension| diagrams[dimension].lifespans_sum(1.0)))
    };
    let before = sums(reference)?;
    let change = |i: usize| {
        let values = [reference.values(), points.point(i)].concat();
        let after = sums(&PointCloud::new(values, reference.n_points() + 1, reference.n_features())?)?;
        Ok(LifespansChange { components: after[0] - before[0], loops: after[1] - before[1] })
    };
    (0..points.n_points()).into_par_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn far_points_add_their_distance_and_the_centre_of_a_circle_fills_it() {
        let circle: Vec<f64> = (0..24)
            .flat_map(|i| {
                let t = f64::from(i) * std::f64::consts::TAU / 24.0;
                [t.cos(), t.sin()]
            })
            .collect();
        let circle = PointCloud::new(circle, 24, 2).unwrap();
        let points = PointCloud::new(vec![11.0, 0.0, 0.0, 0.0], 2, 2).unwrap();
        let found = lifespans_changes(&points, &circle).unwrap();
        assert!((found[0].components - 10.0).abs() < 1e-12 && found[0].loops.abs() < 1e-12, "{found:?}");
        assert!((found[1].components - 1.0).abs() < 1e-12 && found[1].loops < -0.5, "{found:?}");
    }

    #[test]
    fn a_repeated_point_changes_nothing() {
        let cloud = synthetic::sphere(40, 1, 0).unwrap();
        let change = lifespans_changes(&cloud.select(&[3]).unwrap(), &cloud).unwrap()[0];
        assert!(change.components.abs() < 1e-12 && change.loops.abs() < 1e-12);
    }
}

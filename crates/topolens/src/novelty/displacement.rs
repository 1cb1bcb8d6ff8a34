//! Along the surface of a cloud, or off it.

use rayon::prelude::*;

use super::ensure_same_features;
use crate::error::{Error, InputKind, SettingKind};
use crate::linear_algebra::thin_svd;
use crate::{NeighborTable, PointCloud, Scalar};

/// For each point of `cloud` that moved to the same row of `moved`: the share of the square of its way that lies in its tangent space,
/// that of the first `dimension` principal directions of its `n_neighbors` nearest neighbours in `cloud`.
///
/// 1 is along the surface, 0 is off it. A direction drawn at random gives `dimension` / D on average, with D features.
///
/// # Shape
///
/// A share per point; none for points that did not move.
///
/// # Errors
///
/// If the shapes differ, or `dimension` is 0, exceeds the number of features, or is not below `n_neighbors`, or that not below the number of
/// points.
///
/// # Complexity
///
/// $O(n^2 D + n k^2 D)$, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, tangent_shares};
///
/// // A line along the first axis; points that leave it at 45 degrees.
/// let line: Vec<f64> = (0..20).flat_map(|i| [f64::from(i), 0.0]).collect();
/// let moved: Vec<f64> = line.chunks(2).flat_map(|p| [p[0] + 0.1, p[1] + 0.1]).collect();
/// let [line, moved] = [line, moved].map(|values| PointCloud::new(values, 20, 2).unwrap());
/// let shares = tangent_shares(&line, &moved, 1, 5)?;
/// assert!(shares.iter().all(|share| (share.unwrap() - 0.5).abs() < 1e-9));
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn tangent_shares<S: Scalar>(
    cloud: &PointCloud<S>,
    moved: &PointCloud<S>,
    dimension: usize,
    n_neighbors: usize,
) -> Result<Vec<Option<f64>>, Error> {
    ensure_same_features(cloud, moved)?;
    if cloud.n_points() != moved.n_points() {
        return Err(InputKind::RowsDiffer { x: cloud.n_points(), y: moved.n_points() }.into());
    }
    if dimension == 0 || dimension >= n_neighbors || dimension > cloud.n_features() {
        let (argument, value) = ("dimension", dimension as f64);
        let allowed = "from 1 to the number of features, and below `n_neighbors`";
        return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
    }
    let table = NeighborTable::new(cloud, n_neighbors)?;
    let share = |i: usize| {
        let pairs = cloud.point(i).iter().zip(moved.point(i));
        let way: Vec<f64> = pairs.map(|(from, to)| to.to_f64() - from.to_f64()).collect();
        let whole: f64 = way.iter().map(|x| x * x).sum();
        if whole == 0.0 {
            return Ok(None);
        }
        let directions = tangent(cloud, table.indices(i))?;
        let along = directions.iter().take(dimension).map(|direction| {
            let product: f64 = direction.iter().zip(&way).map(|(a, b)| a * b).sum();
            product * product
        });
        Ok(Some((along.sum::<f64>() / whole).min(1.0)))
    };
    (0..cloud.n_points()).into_par_iter().map(share).collect()
}

/// The principal directions of some points, the widest first.
fn tangent<S: Scalar>(cloud: &PointCloud<S>, members: &[usize]) -> Result<Vec<Vec<f64>>, Error> {
    let (n, n_features) = (members.len(), cloud.n_features());
    let mut mean = vec![0.0; n_features];
    for &member in members {
        mean.iter_mut().zip(cloud.point(member)).for_each(|(sum, x)| *sum += x.to_f64() / n as f64);
    }
    let centred: Vec<f64> = members
        .iter()
        .flat_map(|&member| cloud.point(member).iter().zip(&mean).map(|(x, mean)| x.to_f64() - mean))
        .collect();
    let svd = thin_svd(&centred, n)?;
    let rank = svd.values.len();
    // A direction without spread is none: its vector is arbitrary.
    let least = svd.values.first().copied().unwrap_or(0.0) * 1e-9;
    let kept = svd.values.iter().take_while(|value| **value > least).count();
    let direction = |at: usize| (0..n_features).map(|row| svd.right[row * rank + at]).collect();
    Ok((0..kept).map(direction).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn ways_off_a_sphere_and_along_it() {
        let sphere = synthetic::sphere(2000, 2, 3).unwrap();
        let scaled = |factor: f64| {
            PointCloud::new(sphere.values().iter().map(|x| factor * x).collect(), 2000, 3).unwrap()
        };
        let off = tangent_shares(&sphere, &scaled(1.01), 2, 12).unwrap();
        assert!(off.iter().all(|share| share.unwrap() < 0.05));
        let turned: Vec<f64> =
            sphere.points().flat_map(|p| [p[0] - 0.001 * p[1], p[1] + 0.001 * p[0], p[2]]).collect();
        let along = tangent_shares(&sphere, &PointCloud::new(turned, 2000, 3).unwrap(), 2, 12).unwrap();
        assert!(along.iter().all(|share| share.unwrap() > 0.95));
        assert!(tangent_shares(&sphere, &sphere, 2, 12).unwrap().iter().all(Option::is_none));
    }

    #[test]
    fn random_directions_give_the_share_of_dimensions() {
        let cloud = synthetic::uniform_cube(600, 8, 1).unwrap();
        let noise = synthetic::uniform_cube(600, 8, 2).unwrap();
        let moved: Vec<f64> =
            cloud.values().iter().zip(noise.values()).map(|(x, z)| x + 0.01 * (z - 0.5)).collect();
        let shares = tangent_shares(&cloud, &PointCloud::new(moved, 600, 8).unwrap(), 3, 20).unwrap();
        let mean = shares.iter().flatten().sum::<f64>() / 600.0;
        assert!((mean - 3.0 / 8.0).abs() < 0.03, "{mean}");
    }

    #[test]
    fn bad_requests_are_named() {
        let cloud = synthetic::uniform_cube(10, 3, 0).unwrap();
        let fewer = synthetic::uniform_cube(9, 3, 0).unwrap();
        assert!(tangent_shares(&cloud, &fewer, 1, 5).is_err());
        for dimension in [0, 4, 5] {
            assert!(
                tangent_shares(&cloud, &cloud, dimension, 5).unwrap_err().to_string().contains("dimension")
            );
        }
    }
}

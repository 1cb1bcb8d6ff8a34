//! Nearest neighbours in another cloud.

use rayon::prelude::*;

use super::ensure_same_features;
use crate::error::{Error, InputKind, SettingKind};
use crate::metric::{Euclidean, distances_to};
use crate::{PointCloud, Scalar};

/// The distances of each of `points` to its `n_neighbors` nearest in `reference`, ascending.
///
/// `twins` names for each point the row of `reference` that is the point itself, or that it was made from; this row is left out.
///
/// # Shape
///
/// A list of `n_neighbors` per point. Both clouds have the same features; `twins`: one row per point.
///
/// # Errors
///
/// If the features differ, `n_neighbors` is 0 or exceeds the rows that are left, or `twins` does not fit.
///
/// # Complexity
///
/// $O(n m D)$ for $n$ points and $m$ of the reference, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, neighbor_distances};
///
/// let reference = PointCloud::new(vec![0.0, 1.0, 3.0], 3, 1)?;
/// let points = PointCloud::new(vec![0.5, 3.5], 2, 1)?;
/// assert_eq!(neighbor_distances(&points, &reference, 2, None)?, [[0.5, 0.5], [0.5, 2.5]]);
/// assert_eq!(neighbor_distances(&points, &reference, 1, Some(&[0, 2]))?, [[0.5], [2.5]]);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn neighbor_distances<S: Scalar>(
    points: &PointCloud<S>,
    reference: &PointCloud<S>,
    n_neighbors: usize,
    twins: Option<&[usize]>,
) -> Result<Vec<Vec<f64>>, Error> {
    ensure_same_features(points, reference)?;
    let n_left = reference.n_points() - usize::from(twins.is_some());
    if n_neighbors == 0 || n_neighbors > n_left {
        let (argument, value) = ("n_neighbors", n_neighbors as f64);
        let allowed = "from 1 to the number of points of the reference, the point itself left out";
        return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
    }
    if let Some(twins) = twins.filter(|twins| twins.len() != points.n_points()) {
        let (expected, got) = (points.n_points(), twins.len());
        return Err(InputKind::ShapeMismatch { argument: "twins", expected, got }.into());
    }
    let nearest = |i: usize| {
        let mut distances = vec![S::ZERO; reference.n_points()];
        distances_to::<Euclidean, S>(points.point(i), reference.points(), &mut distances);
        let twin = twins.map(|twins| twins[i]);
        let others = distances.iter().enumerate().filter(|(row, _)| Some(*row) != twin);
        let mut others: Vec<f64> = others.map(|(_, distance)| distance.to_f64()).collect();
        others.sort_unstable_by(f64::total_cmp);
        others.truncate(n_neighbors);
        others
    };
    Ok((0..points.n_points()).into_par_iter().map(nearest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NeighborTable, synthetic};

    #[test]
    fn a_cloud_in_itself_has_the_neighbours_of_its_table() {
        let cloud = synthetic::sphere(80, 3, 1).unwrap();
        let table = NeighborTable::new(&cloud, 7).unwrap();
        let twins: Vec<usize> = (0..80).collect();
        let found = neighbor_distances(&cloud, &cloud, 7, Some(&twins)).unwrap();
        assert!((0..80).all(|i| found[i] == table.distances(i)));
    }

    #[test]
    fn bad_requests_are_named() {
        let cloud = synthetic::sphere(5, 1, 0).unwrap();
        let other = synthetic::sphere(5, 2, 0).unwrap();
        let fails = |result: Result<Vec<Vec<f64>>, Error>, word: &str| {
            let message = result.unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails(neighbor_distances(&cloud, &other, 2, None), "columns");
        fails(neighbor_distances(&cloud, &cloud, 0, None), "n_neighbors");
        fails(neighbor_distances(&cloud, &cloud, 5, Some(&[0, 1, 2, 3, 4])), "n_neighbors");
        fails(neighbor_distances(&cloud, &cloud, 2, Some(&[0])), "twins");
    }
}

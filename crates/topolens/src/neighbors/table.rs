//! The k nearest neighbours of every point.

use std::ops::Range;

use rayon::prelude::*;

use super::{Lists, nearest_by, nearest_in_row};
use crate::distances::BLOCK;
use crate::error::{Error, InputKind, SettingKind};
use crate::metric::{Euclidean, HalfSquare};
use crate::{Dissimilarities, PointCloud, Scalar};

/// The k nearest neighbours of each of n points, nearest first, the point itself left out; ties by index.
///
/// # Shape
///
/// `n_points` × `n_neighbors`.
///
/// # Units
///
/// Those of the dissimilarities.
///
/// # Examples
///
/// ```
/// use topolens::{NeighborTable, PointCloud};
///
/// let cloud = PointCloud::new(vec![0.0, 1.0, 3.0], 3, 1)?;
/// let table = NeighborTable::new(&cloud, 2)?;
/// assert_eq!(table.indices(1), [0, 2]);
/// assert_eq!(table.distances(1), [1.0, 2.0]);
/// assert!(NeighborTable::new(&cloud, 3).is_err());
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NeighborTable {
    n_neighbors: usize,
    indices: Vec<usize>,
    distances: Vec<f64>,
}

impl NeighborTable {
    /// Finds the neighbours in a point cloud or a matrix of dissimilarities, by comparison with all points: of a cloud,
    /// also through cosine or correlation, by tiles of scalar products, with the distances that come into question by
    /// direct differences. So they are those of a full comparison to the last bit.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is 0 or not below the number of points.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D + n^2 \log k)$ time, in parallel; $O(nk)$ memory.
    pub fn new<D: Dissimilarities>(points: &D, n_neighbors: usize) -> Result<Self, Error> {
        let n_points = points.n_points();
        check_n_neighbors(n_neighbors, n_points)?;
        Ok(if let Some(cloud) = points.cloud() {
            Self::from_lists(nearest_by::<Euclidean, _>(cloud, n_neighbors), n_points, n_neighbors)
        } else if let Some(cloud) = points.unit_cloud() {
            Self::from_lists(nearest_by::<HalfSquare, _>(cloud, n_neighbors), n_points, n_neighbors)
        } else {
            let by_rows = (0..n_points).into_par_iter().map(|i| nearest_in_row(points, i, n_neighbors));
            Self::from_lists(by_rows.collect::<Vec<_>>().into_iter(), n_points, n_neighbors)
        })
    }

    /// Finds the Euclidean neighbours of points of which only two parts are in memory at once: `read` gives the points of a range, and is called for
    /// every pair of parts. They are the neighbours that [`new`](Self::new) finds, to the last bit.
    ///
    /// # Shape
    ///
    /// Parts of `part_size` points, rounded up to a multiple of 256.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is 0 or not below `n_points`, `read` fails, or gives another number of points than the range has or of features than before.
    ///
    /// # Complexity
    ///
    /// $O(n^2 D)$ time, in parallel; each part is read once for itself and once for every part before it. Memory: four parts and
    /// $O(nk)$.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{NeighborTable, synthetic};
    ///
    /// let cloud = synthetic::sphere(1000, 2, 0)?;
    /// let read = |range: std::ops::Range<usize>| cloud.select(&range.collect::<Vec<_>>());
    /// assert_eq!(NeighborTable::from_parts(1000, 256, 5, read)?, NeighborTable::new(&cloud, 5)?);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_parts<S: Scalar, E: From<Error>>(
        n_points: usize,
        part_size: usize,
        n_neighbors: usize,
        mut read: impl FnMut(Range<usize>) -> Result<PointCloud<S>, E>,
    ) -> Result<Self, E> {
        check_n_neighbors(n_neighbors, n_points)?;
        let part_size = part_size.clamp(1, n_points).next_multiple_of(BLOCK);
        let lists = Lists::new(n_points, n_neighbors);
        let mut n_features = None;
        let mut part = |first: usize| {
            let range = first..n_points.min(first + part_size);
            let expected = range.len();
            let found = read(range)?;
            let features = *n_features.get_or_insert(found.n_features());
            for (expected, got) in [(expected, found.n_points()), (features, found.n_features())] {
                if expected != got {
                    let argument = "read";
                    return Err(E::from(InputKind::ShapeMismatch { argument, expected, got }.into()));
                }
            }
            Ok(found)
        };
        for first in (0..n_points).step_by(part_size) {
            let own = part(first)?;
            lists.see_part::<Euclidean>(&own, first);
            for earlier in (0..first).step_by(part_size) {
                let both = part(earlier)?.followed_by(&own);
                lists.see_between::<Euclidean>(&both, part_size, [earlier, first]);
            }
        }
        Ok(Self::from_lists(lists.into_sorted(), n_points, n_neighbors))
    }

    /// The table of `n_points` from those of parts whose pairs cover all pairs of points: each part says the numbers of its points, and
    /// knows as many neighbours of each, or all.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is 0 or not below the number of points, or parts leave a point with fewer neighbours; or one that a part is.
    ///
    /// # Complexity
    ///
    /// $O(nk)$ memory; $O(k \log k)$ time for each point of each part.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{NeighborTable, synthetic};
    ///
    /// let cloud = synthetic::sphere(90, 2, 0)?;
    /// let parts = [0..60, 30..90].map(|range| range.collect::<Vec<usize>>());
    /// let ends = (0..30).chain(60..90).collect::<Vec<usize>>();
    /// let tables = [&parts[0], &parts[1], &ends].map(|part| {
    ///     NeighborTable::new(&cloud.select(part)?, 5).map(|table| (part.clone(), table))
    /// });
    /// assert_eq!(NeighborTable::joined(90, 5, tables)?, NeighborTable::new(&cloud, 5)?);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn joined<E: From<Error>>(
        n_points: usize,
        n_neighbors: usize,
        parts: impl IntoIterator<Item = Result<(Vec<usize>, Self), E>>,
    ) -> Result<Self, E> {
        check_n_neighbors(n_neighbors, n_points)?;
        let mut lists: Vec<Vec<(f64, u32)>> = vec![Vec::new(); n_points];
        for part in parts {
            let (numbers, table) = part?;
            for (at, number) in numbers.iter().enumerate() {
                let found = table.distances(at).iter().zip(table.indices(at));
                let list = &mut lists[*number];
                list.extend(found.map(|(distance, index)| (*distance, numbers[*index] as u32)));
                list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                // Points of one block meet in several parts.
                list.dedup_by_key(|(_, index)| *index);
                list.truncate(n_neighbors);
            }
        }
        if let Some(list) = lists.iter().find(|list| list.len() < n_neighbors) {
            let (argument, expected, got) = ("parts", n_neighbors, list.len());
            return Err(E::from(InputKind::ShapeMismatch { argument, expected, got }.into()));
        }
        Ok(Self::from_lists(lists.into_iter(), n_points, n_neighbors))
    }

    /// The table of lists of distances and numbers of points, each of `n_neighbors`, nearest first.
    ///
    /// # Panics
    ///
    /// If a list has another length.
    pub fn of_lists(lists: &[Vec<(f64, usize)>], n_neighbors: usize) -> Self {
        assert!(lists.iter().all(|list| list.len() == n_neighbors), "a list of another length");
        let (distances, indices) = lists.iter().flatten().copied().unzip();
        Self { n_neighbors, indices, distances }
    }

    /// The table of lists in the order of their points.
    fn from_lists<S: Scalar>(
        lists: impl Iterator<Item = Vec<(S, u32)>>,
        n_points: usize,
        n_neighbors: usize,
    ) -> Self {
        let mut indices = Vec::with_capacity(n_points * n_neighbors);
        let mut distances = Vec::with_capacity(n_points * n_neighbors);
        for (distance, index) in lists.flatten() {
            indices.push(index as usize);
            distances.push(distance.to_f64());
        }
        Self { n_neighbors, indices, distances }
    }

    /// The number of points.
    pub fn n_points(&self) -> usize {
        self.indices.len() / self.n_neighbors
    }

    /// The number of neighbours of each point, k.
    pub fn n_neighbors(&self) -> usize {
        self.n_neighbors
    }

    /// The neighbours of point `i`, nearest first.
    ///
    /// # Panics
    ///
    /// If `i` is not a point, as slice indexing does.
    pub fn indices(&self, i: usize) -> &[usize] {
        &self.indices[i * self.n_neighbors..(i + 1) * self.n_neighbors]
    }

    /// Their distances, ascending.
    ///
    /// # Panics
    ///
    /// If `i` is not a point, as slice indexing does.
    pub fn distances(&self, i: usize) -> &[f64] {
        &self.distances[i * self.n_neighbors..(i + 1) * self.n_neighbors]
    }
}

fn check_n_neighbors(n_neighbors: usize, n_points: usize) -> Result<(), Error> {
    if n_neighbors == 0 {
        let (argument, allowed) = ("n_neighbors", "1 or more");
        return Err(SettingKind::OutOfRange { argument, value: 0.0, allowed }.into());
    }
    if n_neighbors >= n_points {
        return Err(SettingKind::TooManyNeighbors { n_neighbors, n_points }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DistanceMatrix, Metric, MetricCloud, PointCloud, synthetic};

    /// Clouds on which products are in trouble: plain, lattice with duplicates, far from the origin, a constant column
    /// and opposite rows.
    fn clouds() -> Vec<PointCloud<f64>> {
        let maps: [fn(usize, f64) -> f64; 4] = [
            |_, x| x,
            |_, x| x.round() + 5.0,
            |_, x| 1e4 + 1e-3 * x,
            |at, x| if at % 5 == 0 { 1.0 } else { x.signum() },
        ];
        let plain = synthetic::gaussian(600, 5, 3).unwrap();
        let mapped = |map: fn(usize, f64) -> f64| {
            let values = plain.values().iter().enumerate().map(|(at, &x)| map(at, x));
            PointCloud::new(values.collect(), 600, 5).unwrap()
        };
        maps.into_iter().map(mapped).collect()
    }

    fn equals_rows<S: Scalar>(cloud: &PointCloud<S>, metric: Metric, n_neighbors: usize) {
        let seen = MetricCloud::new(cloud, metric).unwrap();
        let distances = DistanceMatrix::from_cloud_with(cloud, metric).unwrap();
        let by_tiles = NeighborTable::new(&seen, n_neighbors).unwrap();
        for i in 0..cloud.n_points() {
            let mut row: Vec<usize> = (0..cloud.n_points()).filter(|&j| j != i).collect();
            row.sort_by(|&a, &b| distances.get(i, a).to_f64().total_cmp(&distances.get(i, b).to_f64()));
            assert_eq!(by_tiles.indices(i), &row[..n_neighbors], "{metric:?} point {i}");
            let expected = row.iter().map(|&j| distances.get(i, j).to_f64());
            assert!(by_tiles.distances(i).iter().copied().eq(expected.take(n_neighbors)), "{metric:?} {i}");
        }
    }

    #[test]
    fn tiles_equal_a_full_sort_of_direct_distances_to_the_last_bit() {
        for cloud in clouds() {
            let single = cloud.values().iter().map(|&x| x as f32).collect();
            let single = PointCloud::new(single, 600, 5).unwrap();
            for metric in [Metric::Euclidean, Metric::Cosine] {
                for n_neighbors in [1, 20, 599] {
                    equals_rows(&cloud, metric, n_neighbors);
                    equals_rows(&single, metric, n_neighbors);
                }
            }
        }
        equals_rows(&clouds()[0], Metric::Correlation, 20);
    }

    /// One thread visits many tiles with the same panels.
    #[test]
    fn a_thread_that_sees_many_tiles_takes_the_rows_of_each() {
        let cloud = synthetic::gaussian(2000, 4, 6).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let by_tiles = pool.install(|| NeighborTable::new(&cloud, 8).unwrap());
        assert_eq!(by_tiles, NeighborTable::new(&DistanceMatrix::from_cloud(&cloud), 8).unwrap());
    }

    #[test]
    fn opposite_rows_are_all_at_cosine_two_and_ties_go_by_index() {
        let values = (0..900).map(|row| if row == 899 { -1.0_f32 } else { 1.0 + row as f32 });
        let cloud = PointCloud::new(values.flat_map(|x| [x, 3.0 * x, 7.0 * x]).collect(), 900, 3).unwrap();
        equals_rows(&cloud, Metric::Cosine, 5);
    }

    #[test]
    fn ties_go_to_the_smaller_index() {
        let cloud = PointCloud::new(vec![0.0, 1.0, -1.0, 2.0, 0.0], 5, 1).unwrap();
        let table = NeighborTable::new(&cloud, 3).unwrap();
        assert_eq!(table.indices(0), [4, 1, 2]);
        assert_eq!(table.distances(0), [0.0, 1.0, 1.0]);
    }

    #[test]
    fn equals_a_full_sort_of_the_matrix() {
        let cloud = synthetic::gaussian(40, 5, 9).unwrap();
        let distances = DistanceMatrix::from_cloud(&cloud);
        let table = NeighborTable::new(&cloud, 7).unwrap();
        assert_eq!(table, NeighborTable::new(&distances, 7).unwrap());
        for i in 0..40 {
            let mut row: Vec<usize> = (0..40).filter(|&j| j != i).collect();
            row.sort_by(|&a, &b| distances.get(i, a).total_cmp(&distances.get(i, b)));
            assert_eq!(table.indices(i), &row[..7]);
        }
        assert_eq!((table.n_points(), table.n_neighbors()), (40, 7));
    }

    #[test]
    fn parts_equal_the_whole_to_the_last_bit() {
        for cloud in clouds() {
            let whole = NeighborTable::new(&cloud, 30).unwrap();
            for part_size in [1, 256, 300, 512, 5000] {
                let read = |range: Range<usize>| cloud.select(&range.collect::<Vec<_>>());
                assert_eq!(NeighborTable::from_parts(600, part_size, 30, read).unwrap(), whole);
            }
        }
    }

    #[test]
    fn parts_that_fail_or_differ_are_errors() {
        let cloud = synthetic::gaussian(600, 3, 1).unwrap();
        let rows = |range: Range<usize>| cloud.select(&range.collect::<Vec<_>>());
        let short = NeighborTable::from_parts(600, 256, 5, |range| rows(range.start..range.end - 1));
        assert!(short.unwrap_err().to_string().contains("`read`"));
        let narrow = NeighborTable::from_parts(600, 256, 5, |range: Range<usize>| {
            PointCloud::new(
                vec![1.0; range.len() * (1 + range.start / 256)],
                range.len(),
                1 + range.start / 256,
            )
        });
        assert!(narrow.unwrap_err().to_string().contains("`read`"));
        assert!(NeighborTable::from_parts(600, 256, 600, rows).is_err());
        assert!(NeighborTable::from_parts(0, 256, 1, rows).is_err());
    }

    #[test]
    fn too_many_neighbors_is_an_error_that_says_so() {
        let cloud = PointCloud::new(vec![0.0, 1.0], 2, 1).unwrap();
        let error = NeighborTable::new(&cloud, 2).unwrap_err();
        assert!(error.to_string().contains("`n_neighbors` = 2"), "{error}");
        assert!(NeighborTable::new(&cloud, 0).is_err());
    }
}

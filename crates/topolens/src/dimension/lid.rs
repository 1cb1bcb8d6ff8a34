//! Local intrinsic dimensionality, by maximum likelihood as Amsaleg et al. estimate it.

use rayon::prelude::*;

use super::Estimate;
use super::pointwise::{check_n_neighbors, estimate_distinct, mean_estimate};
use crate::error::{Error, SettingKind};
use crate::{NeighborTable, PointCloud, Scalar};

/// The dimension at each point, $\widehat{\text{LID}}_i = -\left(\frac1k \sum_{j \le k} \ln \frac{T_j}{T_k}\right)^{-1}$ with $T_j$ the
/// distance to the j-th neighbour.
///
/// This is $k / (k - 1)$ times the pointwise [`Mle`](crate::Mle): the sum has one term more, which is 0. Ma et al. look for
/// the neighbours within small batches, see [`pointwise_in_batches`](Self::pointwise_in_batches).
///
/// The standard error of the mean is the spread over $\sqrt n$, times 1.3 since neighbours share neighbours (simulated).
///
/// # Errors
///
/// If `n_neighbors` is below 2 or not below the number of distinct points, or if no point has neighbours at different
/// distances.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(nk)$ for the estimate.
///
/// # Examples
///
/// ```
/// use topolens::{Lid, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// assert!((Lid::new().estimate(&plane)?.value - 2.2).abs() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `amsaleg2015`, `ma2018`
#[derive(Debug, Clone)]
pub struct Lid {
    n_neighbors: usize,
}

impl Default for Lid {
    fn default() -> Self {
        Self::new()
    }
}

impl Lid {
    /// 20 neighbours (as Ma et al. use in batches of 100).
    pub fn new() -> Self {
        Self { n_neighbors: 20 }
    }

    /// The number of neighbours, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors }
    }

    /// The mean over a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Lid`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.n_neighbors, |_, table| self.estimate_from_neighbors(table))
    }

    /// The mean from a table with at least `n_neighbors` neighbours; points at distance 0 from a neighbour and points whose
    /// neighbours are all equally far are dropped.
    ///
    /// # Errors
    ///
    /// See [`Lid`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        let mut pointwise = self.pointwise(table)?;
        pointwise.retain(|&value| value > 0.0);
        mean_estimate("lid", &pointwise, table.n_points())
    }

    /// The estimates at all points, in their order: 0, the limit, at a point that coincides with a neighbour, infinite where all
    /// neighbours are equally far.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is below 2, or exceeds the table's.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Lid, NeighborTable, synthetic};
    ///
    /// let table = NeighborTable::new(&synthetic::uniform_cube(100, 2, 0)?, 10)?;
    /// assert_eq!(Lid::new().n_neighbors(5).pointwise(&table)?.len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        let k = self.n_neighbors;
        check_n_neighbors(k, 2, table, "2 or more, and at most that of the table")?;
        Ok((0..table.n_points()).map(|i| Self::of_distances(&table.distances(i)[..k])).collect())
    }

    /// The estimate at a point from the distances to its neighbours, ascending, such as [`neighbor_distances`](crate::neighbor_distances)
    /// gives for neighbours in another cloud: 0 where it coincides with one, infinite where all are equally far.
    ///
    /// # Examples
    ///
    /// ```
    /// // Neighbours at 1, 2 and 4: 3 / (ln 4 + ln 2).
    /// assert!((topolens::Lid::of_distances(&[1.0, 2.0, 4.0]) - 3.0 / 8.0_f64.ln()).abs() < 1e-12);
    /// ```
    pub fn of_distances(distances: &[f64]) -> f64 {
        match distances {
            [] => f64::INFINITY,
            [first, ..] if *first == 0.0 => 0.0,
            [.., last] => {
                let sum: f64 = distances.iter().map(|nearer| (last / nearer).ln()).sum();
                distances.len() as f64 / sum
            }
        }
    }

    /// The estimates at all points, in their order, with the neighbours of each within its batch of `batch_size` rows that follow each
    /// other. Rows left over at the end are compared with the last `batch_size` rows.
    ///
    /// # Errors
    ///
    /// If `n_neighbors` is below 2 or not below `batch_size`, or `batch_size` exceeds the number of points.
    ///
    /// # Complexity
    ///
    /// $O(n B D)$ for batches of $B$ points, in parallel.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Lid, synthetic};
    ///
    /// let cloud = synthetic::uniform_cube(250, 2, 0)?;
    /// assert_eq!(Lid::new().pointwise_in_batches(&cloud, 100)?.len(), 250);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise_in_batches<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        batch_size: usize,
    ) -> Result<Vec<f64>, Error> {
        let n_points = cloud.n_points();
        if batch_size <= self.n_neighbors || batch_size > n_points {
            let (argument, value) = ("batch_size", batch_size as f64);
            let allowed = "above `n_neighbors`, and at most the number of points";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        let batches: Result<Vec<Vec<f64>>, Error> = (0..n_points.div_ceil(batch_size))
            .into_par_iter()
            .map(|batch| {
                let first = (batch * batch_size).min(n_points - batch_size);
                let rows: Vec<usize> = (first..first + batch_size).collect();
                let table = NeighborTable::new(&cloud.select(&rows)?, self.n_neighbors)?;
                Ok(self.pointwise(&table)?.split_off(batch * batch_size - first))
            })
            .collect();
        Ok(batches?.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mle, synthetic};

    #[test]
    fn is_the_likelihood_estimate_with_one_term_more() {
        let table = NeighborTable::new(&synthetic::gaussian(80, 4, 1).unwrap(), 12).unwrap();
        let lid = Lid::new().n_neighbors(10).pointwise(&table).unwrap();
        let mle = Mle::new().n_neighbors(10).pointwise(&table).unwrap();
        assert!(lid.iter().zip(mle).all(|(lid, mle)| (lid / mle - 10.0 / 9.0).abs() < 1e-12));
    }

    #[test]
    fn batches_stand_alone_and_the_last_is_full() {
        let cloud = synthetic::gaussian(70, 4, 2).unwrap();
        let lid = Lid::new().n_neighbors(5);
        let batched = lid.pointwise_in_batches(&cloud, 30).unwrap();
        let alone = |first: usize| {
            let rows: Vec<usize> = (first..first + 30).collect();
            lid.pointwise(&NeighborTable::new(&cloud.select(&rows).unwrap(), 5).unwrap()).unwrap()
        };
        assert_eq!(batched, [alone(0), alone(30), alone(40)[20..].to_vec()].concat());
    }

    #[test]
    fn duplicates_keep_their_place_and_are_left_out_of_the_mean() {
        let cloud = PointCloud::new(vec![0.0_f32, 0.0, 1.0, 3.0, 7.0], 5, 1).unwrap();
        let table = NeighborTable::new(&cloud, 3).unwrap();
        let lid = Lid::new().n_neighbors(3).pointwise(&table).unwrap();
        assert_eq!(lid[..2], [0.0, 0.0]);
        let estimate = Lid::new().n_neighbors(3).estimate_from_neighbors(&table).unwrap();
        assert_eq!((estimate.n_points, estimate.n_dropped), (3, 2));
        assert_eq!(estimate.value, lid[2..].iter().sum::<f64>() / 3.0);
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let cloud = synthetic::gaussian(30, 2, 0).unwrap();
        assert!(Lid::new().n_neighbors(1).estimate(&cloud).is_err());
        for size in [20, 31] {
            let error = Lid::new().pointwise_in_batches(&cloud, size).unwrap_err();
            assert!(error.to_string().contains("`batch_size`"), "{error}");
        }
    }
}

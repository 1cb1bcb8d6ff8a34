//! The growth of the graph of nearest neighbours.

use statrs::function::factorial::ln_binomial;

use super::Estimate;
use super::pointwise::{check_n_neighbors, estimate_distinct_by_size};
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::statistics::{half_samples, linear_regression};
use crate::subsample::shuffled;
use crate::{NeighborTable, PointCloud, Scalar};

/// The dimension from how the total length $L(m) = \sum_i \sum_{j \le k} T_{ij}^\gamma$ of the graph of $k$ nearest neighbours grows with the
/// number $m$ of points: $\ln L(m) \approx \frac{d - \gamma}{d} \ln m + c$, so $d = \gamma / (1 - \text{slope})$.
///
/// No subsamples are drawn: among $m$ random points of $n$ the $j$-th neighbour of a point is its $r$-th neighbour among all with probability
/// $\binom{r-1}{j-1} \binom{n-1-r}{m-1-j} / \binom{n-1}{m-1}$, so the mean of $L(m)$ over all subsamples follows from the table of neighbours. A
/// line is laid through 8 sizes from $n/4$ to $n$. (scikit-dimension compares graphs of 3 to 6 points drawn with replacement, by default, and tries
/// integer dimensions up to the number of features; its values are noise at such sizes and are not reproduced.)
///
/// The standard error is the spread over 20 halves made of ten random parts of the points.
///
/// # Errors
///
/// If there are fewer than 16 distinct points, `n_neighbors` is 0, four times it exceed the other points, $\gamma$ is not positive, or the slope is 1
/// or more.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(n K)$ for the estimate.
///
/// # Examples
///
/// ```
/// use topolens::{Knn, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let estimate = Knn::new().estimate(&plane)?;
/// assert!((estimate.value - 2.0).abs() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `costa2004`
#[derive(Debug, Clone)]
pub struct Knn {
    n_neighbors: usize,
    gamma: f64,
    seed: u64,
}

impl Default for Knn {
    fn default() -> Self {
        Self::new()
    }
}

/// Sizes on the line, parts of the points and halves made of them.
const N_SIZES: usize = 8;
const PARTS: usize = 10;
const N_HALVES: usize = 20;
/// The smallest size is this part of the points.
const LEAST: f64 = 0.25;
const FEWEST: usize = 16;

impl Knn {
    /// 4 neighbours, lengths as they are; seed 0.
    pub fn new() -> Self {
        Self { n_neighbors: 4, gamma: 1.0, seed: 0 }
    }

    /// The number of neighbours in the graph, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors, ..self }
    }

    /// The power of the lengths, $\gamma$.
    #[must_use]
    pub fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }

    /// The seed of the parts and halves.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The neighbours that a table must list: of a quarter of the points the k-th is almost never farther.
    pub(super) fn n_listed(&self, n_points: usize) -> usize {
        (16 * self.n_neighbors).min(n_points.saturating_sub(1)).max(1)
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Knn`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        let n_neighbors = |n_points| ensure_enough(n_points).map(|()| self.n_listed(n_points));
        estimate_distinct_by_size(cloud, n_neighbors, |_, table| self.estimate_from_neighbors(table))
    }

    /// The estimate from a table of 16 neighbours for each in the graph, or of all other points if there are fewer.
    ///
    /// # Errors
    ///
    /// See [`Knn`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        let n_points = table.n_points();
        ensure_enough(n_points)?;
        check_n_neighbors(
            self.n_neighbors,
            1,
            table,
            "1 or more, and a quarter of the neighbours of the table or less",
        )?;
        let n_listed = self.n_listed(n_points);
        if 4 * self.n_neighbors >= n_points || n_listed > table.n_neighbors() {
            let allowed = "a sixteenth of the neighbours of the table and less than a quarter of the points";
            let (argument, value) = ("n_neighbors", self.n_neighbors as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        if !(self.gamma > 0.0 && self.gamma.is_finite()) {
            let (argument, value, allowed) = ("gamma", self.gamma, "a positive number");
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        let parts = self.sums_by_rank(table, n_listed);
        let value = self.dimension(&parts, &(0..parts.len()).collect::<Vec<_>>(), n_points)?;
        let halves = half_samples(parts.len(), N_HALVES, self.seed)?;
        let halves = halves.iter().map(|half| self.dimension(&parts, half, n_points));
        let halves = halves.collect::<Result<Vec<f64>, Error>>()?;
        Ok(Estimate::from_half_samples(value, &halves, n_points, 0))
    }

    /// For each random part of the points, the sum of $T_{ir}^\gamma$ over its points, by rank $r$.
    fn sums_by_rank(&self, table: &NeighborTable, n_listed: usize) -> Vec<Vec<f64>> {
        let order = shuffled(table.n_points(), self.seed);
        let n_parts = PARTS.min(order.len() / 2);
        let mut parts = vec![vec![0.0; n_listed]; n_parts];
        for (at, &point) in order.iter().enumerate() {
            let sums = parts[at % n_parts].iter_mut().zip(table.distances(point));
            sums.for_each(|(sum, distance)| *sum += distance.powf(self.gamma));
        }
        parts
    }

    fn dimension(&self, parts: &[Vec<f64>], members: &[usize], n_points: usize) -> Result<f64, Error> {
        let n_listed = parts[0].len();
        let sums: Vec<f64> =
            (0..n_listed).map(|rank| members.iter().map(|&part| parts[part][rank]).sum()).collect();
        let (mut x, mut y) = (Vec::with_capacity(N_SIZES), Vec::with_capacity(N_SIZES));
        for step in 0..N_SIZES {
            let size = size(step, n_points);
            let weights = weights(n_points, size, self.n_neighbors, n_listed);
            let length: f64 = sums.iter().zip(&weights).map(|(sum, weight)| sum * weight).sum();
            x.push((size as f64).ln());
            y.push((length * size as f64 / n_points as f64).ln());
        }
        if y.iter().any(|y| !y.is_finite()) {
            return Err(Error::undefined("knn", Undefined::NoSpread));
        }
        let slope = linear_regression(&x, &y)?.slope;
        if slope >= 1.0 {
            return Err(Error::undefined("knn", Undefined::SlopeNotBelowOne { slope }));
        }
        Ok(self.gamma / (1.0 - slope))
    }
}

fn ensure_enough(n_points: usize) -> Result<(), Error> {
    if n_points < FEWEST {
        return Err(InputKind::TooFewPoints { quantity: "knn", needed: FEWEST, got: n_points }.into());
    }
    Ok(())
}

/// Sizes from a quarter of the points to all, in equal ratios.
#[expect(clippy::cast_sign_loss, reason = "a part of the number of points")]
fn size(step: usize, n_points: usize) -> usize {
    let part = LEAST.powf(1.0 - step as f64 / (N_SIZES as f64 - 1.0));
    (part * n_points as f64).round() as usize
}

/// How often, on average over all subsamples of `size` points that hold a point, its neighbour of each rank is among its `k` nearest.
fn weights(n_points: usize, size: usize, k: usize, n_listed: usize) -> Vec<f64> {
    let (others, drawn) = (n_points - 1, size - 1);
    let all = ln_binomial(others as u64, drawn as u64);
    let weight = |rank: usize| {
        let of_order = |order: usize| {
            if order > drawn || drawn - order > others - rank {
                return 0.0;
            }
            let (nearer, farther) = (rank - 1, others - rank);
            let ways = ln_binomial(nearer as u64, (order - 1) as u64)
                + ln_binomial(farther as u64, (drawn - order) as u64);
            (ways - all).exp()
        };
        (1..=k.min(rank)).map(of_order).sum()
    };
    (1..=n_listed).map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn weights_are_the_mean_over_all_subsamples() {
        // All subsets of 5 of 9 points, with 2 neighbours.
        let (n, size, k) = (9_usize, 5_u32, 2);
        let cloud = synthetic::gaussian(n, 2, 3).unwrap();
        let table = NeighborTable::new(&cloud, n - 1).unwrap();
        let (mut total, mut count) = (0.0, 0.0);
        for subset in (0_u32..1 << n).filter(|subset| subset.count_ones() == size) {
            let rows: Vec<usize> = (0..n).filter(|at| subset >> at & 1 == 1).collect();
            let own = NeighborTable::new(&cloud.select(&rows).unwrap(), k).unwrap();
            total += (0..rows.len()).flat_map(|i| own.distances(i)).sum::<f64>();
            count += 1.0;
        }
        let weights = weights(n, size as usize, k, n - 1);
        let by_rank = |rank: usize| (0..n).map(|i| table.distances(i)[rank]).sum::<f64>();
        let length: f64 = weights.iter().enumerate().map(|(rank, weight)| weight * by_rank(rank)).sum();
        assert!((length * f64::from(size) / n as f64 / (total / count) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_whole_cloud_has_its_own_neighbors() {
        let weights = weights(50, 50, 4, 20);
        assert!(weights[..4].iter().all(|weight| (weight - 1.0).abs() < 1e-12));
        assert!(weights[4..].iter().all(|weight| *weight < 1e-12));
        let quarter = super::weights(4000, 1000, 4, 64);
        assert!((quarter.iter().sum::<f64>() - 4.0).abs() < 1e-4);
    }

    #[test]
    fn manifolds_have_their_dimension() {
        for (cloud, dimension) in [
            (synthetic::circle(600, 1).unwrap(), 1.0),
            (synthetic::clifford_torus(1500, 1).unwrap(), 2.0),
            (synthetic::uniform_cube(3000, 4, 1).unwrap(), 4.0),
        ] {
            for gamma in [0.5, 1.0] {
                let found = Knn::new().gamma(gamma).estimate(&cloud).unwrap();
                assert!((found.value / dimension - 1.0).abs() < 0.1, "{dimension}: {found:?}");
                assert!(found.standard_error < 0.2 * dimension);
            }
        }
    }

    #[test]
    fn the_standard_error_is_the_spread_over_clouds() {
        let found: Vec<Estimate> = (0..60)
            .map(|seed| Knn::new().estimate(&synthetic::clifford_torus(300, seed).unwrap()).unwrap())
            .collect();
        let mean = found.iter().map(|e| e.value).sum::<f64>() / 60.0;
        let spread = (found.iter().map(|e| (e.value - mean).powi(2)).sum::<f64>() / 59.0).sqrt();
        let stated = found.iter().map(|e| e.standard_error).sum::<f64>() / 60.0;
        assert!((0.5..2.0).contains(&(spread / stated)), "{spread} {stated}");
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let cloud = synthetic::gaussian(20, 2, 1).unwrap();
        assert!(Knn::new().n_neighbors(0).estimate(&cloud).is_err());
        assert!(Knn::new().n_neighbors(5).estimate(&cloud).unwrap_err().to_string().contains("n_neighbors"));
        assert!(Knn::new().gamma(f64::NAN).estimate(&cloud).is_err());
        assert!(Knn::new().estimate(&cloud.select(&[0, 1, 2]).unwrap()).is_err());
        assert!(Knn::new().estimate_from_neighbors(&NeighborTable::new(&cloud, 5).unwrap()).is_err());
    }
}

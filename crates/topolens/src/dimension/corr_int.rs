//! The correlation integral of Grassberger and Procaccia.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Estimate;
use super::pointwise::{check_n_neighbors, estimate_distinct};
use crate::distances::{Tile, Tiles};
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// The growth of the number of pairs of points within a distance: $\ln \frac{C(r_2)}{C(r_1)} / \ln \frac{r_2}{r_1}$.
///
/// $C(r)$ is the number of pairs at distance below $r$; $r_1$ and $r_2$ are the medians over points of the distances to
/// neighbours number `k1` and `k2`. All pairs are looked at in tiles of products, and those near a radius counted by direct
/// differences, so that the counts are exact.
///
/// The standard error is that of a ratio of two sums over pairs at given radii,
/// $\frac{2}{\ln (r_2 / r_1)} \sqrt{\sum_i \left(\frac{c_{2i}}{\sum c_2} - \frac{c_{1i}}{\sum c_1}\right)^2}$ with $c_{1i}$ and $c_{2i}$ the points
/// near point $i$. The radii follow the points, which makes it about a third larger than the spread (simulated on flat tori).
///
/// # Errors
///
/// If `k1` is 0 or not below `k2`, if `k2` is not below the number of distinct points, if $r_1 = r_2$ or no pair is nearer than
/// $r_1$ (points on a lattice).
///
/// # Complexity
///
/// $O(n^2 D)$, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{CorrInt, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// assert!((CorrInt::new().estimate(&plane)?.value - 2.0).abs() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `grassberger1983`
#[derive(Debug, Clone)]
pub struct CorrInt {
    k1: usize,
    k2: usize,
}

impl Default for CorrInt {
    fn default() -> Self {
        Self::new()
    }
}

impl CorrInt {
    /// Radii of 10 and 20 neighbours (as in scikit-dimension).
    pub fn new() -> Self {
        Self { k1: 10, k2: 20 }
    }

    /// The neighbour whose median distance is the smaller radius.
    #[must_use]
    pub fn k1(self, k1: usize) -> Self {
        Self { k1, ..self }
    }

    /// The neighbour whose median distance is the larger radius.
    #[must_use]
    pub fn k2(self, k2: usize) -> Self {
        Self { k2, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`CorrInt`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.k2, |distinct, table| self.estimate_from(distinct, table))
    }

    /// The estimate of a cloud with its table of at least `k2` neighbours; repeated points count as any others.
    ///
    /// # Errors
    ///
    /// See [`CorrInt`]; and if cloud and table differ in their numbers of points.
    pub fn estimate_from<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        table: &NeighborTable,
    ) -> Result<Estimate, Error> {
        check_n_neighbors(self.k2, 1, table, "at most that of the table (`k2`)")?;
        if self.k1 == 0 || self.k1 >= self.k2 {
            let (argument, value) = ("k1", self.k1 as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "from 1 to below `k2`" }.into());
        }
        if cloud.n_points() != table.n_points() {
            let (expected, got) = (cloud.n_points(), table.n_points());
            return Err(InputKind::ShapeMismatch { argument: "table", expected, got }.into());
        }
        let radii = [median_distance(table, self.k1), median_distance(table, self.k2)];
        let [near, far] = count_neighbors(cloud, radii);
        let total = |counts: &[u32]| counts.iter().map(|&count| f64::from(count)).sum::<f64>();
        let (near_total, far_total) = (total(&near), total(&far));
        if near_total == 0.0 || radii[0] == 0.0 || radii[0] >= radii[1] {
            return Err(Error::undefined("correlation integral", Undefined::NoSpread));
        }
        let growth = (radii[1] / radii[0]).ln();
        let value = (far_total / near_total).ln() / growth;
        let shares = near.iter().zip(&far);
        let influences =
            shares.map(|(&near, &far)| f64::from(far) / far_total - f64::from(near) / near_total);
        let squares: f64 = influences.map(|influence| influence * influence).sum();
        Ok(Estimate::with_standard_error(value, 2.0 * squares.sqrt() / growth, cloud.n_points(), 0))
    }
}

/// The median over points of the distance to neighbour number `k`; the mean of the middle two of an even number.
fn median_distance(table: &NeighborTable, k: usize) -> f64 {
    let n = table.n_points();
    let mut distances: Vec<f64> = (0..n).map(|i| table.distances(i)[k - 1]).collect();
    distances.sort_unstable_by(f64::total_cmp);
    0.5 * (distances[(n - 1) / 2] + distances[n / 2])
}

/// For each of two ascending radii, the number of points nearer than it to each point.
fn count_neighbors<S: Scalar>(cloud: &PointCloud<S>, radii: [f64; 2]) -> [Vec<u32>; 2] {
    let n = cloud.n_points();
    let tiles = Tiles::new(cloud, (0..n as u32).collect());
    let counts = [0, 1].map(|_| (0..n).map(|_| AtomicU32::new(0)).collect::<Vec<_>>());
    tiles.visit(|_, _| true, |tile| count_in_tile(&tiles, &tile, radii, &counts));
    counts.map(|counts| counts.into_iter().map(AtomicU32::into_inner).collect())
}

fn count_in_tile<S: Scalar>(
    tiles: &Tiles<'_, S>,
    tile: &Tile<'_, S>,
    radii: [f64; 2],
    counts: &[Vec<AtomicU32>; 2],
) {
    // Room for the rounding of the square.
    let square = S::from_f64(radii[1] * radii[1] * (1.0 + 8.0 * S::ROUNDING));
    for row in tile.rows.clone() {
        for column in tile.find(row, tile.columns_before(row), square - tiles.squares()[row]) {
            let distance = tiles.distance(row, column).to_f64();
            for (radius, counts) in radii.iter().zip(counts) {
                if distance < *radius {
                    // Whole numbers, so the order of additions does not matter.
                    counts[row].fetch_add(1, Ordering::Relaxed);
                    counts[column].fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DistanceMatrix, synthetic};

    fn assert_counts_are_exact<S: Scalar>(cloud: &PointCloud<S>) {
        let distances = DistanceMatrix::from_cloud(cloud);
        let n = cloud.n_points();
        let radii = [distances.get(1, 0).to_f64(), distances.get(3, 2).to_f64() * 1.5];
        let counts = count_neighbors(cloud, radii);
        for (radius, counts) in radii.iter().zip(counts) {
            let near = |i: usize| {
                (0..n).filter(|&j| j != i && distances.get(i.max(j), i.min(j)).to_f64() < *radius).count()
            };
            assert!((0..n).all(|i| counts[i] as usize == near(i)));
        }
    }

    #[test]
    fn counts_equal_those_of_all_distances() {
        let cloud = synthetic::gaussian(600, 6, 3).unwrap();
        assert_counts_are_exact(&cloud);
        let shifted = cloud.values().iter().map(|&x| (1000.0 + x) as f32).collect();
        assert_counts_are_exact(&PointCloud::new(shifted, 600, 6).unwrap());
    }

    #[test]
    fn the_standard_error_covers_the_spread_over_clouds() {
        let estimates: Vec<_> = (0..200)
            .map(|seed| CorrInt::new().estimate(&synthetic::clifford_torus(200, seed).unwrap()).unwrap())
            .collect();
        let mean = estimates.iter().map(|e| e.value).sum::<f64>() / 200.0;
        let variance = estimates.iter().map(|e| (e.value - mean).powi(2)).sum::<f64>() / 199.0;
        let stated = estimates.iter().map(|e| e.standard_error).sum::<f64>() / 200.0;
        assert!((0.6..1.0).contains(&(variance.sqrt() / stated)), "{} against {stated}", variance.sqrt());
    }

    #[test]
    fn settings_out_of_range_and_lattices_are_errors() {
        let cloud = synthetic::gaussian(30, 2, 0).unwrap();
        assert!(CorrInt::new().k1(0).estimate(&cloud).is_err());
        assert!(CorrInt::new().k1(20).estimate(&cloud).unwrap_err().to_string().contains("`k1`"));
        assert!(CorrInt::new().k2(30).estimate(&cloud).is_err());
        let table = NeighborTable::new(&cloud, 20).unwrap();
        let fewer = cloud.select(&[0, 1]).unwrap();
        assert!(CorrInt::new().estimate_from(&fewer, &table).unwrap_err().to_string().contains("`table`"));
        let corners = PointCloud::new(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 4, 2).unwrap();
        assert!(CorrInt::new().k1(1).k2(2).estimate(&corners).unwrap_err().is_undefined());
    }
}

//! The tight localities estimator of Amsaleg et al.

use rayon::prelude::*;

use super::Estimate;
use super::pointwise::{check_n_neighbors, estimate_distinct, mean_estimate};
use crate::error::{Error, InputKind, SettingKind};
use crate::metric::{Euclidean, distances_to};
use crate::{NeighborTable, PointCloud, Scalar};

/// The dimension from all distances between the neighbours of a point, averaged over points.
///
/// Within the ball of radius $r = T_k$ around a point, each neighbour $x_i$ at distance $u_i$ serves as another centre, as does its
/// reflection $2x - x_i$. From it neighbour $x_j$ at distance $v$ counts with the radius of the ball that touches the outer one there,
/// $s(v) = \frac{r}{2 (r^2 - u_i^2)} \left(\sqrt{b^2 + 4 v^2 (r^2 - u_i^2)} - b\right)$ with $b = u_i^2 + v^2 - u_j^2$, where the
/// squared distance from the reflection is $2 u_i^2 + 2 u_j^2 - v^2$. With $s_{ij}$ and $t_{ij}$ these measurements,
/// $\hat d = -2 k^2 / \left(\sum_{i \ne j} \ln \frac{s_{ij}}{r} + \sum_{i \ne j} \ln \frac{t_{ij}}{r} + 2 \sum_i \ln \frac{u_i}{r}\right)$.
///
/// Measurements below [`epsilon`](Self::epsilon) times $r$ are left out, and not counted in $k^2$ either. (scikit-dimension compares with
/// epsilon itself, so that its result depends on the units.)
///
/// The standard error is the spread over $\sqrt n$, times 1.3 since neighbours share neighbours (simulated).
///
/// # Errors
///
/// If `n_neighbors` is below 2 or not below the number of distinct points, if `epsilon` is not from 0 to below 1, or if no point
/// has neighbours at different distances.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(n k^2 D)$ for the estimate, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{Tle, synthetic};
///
/// let plane = synthetic::uniform_cube(500, 2, 0)?;
/// assert!((Tle::new().estimate(&plane)?.value - 2.0).abs() < 0.3);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `amsaleg2019`
#[derive(Debug, Clone)]
pub struct Tle {
    n_neighbors: usize,
    epsilon: f64,
}

impl Default for Tle {
    fn default() -> Self {
        Self::new()
    }
}

impl Tle {
    /// 20 neighbours, epsilon 1e-4 (as in scikit-dimension).
    pub fn new() -> Self {
        Self { n_neighbors: 20, epsilon: 1e-4 }
    }

    /// The number of neighbours, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors, ..self }
    }

    /// The smallest measurement used, relative to the distance of the k-th neighbour.
    #[must_use]
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// The mean estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Tle`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        estimate_distinct(cloud, self.n_neighbors, |distinct, table| self.estimate_from(distinct, table))
    }

    /// The mean estimate of a cloud with its table of at least `n_neighbors` neighbours; points at distance 0 from a neighbour and
    /// points without a finite estimate are dropped.
    ///
    /// # Errors
    ///
    /// See [`Tle`].
    pub fn estimate_from<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        table: &NeighborTable,
    ) -> Result<Estimate, Error> {
        mean_estimate("tle", &self.pointwise(cloud, table)?, table.n_points())
    }

    /// The estimates at the single points, in their order; points at distance 0 from a neighbour are left out. Infinite
    /// where all measurements are equal or left out.
    ///
    /// # Errors
    ///
    /// If a setting is out of range, or cloud and table differ in their numbers of points.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{NeighborTable, Tle, synthetic};
    ///
    /// let cloud = synthetic::uniform_cube(100, 2, 0)?;
    /// let table = NeighborTable::new(&cloud, 20)?;
    /// assert_eq!(Tle::new().pointwise(&cloud, &table)?.len(), 100);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        table: &NeighborTable,
    ) -> Result<Vec<f64>, Error> {
        check_n_neighbors(self.n_neighbors, 2, table, "2 or more, and at most that of the table")?;
        if !(0.0..1.0).contains(&self.epsilon) {
            let (argument, value) = ("epsilon", self.epsilon);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "from 0 to below 1" }.into());
        }
        if cloud.n_points() != table.n_points() {
            let (expected, got) = (cloud.n_points(), table.n_points());
            return Err(InputKind::ShapeMismatch { argument: "table", expected, got }.into());
        }
        let distinct: Vec<usize> =
            (0..table.n_points()).filter(|&point| table.distances(point)[0] > 0.0).collect();
        Ok(distinct.into_par_iter().map(|point| self.at_point(cloud, table, point)).collect())
    }

    /// Distances are taken relative to that of the k-th neighbour.
    fn at_point<S: Scalar>(&self, cloud: &PointCloud<S>, table: &NeighborTable, point: usize) -> f64 {
        let k = self.n_neighbors;
        let radius = table.distances(point)[k - 1];
        let centre: Vec<f64> = table.distances(point)[..k].iter().map(|distance| distance / radius).collect();
        let rows: Vec<&[S]> = table.indices(point)[..k].iter().map(|&i| cloud.point(i)).collect();
        let mut sum = Measurements::default();
        let mut between = vec![S::ZERO; k];
        for i in 1..k {
            distances_to::<Euclidean, S>(rows[i], rows[..i].iter().copied(), &mut between[..i]);
            for (j, distance) in between[..i].iter().enumerate() {
                let square = (distance.to_f64() / radius).powi(2);
                let reflected = 2.0 * (centre[i] * centre[i] + centre[j] * centre[j]) - square;
                for (from, to) in [(centre[i], centre[j]), (centre[j], centre[i])] {
                    sum.add_pair([square, reflected].map(|v| measurement(from, to, v)), self.epsilon);
                }
            }
        }
        for distance in centre {
            sum.add_distance(distance, self.epsilon);
        }
        sum.dimension()
    }
}

/// $s$ with $r = 1$, from centre distances and the squared distance between, in the form that does not cancel.
fn measurement(from: f64, to: f64, square: f64) -> f64 {
    let square = square.max(0.0);
    let gap = 1.0 - from * from;
    let b = from * from + square - to * to;
    let root = (b * b + 4.0 * square * gap).sqrt();
    if b > 0.0 { 2.0 * square / (root + b) } else { (root - b) / (2.0 * gap) }
}

/// The sums of the logarithms, and of their weights.
#[derive(Default)]
struct Measurements {
    logarithms: f64,
    weight: f64,
}

impl Measurements {
    /// Both measurements of a pair, or none.
    fn add_pair(&mut self, pair: [f64; 2], epsilon: f64) {
        if pair.iter().all(|&measured| measured > 0.0 && measured >= epsilon && measured.is_finite()) {
            self.logarithms += pair[0].ln() + pair[1].ln();
            self.weight += 2.0;
        }
    }

    fn add_distance(&mut self, distance: f64, epsilon: f64) {
        if distance >= epsilon {
            self.logarithms += 2.0 * distance.ln();
            self.weight += 2.0;
        }
    }

    fn dimension(&self) -> f64 {
        if self.logarithms < 0.0 { -self.weight / self.logarithms } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn a_measurement_is_the_radius_of_the_touching_ball() {
        // Centre distances 0.5 and 0.3 at a right angle: the ball through x_j around a centre between x and x_i.
        let (from, to) = (0.5_f64, 0.3_f64);
        let square = from * from + to * to;
        let s = measurement(from, to, square);
        // The ball of radius s centred at (1 - s) x_i touches the unit ball in the direction of x_i iff it holds x_j.
        let centre = from * (1.0 - s);
        let (x, y) = (centre, to);
        assert!((x.hypot(y) - s).abs() < 1e-12, "{s}");
        assert!((measurement(1.0, 0.3, 1.09) - 1.09 / (1.0 + 1.09 - 0.09)).abs() < 1e-12);
    }

    #[test]
    fn does_not_depend_on_the_units() {
        let cloud = synthetic::gaussian(100, 5, 4).unwrap();
        let small = PointCloud::new(cloud.values().iter().map(|x| x * 1e-6).collect(), 100, 5).unwrap();
        let (a, b) = (Tle::new().estimate(&cloud).unwrap(), Tle::new().estimate(&small).unwrap());
        assert!((a.value / b.value - 1.0).abs() < 1e-9);
    }

    #[test]
    fn settings_out_of_range_and_lattices_are_errors() {
        let cloud = synthetic::gaussian(30, 2, 0).unwrap();
        assert!(Tle::new().n_neighbors(1).estimate(&cloud).is_err());
        assert!(Tle::new().epsilon(1.0).estimate(&cloud).unwrap_err().to_string().contains("`epsilon`"));
        let table = NeighborTable::new(&cloud, 20).unwrap();
        assert!(Tle::new().pointwise(&cloud.select(&[0]).unwrap(), &table).is_err());
        let repeated = cloud.select(&(0..30).chain(0..3).collect::<Vec<_>>()).unwrap();
        assert_eq!(Tle::new().estimate(&repeated).unwrap().n_dropped, 3);
    }
}

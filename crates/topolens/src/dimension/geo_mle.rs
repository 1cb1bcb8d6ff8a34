//! Maximum likelihood of neighbour distances, extrapolated to neighbourhoods of no size.

use rand::RngExt;
use rayon::prelude::*;

use super::Estimate;
use super::pointwise::{estimate_distinct_by_size, mean_estimate};
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::random::generator;
use crate::{NeighborTable, PointCloud, Scalar};

/// The local maximum-likelihood dimension as a function of the neighbourhood's radius, extrapolated to radius 0: this takes away the bias of
/// curvature and of a density that is not constant.
///
/// From 20 bootstrap samples of the cloud (the distinct points of $n$ draws with replacement), for every $k$ of `n_neighbors_range` at every point: the
/// mean over the samples of $\hat m_k = (k - 2) / \sum_{j<k} \ln (T_k / T_j)$, its standard deviation $s_k$, and the mean radius $R_k$ of $T_k$. The
/// estimate at the point is $c$ of the weighted ridge regression
///
/// $$\min_{a, b, c} \sum_k s_k^{-1} (a R_k + b R_k^2 + c - \hat m_k)^2 + \lambda (a^2 + b^2), \quad \lambda = 0.005,$$
///
/// and that of the cloud their mean, within 0 and the number of features. $R_k$ is in units of its mean over the cloud and $k$, so that the estimate
/// does not depend on the unit (in the authors' program it does, through $\lambda$).
///
/// Bootstrap samples are read off the neighbours of the whole cloud.
///
/// # Errors
///
/// If the range of neighbours does not begin at 3 or more and hold 4 numbers or more, the distinct points are fewer than twice the largest, or no point
/// has neighbours at different distances.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, then $O(n k)$ for each bootstrap sample.
///
/// # Examples
///
/// ```
/// use topolens::{GeoMle, Mle, synthetic};
///
/// let ball = synthetic::uniform_cube(1000, 10, 0)?;
/// let (corrected, plain) = (GeoMle::new().estimate(&ball)?, Mle::new().estimate(&ball)?);
/// assert!(plain.value < 8.5 && corrected.value > 8.8);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `gomtsyan2019`
#[derive(Debug, Clone)]
pub struct GeoMle {
    first: usize,
    last: usize,
    seed: u64,
}

impl Default for GeoMle {
    fn default() -> Self {
        Self::new()
    }
}

const N_SAMPLES: usize = 20;
const PENALTY: f64 = 5e-3;

impl GeoMle {
    /// 10 to 40 neighbours, seed 0.
    pub fn new() -> Self {
        Self { first: 10, last: 40, seed: 0 }
    }

    /// The numbers of neighbours $k$.
    #[must_use]
    pub fn n_neighbors_range(self, range: std::ops::RangeInclusive<usize>) -> Self {
        Self { first: *range.start(), last: *range.end(), ..self }
    }

    /// The seed of the bootstrap samples.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The neighbours that a table must list: a bootstrap sample holds 63 % of them, and almost never fewer than `last`.
    pub(super) fn n_listed(&self, n_points: usize) -> usize {
        (self.last * 14).div_ceil(5).min(n_points.saturating_sub(1)).max(1)
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`GeoMle`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        let n_neighbors = |n_points| self.ensure_valid(n_points).map(|()| self.n_listed(n_points));
        estimate_distinct_by_size(cloud, n_neighbors, |distinct, table| {
            self.estimate_from_neighbors(table, distinct.n_features())
        })
    }

    /// The estimate from a table of 2.8 times the largest number of neighbours, or of all other points if there are fewer; `n_features` is the most that
    /// the dimension can be.
    ///
    /// # Errors
    ///
    /// See [`GeoMle`].
    pub fn estimate_from_neighbors(
        &self,
        table: &NeighborTable,
        n_features: usize,
    ) -> Result<Estimate, Error> {
        let pointwise = self.pointwise(table)?;
        let found = mean_estimate("geo-mle", &pointwise, table.n_points())?;
        let within = |x: f64| x.clamp(0.0, n_features as f64);
        let (value, lower, upper) = (within(found.value), within(found.lower), within(found.upper));
        if value <= 0.0 {
            return Err(Error::undefined("geo-mle", Undefined::NoSpread));
        }
        Ok(Estimate { value, lower, upper, ..found })
    }

    /// The estimates at the single points, in their order; infinite where neighbours are equally far.
    ///
    /// # Errors
    ///
    /// See [`GeoMle`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{GeoMle, NeighborTable, synthetic};
    ///
    /// let table = NeighborTable::new(&synthetic::sphere(500, 2, 0)?, 112)?;
    /// assert_eq!(GeoMle::new().pointwise(&table)?.len(), 500);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise(&self, table: &NeighborTable) -> Result<Vec<f64>, Error> {
        self.ensure_valid(table.n_points())?;
        if self.n_listed(table.n_points()) > table.n_neighbors() {
            let (argument, value) = ("n_neighbors", self.last as f64);
            let allowed = "5/14 of the neighbours of the table or less";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        let members = bootstrap_members(table.n_points(), self.seed);
        let courses: Vec<Course> =
            (0..table.n_points()).into_par_iter().map(|point| self.course(table, point, &members)).collect();
        let radii = courses.iter().flat_map(|course| &course.radii);
        let (total, count) = radii.fold((0.0, 0), |(total, count), radius| (total + radius, count + 1));
        let unit = total / f64::from(count);
        Ok(courses.iter().map(|course| course.at_radius_zero(unit)).collect())
    }

    fn ensure_valid(&self, n_points: usize) -> Result<(), Error> {
        if self.first < 3 || self.last < self.first + 3 {
            let (argument, value) = ("n_neighbors_range", self.first as f64);
            let allowed = "a range of 4 numbers or more that begins at 3 or more";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        if n_points < 2 * self.last {
            let (needed, got) = (2 * self.last, n_points);
            return Err(InputKind::TooFewPoints { quantity: "geo-mle", needed, got }.into());
        }
        Ok(())
    }

    /// Radius, dimension and its spread by number of neighbours at one point, over the bootstrap samples that hold enough of its neighbours.
    fn course(&self, table: &NeighborTable, point: usize, members: &[u32]) -> Course {
        let listed = table.indices(point).iter().zip(table.distances(point));
        let listed: Vec<(u32, f64, f64)> =
            listed.map(|(&index, &distance)| (members[index], distance, distance.ln())).collect();
        let n_scales = self.last - self.first + 1;
        let mut moments = vec![Moments::default(); n_scales];
        let mut own = Vec::with_capacity(n_scales);
        for sample in 0..N_SAMPLES {
            own.clear();
            let drawn = listed.iter().filter(|(held, ..)| held >> sample & 1 == 1);
            let mut logarithms = 0.0;
            for (k, &(_, distance, logarithm)) in (1..=self.last).zip(drawn) {
                if k >= self.first {
                    own.push((distance, (k - 2) as f64 / ((k - 1) as f64 * logarithm - logarithms)));
                }
                logarithms += logarithm;
            }
            if own.len() == n_scales {
                moments.iter_mut().zip(&own).for_each(|(moments, own)| moments.add(*own));
            }
        }
        Course::new(&moments)
    }
}

/// For every point, one bit per bootstrap sample: whether it holds the point.
fn bootstrap_members(n_points: usize, seed: u64) -> Vec<u32> {
    let mut members = vec![0; n_points];
    for sample in 0..N_SAMPLES {
        let mut random = generator(seed, sample as u64);
        for _ in 0..n_points {
            members[random.random_range(0..n_points)] |= 1 << sample;
        }
    }
    members
}

/// Sums over bootstrap samples.
#[derive(Debug, Clone, Default)]
struct Moments {
    n: f64,
    radius: f64,
    dimension: f64,
    dimension_squared: f64,
}

impl Moments {
    fn add(&mut self, (radius, dimension): (f64, f64)) {
        self.n += 1.0;
        self.radius += radius;
        self.dimension += dimension;
        self.dimension_squared += dimension * dimension;
    }
}

/// By number of neighbours: the radius, the dimension, and the inverse of its standard deviation.
struct Course {
    radii: Vec<f64>,
    dimensions: Vec<f64>,
    weights: Vec<f64>,
}

impl Course {
    fn new(moments: &[Moments]) -> Self {
        let weight = |m: &Moments| {
            let squares = m.dimension_squared - m.dimension * m.dimension / m.n;
            (squares / (m.n - 1.0)).sqrt().recip()
        };
        Self {
            radii: moments.iter().map(|m| m.radius / m.n).collect(),
            dimensions: moments.iter().map(|m| m.dimension / m.n).collect(),
            weights: moments.iter().map(weight).collect(),
        }
    }

    /// The intercept of the regression, radii in units of `unit`.
    fn at_radius_zero(&self, unit: f64) -> f64 {
        let total: f64 = self.weights.iter().sum();
        let mean = |of: &dyn Fn(usize) -> f64| {
            self.weights.iter().enumerate().map(|(k, weight)| weight * of(k)).sum::<f64>() / total
        };
        let radius = |k: usize| self.radii[k] / unit;
        let (first, second) = (mean(&radius), mean(&|k| radius(k).powi(2)));
        let centre = mean(&|k| self.dimensions[k]);
        let (x, y) = (|k: usize| radius(k) - first, |k: usize| radius(k).powi(2) - second);
        let z = |k: usize| self.dimensions[k] - centre;
        let (xx, yy) = (total * mean(&|k| x(k) * x(k)) + PENALTY, total * mean(&|k| y(k) * y(k)) + PENALTY);
        let (xy, xz, yz) = (mean(&|k| x(k) * y(k)), mean(&|k| x(k) * z(k)), mean(&|k| y(k) * z(k)));
        let (xy, xz, yz) = (total * xy, total * xz, total * yz);
        let determinant = xx * yy - xy * xy;
        let (slope, curvature) = ((yy * xz - xy * yz) / determinant, (xx * yz - xy * xz) / determinant);
        let intercept = centre - slope * first - curvature * second;
        if intercept.is_finite() { intercept } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn bootstrap_samples_hold_two_thirds_of_the_points() {
        let members = bootstrap_members(5000, 3);
        for sample in 0..N_SAMPLES {
            let held = members.iter().filter(|&held| held >> sample & 1 == 1).count() as f64 / 5000.0;
            assert!((held - 0.632).abs() < 0.02, "{held}");
        }
    }

    #[test]
    fn a_parabola_is_extrapolated_to_zero_up_to_the_penalty() {
        let radii: Vec<f64> = (0..31).map(|k| 1.0 + 0.05 * f64::from(k)).collect();
        let dimensions = radii.iter().map(|r| 7.0 - 2.0 * r + 0.4 * r * r).collect();
        let weights = radii.iter().map(|r| 1e6 / r).collect();
        let course = Course { radii, dimensions, weights };
        assert!(
            (course.at_radius_zero(1.0) - 7.0).abs() < 1e-4
                && (course.at_radius_zero(9.0) - 7.0).abs() < 0.05
        );
    }

    #[test]
    fn the_standard_error_is_the_spread_over_clouds() {
        let of = |seed| GeoMle::new().estimate(&synthetic::sphere(400, 4, seed).unwrap()).unwrap();
        let found: Vec<Estimate> = (0..40).map(of).collect();
        let mean = found.iter().map(|e| e.value).sum::<f64>() / 40.0;
        let spread = (found.iter().map(|e| (e.value - mean).powi(2)).sum::<f64>() / 39.0).sqrt();
        let stated = found.iter().map(|e| e.standard_error).sum::<f64>() / 40.0;
        assert!((0.5..2.0).contains(&(spread / stated)), "{spread} {stated}");
    }

    #[test]
    fn settings_out_of_range_and_small_clouds_are_errors() {
        let cloud = synthetic::gaussian(90, 2, 1).unwrap();
        let message = |settings: GeoMle, cloud| settings.estimate(cloud).unwrap_err().to_string();
        assert!(message(GeoMle::new().n_neighbors_range(2..=30), &cloud).contains("`n_neighbors_range`"));
        assert!(message(GeoMle::new().n_neighbors_range(10..=12), &cloud).contains("`n_neighbors_range`"));
        assert!(message(GeoMle::new().n_neighbors_range(10..=50), &cloud).contains("100"));
        let table = NeighborTable::new(&cloud, 40).unwrap();
        assert!(GeoMle::new().pointwise(&table).unwrap_err().to_string().contains("5/14"));
    }
}

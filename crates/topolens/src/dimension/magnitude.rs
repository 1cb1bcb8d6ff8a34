//! Magnitude, positive magnitude, and the dimension from the growth of magnitude.

use std::borrow::Cow;

use super::Estimate;
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::linear_algebra::solve_positive_definite;
use crate::statistics::{half_samples, linear_regression};
use crate::{DistanceMatrix, PointCloud, Scalar, subsample};

/// The magnitude $|tX| = \sum_i w_i$ with the weights $w$ that solve $\zeta w = 1$, $\zeta_{ij} = e^{-t d_{ij}}$: the effective
/// number of points seen at scale $1/t$, from 1 for small to $n$ for large $t$.
///
/// # Units
///
/// `scale`, $t$: the inverse of those of the distances. The result is dimensionless.
///
/// # Errors
///
/// If `scale` is not positive and finite, a distance is zero or infinite, or $\zeta$ is not positive definite: `scale` is so small
/// that it is not up to rounding.
///
/// # Complexity
///
/// $O(n^3)$ time, $O(n^2)$ memory.
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, PointCloud, magnitude};
///
/// let two = DistanceMatrix::from_cloud(&PointCloud::new(vec![0.0, 3.0], 2, 1)?);
/// assert!((magnitude(&two, 0.5)? - 2.0 / (1.0 + (-1.5_f64).exp())).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `leinster2013`
pub fn magnitude<S: Scalar>(distances: &DistanceMatrix<S>, scale: f64) -> Result<f64, Error> {
    Ok(weights(distances, scale)?.iter().sum())
}

/// The positive magnitude $\text{PMag}(tX) = \sum_i \max(w_i, 0)$, see [`magnitude`].
///
/// # Errors
///
/// See [`magnitude`].
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, magnitude, positive_magnitude, synthetic};
///
/// let distances = DistanceMatrix::from_cloud(&synthetic::gaussian(50, 2, 0)?);
/// assert!(positive_magnitude(&distances, 1.0)? > magnitude(&distances, 1.0)?);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `andreeva2024`
pub fn positive_magnitude<S: Scalar>(distances: &DistanceMatrix<S>, scale: f64) -> Result<f64, Error> {
    Ok(weights(distances, scale)?.iter().map(|weight| weight.max(0.0)).sum())
}

fn weights<S: Scalar>(distances: &DistanceMatrix<S>, scale: f64) -> Result<Vec<f64>, Error> {
    if !(scale > 0.0 && scale.is_finite()) {
        let allowed = "a positive number";
        return Err(SettingKind::OutOfRange { argument: "scale", value: scale, allowed }.into());
    }
    let n_points = distances.n_points();
    let mut similarities = vec![1.0; n_points * n_points];
    for row in 0..n_points {
        for column in 0..row {
            let distance = distances.get(row, column).to_f64();
            if distance == 0.0 || distance.is_infinite() {
                return Err(Error::undefined("magnitude", Undefined::SimilaritiesSingular { scale }));
            }
            similarities[row * n_points + column] = (-scale * distance).exp();
        }
    }
    let found = solve_positive_definite(&similarities, &vec![1.0; n_points]);
    let found = found.filter(|weights| weights.iter().all(|weight| weight.is_finite()));
    found.ok_or(Error::undefined("magnitude", Undefined::SimilaritiesSingular { scale }))
}

/// The dimension from the slope of $\ln |tX|$ against $\ln t$, where the magnitude $|tX|$ lies between $n^{1/2}$ and $n^{2/3}$.
///
/// There the cloud looks neither like one point nor like $n$ points far apart. A line is laid through 8 scales, geometrically
/// spaced. Larger clouds are replaced by a random subsample of [`max_points`](Self::max_points). The standard error is the
/// spread of the slope over 10 random halves at the same scales. The estimate is low: a finite cloud shows
/// its edge at large scales and its single points at small ones, and in between the slope stays below the dimension (1.6 for a
/// square, 1.9 for a sphere, 2.4 for a cube of dimension 5, all of 500 points).
///
/// # Errors
///
/// If there are fewer than 16 distinct points or `max_points` is below 16, or the magnitude cannot be computed, see [`magnitude`].
///
/// # Complexity
///
/// $O(m^3)$ time, $O(m^2)$ memory for $m = \min(n, \text{max\_points})$.
///
/// # Examples
///
/// ```
/// use topolens::{MagnitudeDimension, synthetic};
///
/// let circle = synthetic::circle(300, 0)?;
/// let estimate = MagnitudeDimension::new().estimate(&circle)?;
/// assert!((estimate.value - 1.0).abs() < 0.1);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `andreeva2024`, `leinster2013`
#[derive(Debug, Clone)]
pub struct MagnitudeDimension {
    max_points: usize,
    seed: u64,
}

impl Default for MagnitudeDimension {
    fn default() -> Self {
        Self::new()
    }
}

/// Scales on the line.
const N_SCALES: usize = 8;
/// Halves whose spread is the standard error.
const N_HALVES: usize = 10;
/// With fewer points $n^{1/2}$ and $n^{2/3}$ are too near each other.
const FEWEST: usize = 16;

impl MagnitudeDimension {
    /// At most 500 points; seed 0.
    pub fn new() -> Self {
        Self { max_points: 500, seed: 0 }
    }

    /// The most points used; of larger clouds a random subsample.
    #[must_use]
    pub fn max_points(self, max_points: usize) -> Self {
        Self { max_points, ..self }
    }

    /// The seed of the subsample and the halves.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`MagnitudeDimension`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        if self.max_points < FEWEST {
            let (argument, value) = ("max_points", self.max_points as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "16 or more" }.into());
        }
        let (mut points, n_dropped) = cloud.distinct();
        let n_distinct = points.n_points();
        if n_distinct < FEWEST {
            let (quantity, needed) = ("magnitude-dimension", FEWEST);
            return Err(InputKind::TooFewPoints { quantity, needed, got: n_distinct }.into());
        }
        if n_distinct > self.max_points {
            points = Cow::Owned(points.select(&subsample(n_distinct, self.max_points, self.seed, 0)?)?);
        }
        let distances = DistanceMatrix::from_cloud(&points);
        let n_points = points.n_points();
        let logarithms = logarithms_of_scales(&distances)?;
        let value = slope(&distances, &logarithms)?;
        let halves = half_samples(n_points, N_HALVES, self.seed)?;
        let halves: Result<Vec<f64>, Error> =
            halves.iter().map(|half| slope(&distances.select(half)?, &logarithms)).collect();
        Ok(Estimate::from_half_samples(value, &halves?, n_points, n_dropped))
    }
}

/// The logarithms of scales between those where the magnitude is $n^{1/2}$ and $n^{2/3}$.
fn logarithms_of_scales<S: Scalar>(distances: &DistanceMatrix<S>) -> Result<Vec<f64>, Error> {
    let n = distances.n_points() as f64;
    let (low, high) = (scale_of(distances, n.sqrt())?, scale_of(distances, n.powf(2.0 / 3.0))?);
    let step = (high - low) / (N_SCALES as f64 - 1.0);
    Ok((0..N_SCALES).map(|at| low + step * at as f64).collect())
}

/// The logarithm of the scale at which the magnitude, which grows with the scale, is `wanted`.
fn scale_of<S: Scalar>(distances: &DistanceMatrix<S>, wanted: f64) -> Result<f64, Error> {
    const STEPS: usize = 10;
    // From this scale on the points hardly see each other.
    let n_points = distances.n_points();
    let nearest = |row: usize| {
        let others = (0..n_points).filter(|&other| other != row);
        others.map(|other| distances.get(row, other).to_f64()).fold(f64::INFINITY, f64::min)
    };
    let least = (0..n_points).map(nearest).fold(0.0, f64::max);
    let mut high = (20.0 / least).ln();
    let mut low = high;
    while magnitude(distances, low.exp())? > wanted {
        high = low;
        low -= 1.0;
    }
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        if magnitude(distances, middle.exp())? > wanted { high = middle } else { low = middle }
    }
    Ok(f64::midpoint(low, high))
}

fn slope<S: Scalar>(distances: &DistanceMatrix<S>, logarithms: &[f64]) -> Result<f64, Error> {
    let magnitudes = logarithms.iter().map(|scale| Ok(magnitude(distances, scale.exp())?.ln()));
    let magnitudes = magnitudes.collect::<Result<Vec<f64>, Error>>()?;
    Ok(linear_regression(logarithms, &magnitudes)?.slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn equidistant_points_and_pairs_have_the_closed_form() {
        // n points at distance d: n / (1 + (n - 1) exp(-t d)).
        let simplex =
            PointCloud::new((0..25).map(|at| f64::from(u8::from(at % 6 == 0))).collect(), 5, 5).unwrap();
        let distances = DistanceMatrix::from_cloud(&simplex);
        for scale in [0.1, 1.0, 7.0] {
            let expected = 5.0 / (1.0 + 4.0 * (-scale * 2.0_f64.sqrt()).exp());
            assert!((magnitude(&distances, scale).unwrap() - expected).abs() < 1e-9);
            assert!((positive_magnitude(&distances, scale).unwrap() - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn points_of_a_line_have_the_closed_form() {
        // Leinster: 1 + sum of tanh(t gap / 2) over consecutive points.
        let places = [0.0_f64, 0.3, 1.0, 1.1, 4.0];
        let distances = DistanceMatrix::from_cloud(&PointCloud::new(places.to_vec(), 5, 1).unwrap());
        let expected: f64 = 1.0 + places.windows(2).map(|two| ((two[1] - two[0]) * 0.85).tanh()).sum::<f64>();
        assert!((magnitude(&distances, 1.7).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn manifolds_have_about_their_dimension() {
        let of = |cloud: &PointCloud<f64>| MagnitudeDimension::new().estimate(cloud).unwrap();
        for (cloud, dimension) in [
            (synthetic::circle(800, 1).unwrap(), 1.0),
            (synthetic::uniform_cube(500, 2, 1).unwrap(), 2.0),
            (synthetic::sphere(500, 2, 1).unwrap(), 2.0),
        ] {
            let found = of(&cloud);
            assert!((0.75..1.05).contains(&(found.value / dimension)), "{dimension}: {found:?}");
            assert!(found.standard_error > 0.0 && found.standard_error < 0.2 * dimension, "{found:?}");
        }
    }

    #[test]
    fn what_has_no_magnitude_is_an_error() {
        let cloud = synthetic::gaussian(20, 2, 0).unwrap();
        let distances = DistanceMatrix::from_cloud(&cloud.select(&[0, 1, 1]).unwrap());
        assert!(magnitude(&distances, 1.0).unwrap_err().is_undefined());
        assert!(magnitude(&distances, 0.0).unwrap_err().to_string().contains("`scale`"));
        assert!(MagnitudeDimension::new().max_points(3).estimate(&cloud).is_err());
        assert!(MagnitudeDimension::new().estimate(&cloud.select(&[0, 1, 2]).unwrap()).is_err());
        // Repeated points are dropped, and the units do not matter.
        let repeated = cloud.select(&(0..20).chain(0..3).collect::<Vec<_>>()).unwrap();
        let found = MagnitudeDimension::new().estimate(&repeated).unwrap();
        assert_eq!((found.n_points, found.n_dropped), (20, 3));
        let scaled: Vec<f64> = cloud.values().iter().map(|x| 1024.0 * x).collect();
        let scaled = MagnitudeDimension::new().estimate(&PointCloud::new(scaled, 20, 2).unwrap()).unwrap();
        assert!((scaled.value / found.value - 1.0).abs() < 1e-6);
    }
}

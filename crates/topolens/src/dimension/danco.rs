//! Dimensionality from angle and norm concentration.

use std::borrow::Cow;

use rayon::prelude::*;
use statrs::function::gamma::digamma;

use super::pointwise::distinct_rows;
use super::{Estimate, MindMl};
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::statistics::half_samples;
use crate::{NeighborTable, PointCloud, Scalar, subsample, synthetic};

/// The dimension of the ball whose neighbourhoods look like those of the cloud: the distances by their concentration (as
/// [`MindMl`] sees it), the angles between neighbours by the parameters of a von Mises distribution.
///
/// With $\hat d$ the estimate of MiND_ML and $\nu, \tau$ the mean direction and concentration of the angles at a point, averaged over points, the
/// estimate minimises over $d$ the sum of two Kullback–Leibler divergences to the same numbers of as many uniform points of a ball of dimension $d$:
///
/// $KL_d = H_k \frac{d_2}{d_1} - 1 - H_{k-1} - \ln \frac{d_2}{d_1} - (k-1) \sum_{i=0}^{k} (-1)^i \binom{k}{i} \psi(1 + i \frac{d_1}{d_2})$ and
/// $KL_{\nu\tau} = \ln \frac{I_0(\tau_2)}{I_0(\tau_1)} + \frac{I_1(\tau_1)}{I_0(\tau_1)} (\tau_1 - \tau_2 \cos(\nu_1 - \nu_2))$.
///
/// (scikit-dimension leaves out the constant $- 1 - H_{k-1}$, so that its divergence of equal distributions is not 0.) The search starts at the estimate of
/// MiND_ML and climbs down by doubling steps, then by bisection; a parabola through the best integer and its neighbours gives the fraction. The standard error
/// is the spread of the estimate over 8 halves of the points against the calibration of the whole.
///
/// # Errors
///
/// If there are not more than `n_neighbors` + 1 distinct points, `n_neighbors` is below 2, the neighbours of all points are equally far, or the best dimension
/// is [`max_dimension`](Self::max_dimension) itself: the true one is there or above.
///
/// # Complexity
///
/// $O(m^2 D)$ for $m = \min(n, \text{max\_points})$ points and as much for each of about ten calibrating balls.
///
/// # Examples
///
/// ```
/// use topolens::{Danco, synthetic};
///
/// let cube = synthetic::uniform_cube(500, 5, 0)?;
/// let estimate = Danco::new().estimate(&cube)?;
/// assert!((estimate.value - 5.0).abs() < 0.7);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `ceruti2014`
#[derive(Debug, Clone)]
pub struct Danco {
    n_neighbors: usize,
    max_dimension: usize,
    max_points: usize,
    seed: u64,
}

impl Default for Danco {
    fn default() -> Self {
        Self::new()
    }
}

/// What is compared: the estimate of MiND_ML, the mean direction and concentration of angles.
#[derive(Debug, Clone, Copy)]
struct Statistics {
    dimension: f64,
    direction: f64,
    concentration: f64,
}

const N_HALVES: usize = 8;

impl Danco {
    /// 10 neighbours, dimensions up to 50 (or the number of features), at most 2000 points; seed 0.
    pub fn new() -> Self {
        Self { n_neighbors: 10, max_dimension: 50, max_points: 2000, seed: 0 }
    }

    /// The number of neighbours, k.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors, ..self }
    }

    /// The highest dimension that is tried.
    #[must_use]
    pub fn max_dimension(self, max_dimension: usize) -> Self {
        Self { max_dimension, ..self }
    }

    /// The most points used; of larger clouds a random subsample.
    #[must_use]
    pub fn max_points(self, max_points: usize) -> Self {
        Self { max_points, ..self }
    }

    /// The seed of the subsample, the balls and the halves.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Danco`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        if self.n_neighbors < 2 || self.max_dimension < 2 {
            let (argument, value) = ("n_neighbors", self.n_neighbors as f64);
            let allowed = "2 or more, as `max_dimension`";
            return Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        }
        let (mut points, n_dropped) = cloud.distinct();
        let needed = 2 * (self.n_neighbors + 2);
        if points.n_points() < needed || self.max_points < needed {
            let got = points.n_points().min(self.max_points);
            return Err(InputKind::TooFewPoints { quantity: "danco", needed, got }.into());
        }
        if points.n_points() > self.max_points {
            points =
                Cow::Owned(points.select(&subsample(points.n_points(), self.max_points, self.seed, 0)?)?);
        }
        let n_points = points.n_points();
        let own = self.statistics(&points)?;
        let bound = self.max_dimension.min(points.n_features());
        let mut balls = Balls { settings: self, n_points, found: vec![None; bound + 1] };
        let value = balls.nearest(own)?;
        let halves = half_samples(n_points, N_HALVES, self.seed)?;
        let mut values = Vec::new();
        for half in &halves {
            // Half of the points see farther neighbours; their own shift is that of the balls', to first order.
            let own = self.statistics(&points.select(half)?)?;
            values.push(own.dimension);
        }
        let spread = Estimate::from_half_samples(own.dimension, &values, n_points, n_dropped);
        let standard_error = spread.standard_error * value / own.dimension;
        Ok(Estimate::with_standard_error(value, standard_error, n_points, n_dropped))
    }

    fn statistics<S: Scalar>(&self, points: &PointCloud<S>) -> Result<Statistics, Error> {
        let table = NeighborTable::new(points, self.n_neighbors + 1)?;
        if distinct_rows(&table, 1).next().is_none() {
            return Err(Error::undefined("danco", Undefined::NoSpread));
        }
        let dimension = MindMl::new().n_neighbors(self.n_neighbors).estimate_from_neighbors(&table)?.value;
        let angles: Vec<(f64, f64)> =
            (0..points.n_points()).into_par_iter().map(|i| self.von_mises(points, &table, i)).collect();
        let n = angles.len() as f64;
        Ok(Statistics {
            dimension,
            direction: angles.iter().map(|angle| angle.0).sum::<f64>() / n,
            concentration: angles.iter().map(|angle| angle.1).sum::<f64>() / n,
        })
    }

    /// The mean direction and the concentration of the angles between the neighbours of a point.
    fn von_mises<S: Scalar>(&self, points: &PointCloud<S>, table: &NeighborTable, i: usize) -> (f64, f64) {
        let centre = points.point(i);
        let unit = |&j: &usize| {
            let offsets: Vec<f64> =
                points.point(j).iter().zip(centre).map(|(x, c)| x.to_f64() - c.to_f64()).collect();
            let length = offsets.iter().map(|x| x * x).sum::<f64>().sqrt();
            offsets.into_iter().map(|x| x / length).collect::<Vec<f64>>()
        };
        let directions: Vec<Vec<f64>> = table.indices(i)[..self.n_neighbors].iter().map(unit).collect();
        let (mut sine, mut cosine, mut count) = (0.0, 0.0, 0.0);
        for (at, a) in directions.iter().enumerate() {
            for b in &directions[..at] {
                let product = a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>().clamp(-1.0, 1.0);
                cosine += product;
                sine += (1.0 - product * product).sqrt();
                count += 1.0;
            }
        }
        let resultant = (sine * sine + cosine * cosine).sqrt() / count;
        (sine.atan2(cosine), concentration(resultant))
    }
}

/// Uniform balls, each looked at once.
struct Balls<'s> {
    settings: &'s Danco,
    n_points: usize,
    found: Vec<Option<Statistics>>,
}

impl Balls<'_> {
    fn at(&mut self, dimension: usize) -> Result<Statistics, Error> {
        if let Some(found) = self.found[dimension] {
            return Ok(found);
        }
        let seed = self.settings.seed.wrapping_add(dimension as u64);
        let found = self.settings.statistics(&synthetic::ball(self.n_points, dimension, seed)?)?;
        self.found[dimension] = Some(found);
        Ok(found)
    }

    fn divergence(&mut self, own: Statistics, dimension: usize) -> Result<f64, Error> {
        let ball = self.at(dimension)?;
        let k = self.settings.n_neighbors;
        Ok(divergence_of_norms(own.dimension, ball.dimension, k) + divergence_of_angles(own, ball))
    }

    /// The dimension at which the divergence is least: bracketed from the estimate of MiND_ML on, then narrowed.
    #[expect(clippy::cast_sign_loss, reason = "a dimension is positive")]
    fn nearest(&mut self, own: Statistics) -> Result<f64, Error> {
        let bound = self.found.len() - 1;
        let mut best = (own.dimension.round() as usize).clamp(1, bound);
        let mut least = self.divergence(own, best)?;
        let mut step = (best / 4).max(1);
        loop {
            let candidates = [best.saturating_sub(step).max(1), (best + step).min(bound)];
            let mut moved = false;
            for candidate in candidates {
                let divergence = self.divergence(own, candidate)?;
                if divergence < least {
                    (best, least, moved) = (candidate, divergence, true);
                }
            }
            if !moved && step == 1 {
                break;
            }
            if !moved {
                step = (step / 2).max(1);
            }
        }
        if best == bound && bound == self.settings.max_dimension {
            return Err(Error::undefined("danco", Undefined::AtTheBound { bound }));
        }
        self.between_integers(own, best, bound)
    }

    /// The minimum of the parabola through the best integer and its neighbours.
    fn between_integers(&mut self, own: Statistics, best: usize, bound: usize) -> Result<f64, Error> {
        if best == 1 || best == bound {
            return Ok(best as f64);
        }
        let below = self.divergence(own, best - 1)?;
        let here = self.divergence(own, best)?;
        let above = self.divergence(own, best + 1)?;
        let curvature = below - 2.0 * here + above;
        let shift = if curvature > 0.0 { 0.5 * (below - above) / curvature } else { 0.0 };
        Ok(best as f64 + shift.clamp(-0.5, 0.5))
    }
}

/// The divergence of distributions of $r_1 / r_{k+1}$ of dimensions $d_1$ and $d_2$.
fn divergence_of_norms(first: f64, second: f64, k: usize) -> f64 {
    let harmonic = |n: usize| (1..=n).map(|i| (i as f64).recip()).sum::<f64>();
    let ratio = second / first;
    let mut sum = 0.0;
    let mut binomial = 1.0;
    for i in 0..=k {
        let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
        sum += sign * binomial * digamma(1.0 + i as f64 / ratio);
        binomial *= (k - i) as f64 / (i as f64 + 1.0);
    }
    harmonic(k) * ratio - 1.0 - harmonic(k - 1) - ratio.ln() - (k as f64 - 1.0) * sum
}

/// The divergence of two von Mises distributions.
fn divergence_of_angles(first: Statistics, second: Statistics) -> f64 {
    let (a, b) = (scaled_bessel(first.concentration), scaled_bessel(second.concentration));
    let logarithm = b.0.ln() + second.concentration - a.0.ln() - first.concentration;
    let turned = (first.direction - second.direction).cos();
    logarithm + a.1 / a.0 * (first.concentration - second.concentration * turned)
}

/// $e^{-x} I_0(x)$ and $e^{-x} I_1(x)$ by the trapezoidal rule on $\frac1\pi \int_0^\pi e^{x (\cos t - 1)} \cos(\nu t) \, dt$, which converges faster
/// than any power of the number of points.
fn scaled_bessel(x: f64) -> (f64, f64) {
    const N: usize = 512;
    let mut sums = (0.0, 0.0);
    for at in 0..=N {
        let cosine = (std::f64::consts::PI * at as f64 / N as f64).cos();
        let weight = if at == 0 || at == N { 0.5 } else { 1.0 };
        let term = weight * (x * (cosine - 1.0)).exp();
        sums = (sums.0 + term, sums.1 + term * cosine);
    }
    (sums.0 / N as f64, sums.1 / N as f64)
}

/// The concentration $\tau$ at which $I_1(\tau) / I_0(\tau)$ is the mean resultant length, by the approximation of Fisher (1993).
fn concentration(resultant: f64) -> f64 {
    const LARGEST: f64 = 1e4;
    let r = resultant;
    let found = if r < 0.53 {
        2.0 * r + r.powi(3) + 5.0 * r.powi(5) / 6.0
    } else if r < 0.85 {
        -0.4 + 1.39 * r + 0.43 / (1.0 - r)
    } else {
        (r.powi(3) - 4.0 * r * r + 3.0 * r).recip()
    };
    if found.is_finite() { found.min(LARGEST) } else { LARGEST }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divergences_are_zero_at_equality_and_positive_elsewhere() {
        for dimension in [1.0, 3.7, 20.0] {
            assert!(divergence_of_norms(dimension, dimension, 10).abs() < 1e-11);
            for other in [0.5 * dimension, 0.95 * dimension, 1.1 * dimension, 3.0 * dimension] {
                assert!(divergence_of_norms(dimension, other, 10) > 1e-5, "{dimension} {other}");
            }
        }
        let of = |direction, concentration| Statistics { dimension: 1.0, direction, concentration };
        assert!(divergence_of_angles(of(1.5, 9.0), of(1.5, 9.0)).abs() < 1e-12);
        assert!(divergence_of_angles(of(1.5, 9.0), of(1.4, 9.0)) > 1e-3);
        assert!(divergence_of_angles(of(1.5, 9.0), of(1.5, 7.0)) > 1e-3);
    }

    #[test]
    fn the_divergence_of_norms_is_its_integral() {
        // g(r; d) = k d r^(d-1) (1 - r^d)^(k-1).
        let (first, second, k) = (3.0, 5.0, 10.0);
        let density = |r: f64, d: f64| k * d * r.powf(d - 1.0) * (1.0 - r.powf(d)).powf(k - 1.0);
        let n = 400_000;
        let integral: f64 = (0..n)
            .map(|at| {
                let r = (f64::from(at) + 0.5) / f64::from(n);
                let (a, b) = (density(r, first), density(r, second));
                if a > 0.0 && b > 0.0 { a * (a / b).ln() / f64::from(n) } else { 0.0 }
            })
            .sum();
        assert!((divergence_of_norms(first, second, 10) / integral - 1.0).abs() < 1e-6);
    }

    #[test]
    fn bessel_functions_have_their_published_values() {
        // Abramowitz & Stegun, tables 9.8 and 9.11.
        for (x, zero, first) in
            [(1.0, 0.465_759_607_6, 0.207_910_415_3), (10.0, 0.127_833_337_2, 0.121_262_681_4)]
        {
            let found = scaled_bessel(x);
            assert!((found.0 / zero - 1.0).abs() < 1e-9 && (found.1 / first - 1.0).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn manifolds_have_their_dimension_and_the_bound_is_said() {
        for (cloud, dimension) in [
            (synthetic::uniform_cube(600, 3, 1).unwrap(), 3.0),
            (synthetic::sphere(800, 10, 1).unwrap(), 10.0),
            (synthetic::gaussian(800, 20, 1).unwrap(), 20.0),
        ] {
            let found = Danco::new().estimate(&cloud).unwrap();
            assert!((found.value / dimension - 1.0).abs() < 0.12, "{dimension}: {found:?}");
            assert!(found.standard_error > 0.0 && found.standard_error < 0.2 * dimension);
        }
        let high = synthetic::gaussian(400, 30, 1).unwrap();
        let error = Danco::new().max_dimension(8).estimate(&high).unwrap_err();
        assert!(error.is_undefined() && error.to_string().contains('8'), "{error}");
    }

    #[test]
    fn wide_clouds_of_low_dimension_are_not_led_astray() {
        // Twelve coordinates in 200 features.
        let low = synthetic::gaussian(1000, 12, 4).unwrap();
        let axes = synthetic::gaussian(12, 200, 5).unwrap();
        let wide = low.points().flat_map(|p| {
            (0..200)
                .map(|feature| p.iter().zip(axes.points()).map(|(x, axis)| x * axis[feature]).sum::<f64>())
                .collect::<Vec<_>>()
        });
        let wide = PointCloud::new(wide.collect(), 1000, 200).unwrap();
        let found = Danco::new().estimate(&wide).unwrap();
        assert!((found.value - 12.0).abs() < 1.5, "{found:?}");
    }

    #[test]
    fn settings_out_of_range_are_errors() {
        let cloud = synthetic::gaussian(60, 3, 0).unwrap();
        assert!(Danco::new().n_neighbors(1).estimate(&cloud).is_err());
        assert!(Danco::new().n_neighbors(60).estimate(&cloud).is_err());
        assert!(Danco::new().max_points(5).estimate(&cloud).is_err());
    }
}

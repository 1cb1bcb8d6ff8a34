//! Expected simplex skewness.

use rayon::prelude::*;

use super::Estimate;
use super::random_parts::random_parts;
use super::spectrum::centred;
use crate::error::{Error, InputKind, Undefined};
use crate::linear_algebra::row_products;
use crate::statistics::half_samples;
use crate::{PointCloud, Scalar};

/// Which skewness [`Ess`] measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum EssVersion {
    /// Areas: $s = \sum |v_i| |v_j| \sin \theta_{ij} / \sum |v_i| |v_j|$.
    #[default]
    A,
    /// Projections: $s = \sum |v_i| |v_j| |\cos \theta_{ij}| / \sum |v_i| |v_j|$.
    B,
}

/// The dimension in which the uniform ball has the expected simplex skewness of the points, edges as simplices ($d = 1$).
///
/// With $v_i$ the points minus their mean, $s$ over all pairs (see [`EssVersion`]) is compared with that of the ball of
/// dimension $n$: $\Gamma(n/2)^2 / (\Gamma(\frac{n+1}2) \Gamma(\frac{n-1}2))$ by areas,
/// $\Gamma(n/2) / (\sqrt\pi\, \Gamma(\frac{n+1}2))$ by projections, linear between integers. The cloud is taken as one
/// neighbourhood: where it is curved, the dimension of its hull is found.
///
/// The standard error is the spread over 20 random halves of 20 random parts of the points, around the common mean.
///
/// # Errors
///
/// If there are fewer than 4 distinct points, or the vectors are so nearly orthogonal that the dimension exceeds a
/// million.
///
/// # Complexity
///
/// $O(n^2 D)$, by matrix products.
///
/// # Examples
///
/// ```
/// use topolens::{Ess, synthetic};
///
/// let estimate = Ess::new().estimate(&synthetic::ball(500, 5, 0)?)?;
/// assert!((estimate.value - 5.0).abs() < 0.3);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `johnsson2015`
#[derive(Debug, Clone)]
pub struct Ess {
    version: EssVersion,
    seed: u64,
}

impl Default for Ess {
    fn default() -> Self {
        Self::new()
    }
}

/// Sums over the pairs of two parts: of areas or projections, and of products of lengths.
type Sums = (f64, f64);

const PARTS: usize = 20;

impl Ess {
    /// Areas; seed 0.
    pub fn new() -> Self {
        Self { version: EssVersion::A, seed: 0 }
    }

    /// Areas or projections.
    #[must_use]
    pub fn version(self, version: EssVersion) -> Self {
        Self { version, ..self }
    }

    /// The seed of the parts and halves.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`Ess`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        let (distinct, n_dropped) = cloud.distinct();
        let n_points = distinct.n_points();
        if n_points < 4 {
            return Err(InputKind::TooFewPoints { quantity: "ess", needed: 4, got: n_points }.into());
        }
        let n_columns = distinct.n_features();
        let rows: Vec<f64> = distinct.values().iter().map(|value| value.to_f64()).collect();
        let parts = random_parts(&centred(&rows, n_columns), n_columns, PARTS, self.seed);
        let pairs: Vec<(usize, usize)> =
            (0..parts.len()).flat_map(|b| (0..=b).map(move |a| (a, b))).collect();
        let sums: Vec<Sums> =
            pairs.par_iter().map(|&(a, b)| self.sums(&parts[a], &parts[b], n_columns, a == b)).collect();
        let of = |members: &[usize]| {
            let inside =
                pairs.iter().zip(&sums).filter(|((a, b), _)| members.contains(a) && members.contains(b));
            let (value, weight) =
                inside.fold((0.0, 0.0), |total, (_, sum)| (total.0 + sum.0, total.1 + sum.1));
            self.dimension(value / weight)
        };
        let value = of(&(0..parts.len()).collect::<Vec<_>>())?;
        let halves = half_samples(parts.len(), 20, self.seed)?;
        let halves: Result<Vec<f64>, Error> = halves.iter().map(|half| of(half)).collect();
        Ok(Estimate::from_half_samples(value, &halves?, n_points, n_dropped))
    }

    fn sums(&self, a: &[f64], b: &[f64], n_columns: usize, is_same: bool) -> Sums {
        let (lengths_a, lengths_b) = (lengths(a, n_columns), lengths(b, n_columns));
        let mut products = vec![0.0; lengths_a.len() * lengths_b.len()];
        row_products(a, b, n_columns, &mut products);
        let mut total = (0.0, 0.0);
        for (i, row) in products.chunks_exact(lengths_b.len()).enumerate() {
            let from = if is_same { i + 1 } else { 0 };
            for (product, length) in row.iter().zip(&lengths_b).skip(from) {
                let weight = lengths_a[i] * length;
                total.0 += match self.version {
                    EssVersion::A => (weight * weight - product * product).max(0.0).sqrt(),
                    EssVersion::B => product.abs(),
                };
                total.1 += weight;
            }
        }
        total
    }

    /// Inverts the skewness of the ball, which obeys $s(n)\, s(n + 1) = (n - 1)/n$ by areas and $2 / (\pi n)$ by
    /// projections.
    fn dimension(&self, skewness: f64) -> Result<f64, Error> {
        const LARGEST: u32 = 1_000_000;
        let is_past = |reference: f64| match self.version {
            EssVersion::A => reference > skewness,
            EssVersion::B => reference < skewness,
        };
        let (mut here, mut next) = match self.version {
            EssVersion::A => (0.0, std::f64::consts::FRAC_2_PI),
            EssVersion::B => (1.0, std::f64::consts::FRAC_2_PI),
        };
        if skewness.is_nan() {
            return Err(Error::undefined("ess", Undefined::NoSpread));
        }
        for n in 1..LARGEST {
            if is_past(next) {
                return Ok(f64::from(n) + (skewness - here) / (next - here));
            }
            let m = f64::from(n + 1);
            let product = match self.version {
                EssVersion::A => (m - 1.0) / m,
                EssVersion::B => std::f64::consts::FRAC_2_PI / m,
            };
            (here, next) = (next, product / next);
        }
        Err(Error::undefined("ess", Undefined::NoSpread))
    }
}

fn lengths(rows: &[f64], n_columns: usize) -> Vec<f64> {
    rows.chunks_exact(n_columns).map(|row| row.iter().map(|v| v * v).sum::<f64>().sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn both_versions_find_the_dimension_of_balls() {
        for version in [EssVersion::A, EssVersion::B] {
            for dimension in [2, 10] {
                let ball = synthetic::ball(2000, dimension, 1).unwrap();
                let estimate = Ess::new().version(version).estimate(&ball).unwrap();
                assert!((estimate.value / dimension as f64 - 1.0).abs() < 0.03, "{version:?} {estimate:?}");
            }
        }
    }

    #[test]
    fn the_skewness_of_the_ball_is_its_closed_form() {
        // s(5) by areas = Gamma(5/2)^2 / (Gamma(3) Gamma(2)) = 9 pi / 32; by projections Gamma(5/2) / (sqrt(pi) 2) = 3/8.
        let pi = std::f64::consts::PI;
        assert!((Ess::new().dimension(9.0 * pi / 32.0).unwrap() - 5.0).abs() < 1e-12);
        assert!((Ess::new().version(EssVersion::B).dimension(0.375).unwrap() - 5.0).abs() < 1e-12);
        assert!(Ess::new().dimension(1.0).unwrap_err().is_undefined());
    }

    #[test]
    fn a_line_has_one_dimension_and_three_points_none() {
        let line =
            PointCloud::new((0..20).flat_map(|i| [i as f32, -2.0 * i as f32]).collect(), 20, 2).unwrap();
        assert!((Ess::new().estimate(&line).unwrap().value - 1.0).abs() < 1e-6);
        let three = PointCloud::new(vec![0.0, 1.0, 2.0, 2.0], 4, 1).unwrap();
        assert!(Ess::new().estimate(&three).unwrap_err().to_string().contains("at least 4"));
    }
}

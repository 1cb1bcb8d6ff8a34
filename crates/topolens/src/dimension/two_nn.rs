//! The two-nearest-neighbours estimator of Facco et al.

use super::Estimate;
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// How [`TwoNn`] turns ratios into a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TwoNnFit {
    /// A line through the origin of $(\ln \mu, -\ln(1 - F(\mu)))$, the largest ratios discarded.
    #[default]
    Linear,
    /// Maximum likelihood: $n / \sum_i \ln \mu_i$, all ratios used.
    MaximumLikelihood,
}

/// The dimension from the ratio $\mu = r_2 / r_1$ of the distances to the first two neighbours, which is Pareto
/// distributed with exponent $d$ wherever the density is locally constant.
///
/// The linear fit takes the empirical distribution function $F(\mu_{(i)}) = i/n$ with $i$ from 1, as Facco et al. and
/// scikit-dimension do, and discards the largest tenth of the ratios (the last one always, where $F = 1$). Standard
/// errors are asymptotic: $d/\sqrt n$ for maximum likelihood, by Rényi's representation of exponential order statistics
/// for the linear fit, both times 1.3 since neighbours share neighbours (simulated).
///
/// # Errors
///
/// If there are fewer than 3 distinct points, all ratios kept are 1 up to rounding, or the discarded fraction leaves nothing.
///
/// # Complexity
///
/// $O(n^2 D)$ for the neighbours, $O(n \log n)$ for the fit.
///
/// # Examples
///
/// ```
/// use topolens::{TwoNn, TwoNnFit, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let linear = TwoNn::new().estimate(&plane)?;
/// let likelihood = TwoNn::new().fit(TwoNnFit::MaximumLikelihood).estimate(&plane)?;
/// assert!((linear.value - 2.0).abs() < 0.2 && (likelihood.value - 2.0).abs() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `facco2017`, `denti2022`
#[derive(Debug, Clone)]
pub struct TwoNn {
    fit: TwoNnFit,
    discarded_fraction: f64,
}

impl Default for TwoNn {
    fn default() -> Self {
        Self::new()
    }
}

impl TwoNn {
    /// The linear fit without the largest tenth of the ratios.
    pub fn new() -> Self {
        Self { fit: TwoNnFit::Linear, discarded_fraction: 0.1 }
    }

    /// How to fit.
    #[must_use]
    pub fn fit(self, fit: TwoNnFit) -> Self {
        Self { fit, ..self }
    }

    /// The share of the largest ratios that the linear fit leaves out, from 0 to below 1.
    #[must_use]
    pub fn discarded_fraction(self, discarded_fraction: f64) -> Self {
        Self { discarded_fraction, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`TwoNn`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        let (distinct, n_dropped) = cloud.distinct();
        if distinct.n_points() < 3 {
            let (needed, got) = (3, distinct.n_points());
            return Err(InputKind::TooFewPoints { quantity: "two-nn", needed, got }.into());
        }
        let estimate = self.estimate_from_neighbors(&NeighborTable::new(&*distinct, 2)?)?;
        Ok(Estimate { n_dropped: n_dropped + estimate.n_dropped, ..estimate })
    }

    /// The estimate from a table of at least 2 neighbours; points at distance 0 from a neighbour are dropped.
    ///
    /// # Errors
    ///
    /// See [`TwoNn`].
    pub fn estimate_from_neighbors(&self, table: &NeighborTable) -> Result<Estimate, Error> {
        if table.n_neighbors() < 2 {
            let (argument, value) = ("n_neighbors", table.n_neighbors() as f64);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "2 or more" }.into());
        }
        if !(0.0..1.0).contains(&self.discarded_fraction) {
            let (argument, value) = ("discarded_fraction", self.discarded_fraction);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "from 0 to below 1" }.into());
        }
        let rows = (0..table.n_points()).map(|i| table.distances(i)).filter(|distances| distances[0] > 0.0);
        let mut log_ratios: Vec<f64> = rows.map(|distances| (distances[1] / distances[0]).ln()).collect();
        log_ratios.sort_unstable_by(f64::total_cmp);
        let (value, relative_error) = match self.fit {
            TwoNnFit::Linear => linear(&log_ratios, self.discarded_fraction),
            TwoNnFit::MaximumLikelihood => maximum_likelihood(&log_ratios),
        };
        if !value.is_finite() || value > LARGEST {
            return Err(Error::undefined("two-nn", Undefined::NoSpread));
        }
        let n_points = log_ratios.len();
        Ok(Estimate::from_ratios(value, relative_error, n_points, table.n_points() - n_points))
    }
}

/// Above this the ratios differ by the rounding of the distances only.
const LARGEST: f64 = 1e4;

fn maximum_likelihood(log_ratios: &[f64]) -> (f64, f64) {
    let n = log_ratios.len() as f64;
    (n / log_ratios.iter().sum::<f64>(), n.sqrt().recip())
}

/// The slope through the origin, and its relative standard error.
#[expect(clippy::cast_sign_loss, reason = "the fraction is below 1")]
fn linear(log_ratios: &[f64], discarded_fraction: f64) -> (f64, f64) {
    let n = log_ratios.len();
    let kept = ((n as f64 * (1.0 - discarded_fraction)) as usize).min(n - 1);
    let survival: Vec<f64> = (1..=kept).map(|i| -(1.0 - i as f64 / n as f64).ln()).collect();
    let products: f64 = log_ratios.iter().zip(&survival).map(|(x, y)| x * y).sum();
    let squares: f64 = log_ratios[..kept].iter().map(|x| x * x).sum();
    (products / squares, linear_relative_error(&survival, n))
}

/// The delta method at $x_i = y_i / d$: the slope moves by $-d^2 y_i / \sum y^2$ per unit of $x_i$, and by Rényi
/// $x_i = \frac1d \sum_{j \le i} Z_j / (n - j)$ with independent unit exponentials $Z_j$.
fn linear_relative_error(survival: &[f64], n: usize) -> f64 {
    let squares: f64 = survival.iter().map(|y| y * y).sum();
    let mut tail = 0.0;
    let mut variance = 0.0;
    for (j, y) in survival.iter().enumerate().rev() {
        tail += y;
        variance += (tail / (n - j) as f64).powi(2);
    }
    variance.sqrt() / squares
}

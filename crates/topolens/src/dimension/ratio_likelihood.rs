//! The likelihood of the ratios of the distances to two neighbours.
//!
//! With $x = \ln \mu = \ln (r_{n_2} / r_{n_1})$, the log-likelihood of $d$ is, up to a constant,
//! $n \ln d + (n_2 - n_1 - 1) \sum_i \ln (1 - e^{-d x_i}) - n_1 d \sum_i x_i$. It is concave.

use super::Estimate;
use crate::NeighborTable;
use crate::error::{Error, Undefined};

/// Above this the ratios differ by the rounding of the distances only.
const LARGEST: f64 = 1e4;

/// The logarithms of $r_{n_2} / r_{n_1}$ at the points that coincide with no neighbour.
#[derive(Debug)]
pub(super) struct RatioLikelihood {
    quantity: &'static str,
    log_ratios: Vec<f64>,
    n1: f64,
    /// $n_2 - n_1 - 1$, the number of neighbours between.
    between: f64,
    n_dropped: usize,
}

impl RatioLikelihood {
    /// `n1` is below `n2`, which the table has.
    pub(super) fn new(quantity: &'static str, table: &NeighborTable, n1: usize, n2: usize) -> Self {
        let rows = (0..table.n_points()).map(|i| table.distances(i)).filter(|row| row[n1 - 1] > 0.0);
        let log_ratios: Vec<f64> = rows.map(|row| (row[n2 - 1] / row[n1 - 1]).ln()).collect();
        let n_dropped = table.n_points() - log_ratios.len();
        Self { quantity, log_ratios, n1: n1 as f64, between: (n2 - n1 - 1) as f64, n_dropped }
    }

    /// The maximum by bisection of the derivative.
    pub(super) fn maximum(&self) -> Result<f64, Error> {
        let (mut lower, mut upper) = (1.0, 1.0);
        while self.derivative(upper) > 0.0 {
            lower = upper;
            upper *= 2.0;
            if upper > LARGEST {
                return Err(Error::undefined(self.quantity, Undefined::NoSpread));
            }
        }
        while self.derivative(lower) < 0.0 {
            upper = lower;
            lower /= 2.0;
        }
        for _ in 0..52 {
            let middle = 0.5 * (lower + upper);
            if self.derivative(middle) > 0.0 {
                lower = middle;
            } else {
                upper = middle;
            }
        }
        Ok(0.5 * (lower + upper))
    }

    /// An estimate with the standard error of the observed Fisher information at `maximum`.
    pub(super) fn estimate(&self, value: f64, maximum: f64) -> Estimate {
        let relative_error = (self.information(maximum).sqrt() * maximum).recip();
        let error = Estimate::from_ratios(maximum, relative_error, 1, 0).standard_error;
        Estimate::with_standard_error(value, error, self.log_ratios.len(), self.n_dropped)
    }

    /// The logarithm of the likelihood up to a constant; ratios of 1 count by their limit.
    pub(super) fn logarithm(&self, d: f64) -> f64 {
        let term = |x: f64| if x == 0.0 { d.ln() } else { (-(-d * x).exp_m1() / x).ln() };
        let terms: f64 = self.log_ratios.iter().map(|&x| self.between * term(x) - self.n1 * d * x).sum();
        self.log_ratios.len() as f64 * d.ln() + terms
    }

    fn derivative(&self, d: f64) -> f64 {
        let term = |x: f64| if x == 0.0 { d.recip() } else { x / (d * x).exp_m1() };
        let terms: f64 = self.log_ratios.iter().map(|&x| self.between * term(x) - self.n1 * x).sum();
        self.log_ratios.len() as f64 / d + terms
    }

    /// Minus the second derivative.
    fn information(&self, d: f64) -> f64 {
        let term = |x: f64| if x == 0.0 { d.recip() } else { 0.5 * x / (0.5 * d * x).sinh() };
        let terms: f64 = self.log_ratios.iter().map(|&x| term(x).powi(2)).sum();
        self.log_ratios.len() as f64 / (d * d) + self.between * terms
    }
}

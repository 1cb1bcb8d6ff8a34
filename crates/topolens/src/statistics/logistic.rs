//! Regression of a yes or no.

use super::correlation::check_alike;
use super::ridge::standardise;
use crate::error::{Error, InputKind, SettingKind};
use crate::linear_algebra::solve_positive_definite;

/// A model $P(\text{yes}) = \sigma(c + \sum_j b_j (x_j - \bar x_j) / s_j)$ of standardised features.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LogisticFit {
    /// $c$.
    pub intercept: f64,
    /// $b$; 0 for constant features.
    pub coefficients: Vec<f64>,
    /// $\bar x$: the mean of each feature.
    pub means: Vec<f64>,
    /// $s$: the standard deviation of each feature; 1 for constant features.
    pub deviations: Vec<f64>,
}

/// Minimises $\frac12 \|b\|^2 + C \sum_i \ln(1 + e^{-y_i f(x_i)})$ over $b$ and $c$, $y_i = \pm 1$, by Newton's method.
///
/// # Shape
///
/// `features`: row-major, a row per element of `is_positive`.
///
/// # Errors
///
/// If lengths do not fit, there is no feature, a number is not finite, all rows are of one kind, or `inverse_penalty` ($C$) is not positive.
///
/// # Complexity
///
/// $O(n p^2 + p^3)$ a step for $n$ rows of $p$ features, about ten steps.
///
/// # Examples
///
/// ```
/// use topolens::statistics::logistic_regression;
///
/// let fit = logistic_regression(&[0.0, 1.0, 2.0, 3.0], &[false, false, true, true], 1.0)?;
/// assert!(fit.probability(&[3.0])? > 0.7 && (fit.probability(&[1.5])? - 0.5).abs() < 1e-6);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn logistic_regression(
    features: &[f64],
    is_positive: &[bool],
    inverse_penalty: f64,
) -> Result<LogisticFit, Error> {
    let n = is_positive.len();
    let n_positive = is_positive.iter().filter(|positive| **positive).count();
    if n_positive == 0 || n_positive == n {
        return Err(
            InputKind::TooFewPoints { quantity: "a regression of each kind", needed: 1, got: 0 }.into()
        );
    }
    if features.is_empty() {
        return Err(InputKind::Empty { argument: "features" }.into());
    }
    if !(inverse_penalty > 0.0 && inverse_penalty.is_finite()) {
        let allowed = "a positive finite number";
        return Err(
            SettingKind::OutOfRange { argument: "inverse_penalty", value: inverse_penalty, allowed }.into()
        );
    }
    let n_features = features.len() / n;
    check_alike(features, "features", n * n_features)?;
    let (standardised, means, deviations) = standardise(features, n_features);
    let rows: Vec<&[f64]> = standardised.chunks_exact(n_features).collect();
    let problem = Problem { rows, is_positive, inverse_penalty };
    let mut weights = vec![0.0; n_features + 1];
    let mut loss = problem.loss(&weights);
    for _ in 0..100 {
        let (gradient, hessian) = problem.derivatives(&weights);
        let Some(step) = solve_positive_definite(&hessian, &gradient) else { break };
        let (next, next_loss) = problem.shortened(&weights, &step, loss);
        let has_settled = loss - next_loss <= 1e-14 * loss.abs();
        (weights, loss) = (next, next_loss);
        if has_settled {
            break;
        }
    }
    let coefficients = weights.split_off(1);
    Ok(LogisticFit { intercept: weights[0], coefficients, means, deviations })
}

struct Problem<'a> {
    rows: Vec<&'a [f64]>,
    is_positive: &'a [bool],
    inverse_penalty: f64,
}

impl Problem<'_> {
    fn loss(&self, weights: &[f64]) -> f64 {
        let penalty: f64 = weights[1..].iter().map(|b| b * b).sum();
        let losses = self.rows.iter().zip(self.is_positive).map(|(row, positive)| {
            let height = height(weights, row);
            let agreement = if *positive { height } else { -height };
            // ln(1 + e^-a) without overflow.
            (-agreement).max(0.0) + (-agreement.abs()).exp().ln_1p()
        });
        0.5 * penalty + self.inverse_penalty * losses.sum::<f64>()
    }

    /// The gradient, and the Hessian with all of its entries.
    fn derivatives(&self, weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let order = weights.len();
        let mut gradient = vec![0.0; order];
        let mut hessian = vec![0.0; order * order];
        for (row, positive) in self.rows.iter().zip(self.is_positive) {
            let probability = logistic(height(weights, row));
            let slope = self.inverse_penalty * (probability - f64::from(u8::from(*positive)));
            let curvature = self.inverse_penalty * probability * (1.0 - probability);
            let with_one: Vec<f64> = std::iter::once(1.0).chain(row.iter().copied()).collect();
            for (i, x) in with_one.iter().enumerate() {
                gradient[i] += slope * x;
                let line = &mut hessian[i * order..=i * order + i];
                line.iter_mut().zip(&with_one).for_each(|(entry, y)| *entry += curvature * x * y);
            }
        }
        for i in 0..order {
            let penalty = if i == 0 { 1e-9 } else { 1.0 };
            gradient[i] += if i == 0 { 0.0 } else { weights[i] };
            hessian[i * order + i] += penalty;
            for j in 0..i {
                hessian[j * order + i] = hessian[i * order + j];
            }
        }
        (gradient, hessian)
    }

    /// A step down, halved until it is one.
    fn shortened(&self, weights: &[f64], step: &[f64], loss: f64) -> (Vec<f64>, f64) {
        let mut length = 1.0;
        for _ in 0..40 {
            let next: Vec<f64> = weights.iter().zip(step).map(|(w, s)| w - length * s).collect();
            let next_loss = self.loss(&next);
            if next_loss <= loss {
                return (next, next_loss);
            }
            length /= 2.0;
        }
        (weights.to_vec(), loss)
    }
}

fn height(weights: &[f64], row: &[f64]) -> f64 {
    weights[0] + weights[1..].iter().zip(row).map(|(b, x)| b * x).sum::<f64>()
}

fn logistic(height: f64) -> f64 {
    if height >= 0.0 { 1.0 / (1.0 + (-height).exp()) } else { height.exp() / (1.0 + height.exp()) }
}

impl LogisticFit {
    /// The probability of yes for one row of features.
    ///
    /// # Errors
    ///
    /// If there are more or fewer features than were fitted, or one is not finite.
    pub fn probability(&self, features: &[f64]) -> Result<f64, Error> {
        check_alike(features, "features", self.coefficients.len())?;
        let standardised =
            features.iter().zip(&self.means).zip(&self.deviations).map(|((x, m), s)| (x - m) / s);
        Ok(logistic(self.intercept + standardised.zip(&self.coefficients).map(|(z, b)| z * b).sum::<f64>()))
    }
}

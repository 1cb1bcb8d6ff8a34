//! Linear regression with a penalty.

use super::correlation::check_alike;
use crate::error::{Error, InputKind, SettingKind};
use crate::linear_algebra::{EigenPair, gram, symmetric_eigen};

/// A linear model $\hat y = c + \sum_j b_j (x_j - \bar x_j) / s_j$ of standardised features.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RidgeFit {
    /// $c$: the mean of the targets.
    pub intercept: f64,
    /// $b$: what one standard deviation of a feature adds; 0 for constant features.
    pub coefficients: Vec<f64>,
    /// $\bar x$: the mean of each feature.
    pub means: Vec<f64>,
    /// $s$: the standard deviation of each feature; 1 for constant features.
    pub deviations: Vec<f64>,
    /// $\lambda$, the penalty that was used.
    pub penalty: f64,
    /// What is predicted for each row by a fit without it.
    pub left_out: Vec<f64>,
}

/// Minimises $\sum_i (y_i - \hat y_i)^2 + \lambda \sum_j b_j^2$ over $b$ and $c$, for the $\lambda$ with the least error on rows left out one by
/// one.
///
/// $\lambda$ is one of 25 values from $10^{-4}$ to $10^4$ times the mean eigenvalue of $Z Z^T$, $Z$ the standardised features. The
/// predictions for rows left out are exact, $y_i - (y_i - \hat y_i) / (1 - H_{ii})$, save that means and deviations are those of all rows.
///
/// # Shape
///
/// `features`: row-major, a row per target.
///
/// # Errors
///
/// If lengths do not fit, there are fewer than 3 rows or no feature, or a number is not finite.
///
/// # Complexity
///
/// $O(n^3 + n^2 p)$ for $n$ rows of $p$ features.
///
/// # Examples
///
/// ```
/// use topolens::statistics::ridge_regression;
///
/// let features: Vec<f64> = (0..20).flat_map(|i| [f64::from(i), f64::from(i * i % 7)]).collect();
/// let targets: Vec<f64> = features.chunks(2).map(|x| 1.0 + 2.0 * x[0] - 3.0 * x[1]).collect();
/// let fit = ridge_regression(&features, &targets)?;
/// assert!((fit.predict(&[4.0, 2.0])? - 3.0).abs() < 0.1);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `hoerl1970`, `golub1979`
pub fn ridge_regression(features: &[f64], targets: &[f64]) -> Result<RidgeFit, Error> {
    let n = targets.len();
    if n < 3 {
        return Err(InputKind::TooFewPoints { quantity: "a regression", needed: 3, got: n }.into());
    }
    if features.is_empty() {
        return Err(InputKind::Empty { argument: "features" }.into());
    }
    let n_features = features.len() / n;
    check_alike(features, "features", n * n_features)?;
    check_alike(targets, "targets", n)?;
    let (standardised, means, deviations) = standardise(features, n_features);
    let intercept = targets.iter().sum::<f64>() / n as f64;
    let centred: Vec<f64> = targets.iter().map(|y| y - intercept).collect();
    let pairs = symmetric_eigen(&gram(&standardised, n), n)?;
    let scale = pairs.iter().map(|pair| pair.value.max(0.0)).sum::<f64>() / n as f64;
    let penalties = (0..25).map(|step| 10.0_f64.powf(f64::from(step) / 3.0 - 4.0) * scale.max(1e-300));
    let trial = |penalty: f64| {
        let (weights, left_out) = dual(&pairs, &centred, penalty);
        let error: f64 = left_out.iter().zip(&centred).map(|(p, y)| (p - y).powi(2)).sum();
        (error, penalty, weights, left_out)
    };
    let best = penalties.map(trial).min_by(|a, b| a.0.total_cmp(&b.0));
    let Some((_, penalty, weights, left_out)) = best else {
        return Err(SettingKind::OutOfRange { argument: "penalty", value: 0.0, allowed: "above 0" }.into());
    };
    let coefficient = |column: usize| {
        weights.iter().enumerate().map(|(row, w)| w * standardised[row * n_features + column]).sum()
    };
    Ok(RidgeFit {
        intercept,
        coefficients: (0..n_features).map(coefficient).collect(),
        means,
        deviations,
        penalty,
        left_out: left_out.iter().map(|p| p + intercept).collect(),
    })
}

/// The weights of the rows, $(Z Z^T + \lambda I)^{-1} y$, and what is predicted of each row by the others.
fn dual(pairs: &[EigenPair], targets: &[f64], penalty: f64) -> (Vec<f64>, Vec<f64>) {
    let n = targets.len();
    let (mut weights, mut fitted, mut own) = (vec![0.0; n], vec![0.0; n], vec![1.0 / n as f64; n]);
    for EigenPair { value, vector } in pairs {
        let value = value.max(0.0);
        let along: f64 = vector.iter().zip(targets).map(|(v, y)| v * y).sum();
        for (row, v) in vector.iter().enumerate() {
            weights[row] += v * along / (value + penalty);
            fitted[row] += v * along * value / (value + penalty);
            own[row] += v * v * value / (value + penalty);
        }
    }
    let left_out =
        (0..n).map(|row| targets[row] - (targets[row] - fitted[row]) / (1.0 - own[row]).max(1e-12));
    (weights, left_out.collect())
}

/// Columns of mean 0 and deviation 1, their means and their deviations; constant columns become 0.
pub(super) fn standardise(features: &[f64], n_features: usize) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let n = features.len() / n_features;
    let (mut means, mut deviations) = (vec![0.0; n_features], vec![1.0; n_features]);
    let mut standardised = features.to_vec();
    for column in 0..n_features {
        let values = || features.iter().skip(column).step_by(n_features);
        means[column] = values().sum::<f64>() / n as f64;
        let variance = values().map(|x| (x - means[column]).powi(2)).sum::<f64>() / n as f64;
        if variance.sqrt() > 1e-12 * means[column].abs() {
            deviations[column] = variance.sqrt();
        } else {
            means[column] = features[column];
        }
        for row in 0..n {
            let at = row * n_features + column;
            standardised[at] = (features[at] - means[column]) / deviations[column];
        }
    }
    (standardised, means, deviations)
}

impl RidgeFit {
    /// The prediction for one row of features.
    ///
    /// # Errors
    ///
    /// If there are more or fewer features than were fitted, or one is not finite.
    pub fn predict(&self, features: &[f64]) -> Result<f64, Error> {
        check_alike(features, "features", self.coefficients.len())?;
        let standardised =
            features.iter().zip(&self.means).zip(&self.deviations).map(|((x, m), s)| (x - m) / s);
        Ok(self.intercept + standardised.zip(&self.coefficients).map(|(z, b)| z * b).sum::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEATURES: [f64; 12] = [1.0, 2.0, 2.0, 1.0, 3.0, 5.0, 4.0, 3.0, 5.0, 8.0, 6.0, 5.0];
    const TARGETS: [f64; 6] = [1.0, 2.5, 2.0, 4.5, 4.0, 7.0];

    #[test]
    fn the_gradient_is_zero_at_the_fit() {
        let fit = ridge_regression(&FEATURES, &TARGETS).unwrap();
        for column in 0..2 {
            let gradient: f64 = (0..6)
                .map(|row| {
                    let x = &FEATURES[2 * row..2 * row + 2];
                    let z = (x[column] - fit.means[column]) / fit.deviations[column];
                    z * (TARGETS[row] - fit.predict(x).unwrap())
                })
                .sum();
            assert!((gradient - fit.penalty * fit.coefficients[column]).abs() < 1e-9);
        }
    }

    #[test]
    fn rows_left_out_are_predicted_as_by_a_fit_without_them() {
        let (standardised, ..) = standardise(&FEATURES, 2);
        let penalty = 0.7;
        let centred: Vec<f64> = TARGETS.iter().map(|y| y - 3.5).collect();
        let pairs = symmetric_eigen(&gram(&standardised, 6), 6).unwrap();
        let (_, left_out) = dual(&pairs, &centred, penalty);
        for out in 0..6 {
            // Normal equations of intercept and two slopes on the other five rows.
            let rows: Vec<[f64; 3]> = (0..6)
                .filter(|&row| row != out)
                .map(|row| [1.0, standardised[2 * row], standardised[2 * row + 1]])
                .collect();
            let kept: Vec<f64> = (0..6).filter(|&row| row != out).map(|row| centred[row]).collect();
            let mut matrix = vec![0.0; 9];
            let mut right = [0.0; 3];
            for (row, y) in rows.iter().zip(&kept) {
                for a in 0..3 {
                    right[a] += row[a] * y;
                    (0..3).for_each(|b| matrix[3 * a + b] += row[a] * row[b]);
                }
            }
            matrix[4] += penalty;
            matrix[8] += penalty;
            let b = crate::linear_algebra::solve_positive_definite(&matrix, &right).unwrap();
            let expected = b[0] + b[1] * standardised[2 * out] + b[2] * standardised[2 * out + 1];
            assert!((left_out[out] - expected).abs() < 1e-9, "{out}: {} {expected}", left_out[out]);
        }
    }

    #[test]
    fn constant_features_count_for_nothing_and_bad_input_is_refused() {
        let with_constant: Vec<f64> = FEATURES.chunks(2).flat_map(|x| [x[0], 7.0, x[1]]).collect();
        let (plain, padded) = (
            ridge_regression(&FEATURES, &TARGETS).unwrap(),
            ridge_regression(&with_constant, &TARGETS).unwrap(),
        );
        assert_eq!(padded.coefficients[1], 0.0);
        assert!(
            (plain.predict(&[2.0, 2.0]).unwrap() - padded.predict(&[2.0, 9.0, 2.0]).unwrap()).abs() < 1e-9
        );
        assert!(ridge_regression(&FEATURES[..11], &TARGETS).is_err());
        assert!(ridge_regression(&[], &TARGETS).is_err());
        assert!(ridge_regression(&[1.0, 2.0], &[1.0, 2.0]).is_err());
        assert!(ridge_regression(&[1.0, f64::NAN, 2.0], &[1.0, 2.0, 3.0]).is_err());
    }
}

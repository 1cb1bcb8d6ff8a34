//! Pearson's correlation with Fisher's interval.

use super::p_value::{PValueMethod, fisher_interval, students_t_p_value};
use crate::error::{Error, InputKind, Undefined};

/// A correlation coefficient with its 95 % interval, if it has one, and the p-value of no association.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Correlation {
    /// The coefficient, from −1 to 1.
    pub value: f64,
    /// The lower end of the interval; −1 for too few points, `None` for a coefficient of ±1, where Fisher's transform is infinite.
    pub lower: Option<f64>,
    /// The upper end of the interval; 1 for too few points, `None` for a coefficient of ±1.
    pub upper: Option<f64>,
    /// The two-sided p-value of no association.
    pub p_value: f64,
    /// Where the p-value comes from.
    pub method: PValueMethod,
}

/// $r = \sum (x - \bar x)(y - \bar y) / \sqrt{\sum (x - \bar x)^2 \sum (y - \bar y)^2}$ with the interval
/// $\tanh(\operatorname{artanh} r \pm 1.96 / \sqrt{n - 3})$ and a p-value by Student's t with $n - 2$ degrees of
/// freedom. A coefficient of ±1 has no interval.
///
/// # Errors
///
/// If the lengths differ, there are fewer than 3 points, a number is not finite, or one of the two is constant.
///
/// # Examples
///
/// ```
/// use topolens::statistics::pearson_correlation;
///
/// let correlation = pearson_correlation(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0])?;
/// assert!((correlation.value - 0.8).abs() < 1e-12);
/// assert!(correlation.lower.unwrap() < 0.8 && 0.8 < correlation.upper.unwrap());
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `fisher1921`
pub fn pearson_correlation(x: &[f64], y: &[f64]) -> Result<Correlation, Error> {
    check_pairs(x, y)?;
    let value = coefficient(&centred(x, "x")?, &centred(y, "y")?);
    let n = x.len();
    let [lower, upper] = fisher_interval(value, (n as f64 - 3.0).recip());
    let p_value = students_t_p_value(value, n - 2);
    Ok(Correlation { value, lower, upper, p_value, method: PValueMethod::StudentsT })
}

/// Whether there are pairs enough, all finite.
pub(super) fn check_pairs(x: &[f64], y: &[f64]) -> Result<(), Error> {
    if x.len() < 3 {
        return Err(InputKind::TooFewPoints { quantity: "a correlation", needed: 3, got: x.len() }.into());
    }
    check_finite("x", x)?;
    check_alike(y, "y", x.len())
}

/// Whether there are as many numbers as expected, all finite.
pub(super) fn check_alike(values: &[f64], argument: &'static str, expected: usize) -> Result<(), Error> {
    if values.len() != expected {
        return Err(InputKind::ShapeMismatch { argument, expected, got: values.len() }.into());
    }
    check_finite(argument, values)
}

pub(super) fn check_finite(argument: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(row) => Err(InputKind::NotFinite { argument, row, column: 0, value: values[row] }.into()),
        None => Ok(()),
    }
}

/// The cosine of two centred columns; 0 if nothing of one is left by rounding.
pub(super) fn coefficient(x: &[f64], y: &[f64]) -> f64 {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = product(x, y) / (product(x, x) * product(y, y)).sqrt();
    if cosine.is_finite() { cosine.clamp(-1.0, 1.0) } else { 0.0 }
}

pub(super) fn centred(values: &[f64], argument: &'static str) -> Result<Vec<f64>, Error> {
    if values.iter().all(|value| (value - values[0]).abs() == 0.0) {
        let reason = Undefined::ConstantInput { argument };
        return Err(Error::undefined("a correlation", reason));
    }
    // In units of the largest, so that squares are neither infinite nor zero.
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let scaled: Vec<f64> = values.iter().map(|value| value / largest).collect();
    let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
    Ok(scaled.into_iter().map(|value| value - mean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_anscombe_and_fishers_interval() {
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let correlation = pearson_correlation(&x, &y).unwrap();
        assert!((correlation.value - 0.816_42).abs() < 1e-5);
        // scipy.stats.pearsonr(x, y).confidence_interval(): (0.4243912, 0.9506932).
        assert!((correlation.lower.unwrap() - 0.424_391).abs() < 1e-5, "{correlation:?}");
        assert!((correlation.upper.unwrap() - 0.950_693).abs() < 1e-5, "{correlation:?}");
        assert!((correlation.p_value - 0.002_169_629).abs() < 1e-8, "{correlation:?}");
    }

    #[test]
    fn the_scale_of_the_numbers_does_not_matter() {
        let (x, y) = ([0.1, 0.5, 0.2, 0.9, 0.4], [0.3, 0.4, 0.1, 0.8, 0.9]);
        let expected = pearson_correlation(&x, &y).unwrap().value;
        for scale in [1e308, 1e-310, 1e160, 1e-160] {
            let found = pearson_correlation(&x.map(|x| x * scale), &y).unwrap();
            assert!((found.value - expected).abs() < 1e-9, "{scale}: {found:?}");
        }
    }

    #[test]
    fn exact_lines_and_degenerate_input() {
        let line = pearson_correlation(&[1.0, 2.0, 3.0, 4.0], &[-1.0, -2.0, -3.0, -4.0]).unwrap();
        assert!((line.value + 1.0).abs() < 1e-15);
        assert_eq!((line.lower, line.upper), (None, None));
        assert!(pearson_correlation(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).is_err());
        assert!(pearson_correlation(&[1.0, 2.0], &[1.0, 2.0]).is_err());
        assert!(pearson_correlation(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0]).is_err());
        assert_eq!(line.p_value, 0.0);
        let three = pearson_correlation(&[1.0, 2.0, 3.0], &[1.0, 2.0, 2.0]).unwrap();
        assert_eq!((three.lower, three.upper), (Some(-1.0), Some(1.0)));
    }
}

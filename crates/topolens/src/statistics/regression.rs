//! Least squares through points in the plane.

use super::quantile::students_t_quantile;
use crate::error::{Error, InputKind, Undefined};

/// The least-squares line $y = \text{slope} \cdot x + \text{intercept}$.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearFit {
    /// The slope.
    pub slope: f64,
    /// The value at $x = 0$.
    pub intercept: f64,
    /// The standard error of the slope, from residuals with $n - 2$ degrees of freedom.
    pub slope_standard_error: f64,
    /// The share of the variance of $y$ that the line explains; 1 if $y$ is constant.
    pub r_squared: f64,
    /// The number of points, $n$.
    pub n_points: usize,
}

/// Fits a line by ordinary least squares.
///
/// # Errors
///
/// If the lengths differ, there are fewer than 3 points, or all `x` are equal.
///
/// # Examples
///
/// ```
/// use topolens::statistics::linear_regression;
///
/// let fit = linear_regression(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0])?;
/// assert!((fit.slope - 2.0).abs() < 1e-12 && (fit.r_squared - 1.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn linear_regression(x: &[f64], y: &[f64]) -> Result<LinearFit, Error> {
    if x.len() != y.len() {
        return Err(InputKind::ShapeMismatch { argument: "y", expected: x.len(), got: y.len() }.into());
    }
    if x.len() < 3 {
        return Err(InputKind::TooFewPoints { quantity: "a line fit", needed: 3, got: x.len() }.into());
    }
    let n = x.len() as f64;
    let (x_mean, y_mean) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let xx: f64 = x.iter().map(|x| (x - x_mean).powi(2)).sum();
    let yy: f64 = y.iter().map(|y| (y - y_mean).powi(2)).sum();
    let xy: f64 = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    if xx == 0.0 {
        let reason = Undefined::ConstantInput { argument: "x" };
        return Err(Error::undefined("a line fit", reason));
    }
    let slope = xy / xx;
    let intercept = y_mean - slope * x_mean;
    let residuals: f64 = x.iter().zip(y).map(|(x, y)| (y - slope * x - intercept).powi(2)).sum();
    let slope_standard_error = (residuals / (n - 2.0) / xx).sqrt();
    let r_squared = if yy == 0.0 { 1.0 } else { 1.0 - residuals / yy };
    Ok(LinearFit { slope, intercept, slope_standard_error, r_squared, n_points: x.len() })
}

impl LinearFit {
    /// The 95 % interval of the slope by Student's t with $n - 2$ degrees of freedom.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::linear_regression;
    ///
    /// let (lower, upper) = linear_regression(&[0.0, 1.0, 2.0], &[0.0, 1.1, 1.9])?.slope_interval();
    /// assert!(lower < 0.95 && 0.95 < upper);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn slope_interval(&self) -> (f64, f64) {
        let half_width = students_t_quantile(0.975, self.n_points - 2) * self.slope_standard_error;
        (self.slope - half_width, self.slope + half_width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_anscombes_quartet() {
        // Published to 3 digits; standard error of the slope 0.1179, R^2 0.667.
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let fit = linear_regression(&x, &y).unwrap();
        assert!((fit.slope - 0.500_09).abs() < 1e-5 && (fit.intercept - 3.000_09).abs() < 1e-5);
        assert!((fit.slope_standard_error - 0.1179).abs() < 5e-5 && (fit.r_squared - 0.6665).abs() < 5e-5);
        let (lower, upper) = fit.slope_interval();
        assert!((upper - lower - 2.0 * 2.262_157 * fit.slope_standard_error).abs() < 1e-5);
    }

    #[test]
    fn degenerate_input_is_an_error() {
        assert!(linear_regression(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]).unwrap_err().is_undefined());
        assert!(linear_regression(&[1.0, 2.0], &[1.0, 2.0]).is_err());
        assert!(linear_regression(&[1.0, 2.0, 3.0], &[1.0, 2.0]).is_err());
        assert_eq!(linear_regression(&[1.0, 2.0, 3.0], &[5.0; 3]).unwrap().r_squared, 1.0);
    }
}

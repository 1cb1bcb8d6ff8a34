//! A line through points in the plane.

use pyo3::prelude::*;

use super::{Arguments, interval_text, squarable};
use crate::pickle::pickled;
use crate::shown::Shown;

/// The least-squares line ``y = slope * x + intercept``.
///
/// Attributes
/// ----------
/// slope, intercept : float
/// slope_standard_error : float
///     From residuals with ``n_points - 2`` degrees of freedom.
/// slope_lower, slope_upper : float
///     The ends of the 95 % interval of the slope, by Student's t.
/// r_squared : float
///     The share of the variance of y that the line explains; 1 if y is constant.
/// n_points : int
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct LinearFit {
    slope: f64,
    intercept: f64,
    slope_standard_error: f64,
    slope_lower: f64,
    slope_upper: f64,
    r_squared: f64,
    n_points: usize,
}

pickled!(LinearFit {
    slope: f64,
    intercept: f64,
    slope_standard_error: f64,
    slope_lower: f64,
    slope_upper: f64,
    r_squared: f64,
    n_points: usize
});

#[pymethods]
impl LinearFit {
    fn __repr__(&self) -> String {
        let interval = interval_text(Some(self.slope_lower), Some(self.slope_upper));
        format!(
            "LinearFit(slope {}, {interval}, intercept {}, R² {:.4})",
            Shown(self.slope),
            Shown(self.intercept),
            self.r_squared
        )
    }
}

const ARGUMENTS: Arguments = Arguments { names: &[], unnamed: "x, y" };

/// The line through points in the plane by ordinary least squares, with the interval of its slope.
///
/// ``slope = sum (x - mean x) (y - mean y) / sum (x - mean x)^2``; its standard error is ``sqrt(sum e^2 / (n - 2) / sum (x - mean x)^2)`` of the
/// residuals e, its interval 97.5 % quantiles of Student's t with ``n - 2`` degrees of freedom to either side.
///
/// Parameters
/// ----------
/// x, y : array_like of shape (n_points,)
///     Real numbers, at least 3 of each.
///
/// Returns
/// -------
/// LinearFit
///
/// Raises
/// ------
/// TypeError
///     If x or y is not one-dimensional, or not of real numbers.
/// ValueError
///     If their lengths differ, there are fewer than 3 points, a number is NaN or infinite, x is constant, or the largest of x or y is not between
///     1e-150 and 1e150 in absolute value, or 0.
///
/// References
/// ----------
/// R. A. Fisher (1922). The goodness of fit of regression formulae, and the distribution of regression coefficients. Journal of the Royal
/// Statistical Society 85, 597-612.
///
/// Examples
/// --------
/// >>> from topolens.statistics import linear_regression
/// >>> fit = linear_regression([0.0, 1.0, 2.0, 3.0], [1.0, 3.1, 4.9, 7.0])
/// >>> fit
/// LinearFit(slope 1.9800, 95 % [1.7975, 2.1625], intercept 1.0300, R² 0.9991)
/// >>> fit.slope_lower < 2 < fit.slope_upper
/// True
#[pyfunction]
pub(crate) fn linear_regression(x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>) -> PyResult<LinearFit> {
    let py = x.py();
    let (x, y) = (squarable("x", x)?, squarable("y", y)?);
    let fit = ARGUMENTS.computed(py, move || topolens::statistics::linear_regression(&x, &y))?;
    let (slope_lower, slope_upper) = fit.slope_interval();
    Ok(LinearFit {
        slope: fit.slope,
        intercept: fit.intercept,
        slope_standard_error: fit.slope_standard_error,
        slope_lower,
        slope_upper,
        r_squared: fit.r_squared,
        n_points: fit.n_points,
    })
}

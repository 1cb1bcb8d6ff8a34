//! Correlations with their intervals.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::Error;
use topolens::statistics::{
    kendall_correlation, partial_spearman_correlation, pearson_correlation, spearman_correlation,
};
use topolens_lab::report::three_digits;

use super::{Arguments, interval_text};
use crate::array::{as_array, ensure_unmasked, vector};
use crate::pickle::pickled;

/// A correlation coefficient with its uncertainty; dimensionless.
///
/// Attributes
/// ----------
/// value : float
///     The coefficient, from -1 to 1, also by ``float()``.
/// lower, upper : float or None
///     The ends of the 95 % interval: -1 and 1 where there are too few points for one, None for a coefficient of -1 or 1, where Fisher's
///     transform is infinite.
/// p_value : float
///     The two-sided p-value of no association.
/// p_value_method : str
///     Where it comes from: "permutations" of all orders (exact), "students-t" (exact for independent normal variables, an approximation
///     for ranks), or the "normal" approximation.
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct Correlation {
    value: f64,
    lower: Option<f64>,
    upper: Option<f64>,
    p_value: f64,
    p_value_method: String,
}

impl From<topolens::statistics::Correlation> for Correlation {
    fn from(found: topolens::statistics::Correlation) -> Self {
        let topolens::statistics::Correlation { value, lower, upper, p_value, method, .. } = found;
        Self { value, lower, upper, p_value, p_value_method: method.name().to_owned() }
    }
}

pickled!(Correlation { value: f64, lower: Option<f64>, upper: Option<f64>, p_value: f64, p_value_method: String });

#[pymethods]
impl Correlation {
    fn __repr__(&self) -> String {
        let (interval, p_value) = (interval_text(self.lower, self.upper), three_digits(self.p_value));
        format!("Correlation({:.4}, {interval}, p = {p_value} by {})", self.value, self.p_value_method)
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

const ARGUMENTS: Arguments = Arguments { names: &[], unnamed: "x, y" };

fn of_pairs(
    x: &Bound<'_, PyAny>,
    y: &Bound<'_, PyAny>,
    correlation: fn(&[f64], &[f64]) -> Result<topolens::statistics::Correlation, Error>,
) -> PyResult<Correlation> {
    let py = x.py();
    let (x, y) = (vector("x", x)?, vector("y", y)?);
    Ok(ARGUMENTS.computed(py, move || correlation(&x, &y))?.into())
}

/// Pearson's correlation: how nearly two numbers of each point lie on a line.
///
/// ``r = sum (x - mean x) (y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2)``, with Fisher's interval
/// ``tanh(artanh r ± 1.96 / sqrt(n - 3))`` and a p-value by Student's t with ``n - 2`` degrees of freedom.
///
/// Parameters
/// ----------
/// x, y : array_like of shape (n_points,)
///     Real numbers, at least 3 of each.
///
/// Returns
/// -------
/// Correlation
///
/// Raises
/// ------
/// TypeError
///     If x or y is not one-dimensional, or not of real numbers.
/// ValueError
///     If their lengths differ, there are fewer than 3 points, a number is NaN or infinite, or one of the two is constant.
///
/// References
/// ----------
/// R. A. Fisher (1921). On the "probable error" of a coefficient of correlation deduced from a small sample. Metron 1, 3-32.
///
/// Examples
/// --------
/// >>> from topolens.statistics import pearson
/// >>> found = pearson([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 3.0, 2.0, 5.0, 4.0])
/// >>> found
/// Correlation(0.8000, 95 % [-0.2796, 0.9862], p = 0.104 by students-t)
/// >>> round(float(found), 6), round(found.p_value, 4)
/// (0.8, 0.1041)
#[pyfunction]
pub(crate) fn pearson(x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>) -> PyResult<Correlation> {
    of_pairs(x, y, pearson_correlation)
}

/// Spearman's rank correlation: how nearly one number of each point grows with another.
///
/// Pearson's correlation of the ranks; ties share the mean of theirs. The p-value is exact up to 9 points, the share of the ``n!`` orders with
/// ``|rho|`` at least as large, else by Student's t with ``n - 2`` degrees of freedom. The interval is
/// ``tanh(artanh rho ± 1.96 sqrt((1 + rho^2 / 2) / (n - 3)))``.
///
/// Parameters
/// ----------
/// x, y : array_like of shape (n_points,)
///     Real numbers, at least 3 of each.
///
/// Returns
/// -------
/// Correlation
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``pearson``.
///
/// References
/// ----------
/// C. Spearman (1904). The proof and measurement of association between two things. The American Journal of Psychology 15, 72-101.
///
/// D. G. Bonett, T. A. Wright (2000). Sample size requirements for estimating Pearson, Kendall and Spearman correlations. Psychometrika 65,
/// 23-28.
///
/// Examples
/// --------
/// >>> from topolens.statistics import spearman
/// >>> found = spearman([1, 2, 3, 4], [1, 9, 4, 16])
/// >>> round(found.value, 6), round(found.p_value, 6)
/// (0.8, 0.333333)
/// >>> found.p_value_method
/// 'permutations'
#[pyfunction]
pub(crate) fn spearman(x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>) -> PyResult<Correlation> {
    of_pairs(x, y, spearman_correlation)
}

/// Kendall's rank correlation: how many more pairs of points two numbers order alike than otherwise.
///
/// ``tau_b = (C - D) / sqrt((P - Tx) (P - Ty))`` of ``P = n (n - 1) / 2`` pairs, C concordant and D discordant, T tied. The p-value is exact up to
/// 60 points without ties and up to 9 with them, else normal with the variance that ties leave. The interval is
/// ``tanh(artanh tau ± 1.96 sqrt(0.437 / (n - 4)))``.
///
/// Parameters
/// ----------
/// x, y : array_like of shape (n_points,)
///     Real numbers, at least 3 of each. Time grows with the square of ``n_points``.
///
/// Returns
/// -------
/// Correlation
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``pearson``.
///
/// References
/// ----------
/// M. G. Kendall (1938). A new measure of rank correlation. Biometrika 30, 81-93.
///
/// E. C. Fieller, H. O. Hartley, E. S. Pearson (1957). Tests for rank correlation coefficients. I. Biometrika 44, 470-481.
///
/// Examples
/// --------
/// >>> from topolens.statistics import kendall
/// >>> found = kendall([1, 2, 3, 4], [1, 3, 2, 4])
/// >>> round(found.value, 6), round(found.p_value, 6)
/// (0.666667, 0.333333)
/// >>> found.p_value_method
/// 'permutations'
#[pyfunction]
pub(crate) fn kendall(x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>) -> PyResult<Correlation> {
    of_pairs(x, y, kendall_correlation)
}

/// The correlation of what linear regression on covariates leaves of x and of y.
///
/// With k linearly independent covariates the interval is ``tanh(artanh r ± 1.96 / sqrt(n - 3 - k))``, of ranks
/// ``tanh(artanh r ± 1.96 sqrt((1 + r^2 / 2) / (n - 3 - k)))``, and the p-value by Student's t with ``n - 2 - k`` degrees of freedom. Constant
/// covariates and those that repeat others count for nothing.
///
/// Parameters
/// ----------
/// x, y : array_like of shape (n_points,)
///     Real numbers.
/// covariates : array_like of shape (n_points,) or (n_points, n_covariates)
///     What is given: one covariate, or one in each column.
/// method : str, default "pearson"
///     "pearson" of the numbers, "spearman" of the ranks of x, y and the covariates.
///
/// Returns
/// -------
/// Correlation
///
/// Raises
/// ------
/// TypeError
///     If x or y is not one-dimensional, the covariates have more than two axes, or one of them is not of real numbers.
/// ValueError
///     If lengths differ, there are fewer than ``k + 3`` points, a number is NaN or infinite, x or y is constant, or the covariates explain it
///     entirely; if the method is not known.
///
/// References
/// ----------
/// R. A. Fisher (1924). The distribution of the partial correlation coefficient. Metron 3, 329-332.
///
/// Examples
/// --------
/// Both follow z; what is left of them is opposed.
///
/// >>> from topolens.statistics import partial_correlation, pearson
/// >>> z = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
/// >>> x, y = [0.1, 0.9, 2.1, 2.9, 4.1, 4.9], [-0.1, 1.1, 1.9, 3.1, 3.9, 5.1]
/// >>> pearson(x, y).value > 0.99, partial_correlation(x, y, z).value < -0.99
/// (True, True)
#[pyfunction]
#[pyo3(signature = (x, y, covariates, *, method="pearson"))]
pub(crate) fn partial_correlation(
    x: &Bound<'_, PyAny>,
    y: &Bound<'_, PyAny>,
    covariates: &Bound<'_, PyAny>,
    method: &str,
) -> PyResult<Correlation> {
    let correlation = match method {
        "pearson" => topolens::statistics::partial_correlation,
        "spearman" => partial_spearman_correlation,
        _ => {
            let message = format!("method must be \"pearson\" or \"spearman\", not {method:?}");
            return Err(PyValueError::new_err(message));
        }
    };
    let py = x.py();
    let (x, y, covariates) = (vector("x", x)?, vector("y", y)?, columns("covariates", covariates)?);
    let found = ARGUMENTS.computed(py, move || {
        let covariates: Vec<&[f64]> = covariates.iter().map(Vec::as_slice).collect();
        correlation(&x, &y, &covariates)
    });
    Ok(found?.into())
}

/// The columns of a matrix, or the only one.
fn columns(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<f64>>> {
    ensure_unmasked(argument, object)?;
    let array = as_array(argument, object)?;
    if array.getattr("ndim")?.extract::<usize>()? != 2 {
        return Ok(vec![vector(argument, &array)?]);
    }
    array.getattr("T")?.try_iter()?.map(|column| vector(argument, &column?)).collect()
}

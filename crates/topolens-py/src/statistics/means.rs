//! The mean with its interval.

use pyo3::prelude::*;

use super::{Arguments, interval_text, squarable};
use crate::pickle::pickled;
use crate::shown::Shown;

/// A mean with its uncertainty, in the units of the values.
///
/// Attributes
/// ----------
/// value : float
///     The mean, also by ``float()``.
/// standard_error : float or None
///     None for a single value.
/// lower, upper : float or None
///     The ends of the 95 % interval; None for a single value.
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct Mean {
    value: f64,
    standard_error: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
}

pickled!(Mean { value: f64, standard_error: Option<f64>, lower: Option<f64>, upper: Option<f64> });

#[pymethods]
impl Mean {
    fn __repr__(&self) -> String {
        let error = self.standard_error.map(|error| format!(" ± {}", Shown(error))).unwrap_or_default();
        format!("Mean({}{error}, {})", Shown(self.value), interval_text(self.lower, self.upper))
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

const ARGUMENTS: Arguments = Arguments { names: &[], unnamed: "values" };

/// The mean of independent values with Student's interval.
///
/// ``mean ± t s / sqrt(n)`` with the ``n - 1`` form of the standard deviation s and t the 97.5 % quantile of Student's t with ``n - 1`` degrees of
/// freedom.
///
/// Parameters
/// ----------
/// values : array_like of shape (n_values,)
///     Real numbers.
///
/// Returns
/// -------
/// Mean
///     With ``value``, ``standard_error``, ``lower`` and ``upper``.
///
/// Raises
/// ------
/// TypeError
///     If values is not one-dimensional, or not of real numbers.
/// ValueError
///     If values is empty, holds NaN or infinite numbers, or its largest is not between 1e-150 and 1e150 in absolute value, or 0.
///
/// References
/// ----------
/// Student (1908). The probable error of a mean. Biometrika 6, 1-25.
///
/// Examples
/// --------
/// >>> from topolens.statistics import mean
/// >>> accuracy = mean([0.91, 0.89, 0.93])
/// >>> accuracy
/// Mean(0.9100 ± 0.0115, 95 % [0.8603, 0.9597])
/// >>> round(accuracy.upper - accuracy.value, 4)
/// 0.0497
#[pyfunction]
pub(crate) fn mean(values: &Bound<'_, PyAny>) -> PyResult<Mean> {
    let py = values.py();
    let values = squarable("values", values)?;
    let n_values = values.len();
    let found = ARGUMENTS.computed(py, move || topolens::statistics::mean(&values))?;
    let (lower, upper) = found.interval(n_values).unzip();
    Ok(Mean { value: found.value, standard_error: found.standard_error, lower, upper })
}

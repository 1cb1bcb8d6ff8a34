//! Persistence diagrams as arrays, and the numbers read off them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{Diagram, Interval};

use crate::array::FloatMatrix;

/// Reads births and deaths.
pub(crate) fn read_diagram(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<Diagram> {
    let matrix = FloatMatrix::read(argument, object)?;
    let shape = matrix.shape();
    if shape[1] != 2 {
        return Err(PyValueError::new_err(format!(
            "{argument} must have two columns, birth and death; its shape is {shape:?}"
        )));
    }
    let values = matrix.to_f64();
    let rows = values.chunks_exact(2).enumerate();
    let intervals = rows.map(|(row, ends)| interval(argument, row, ends[0], ends[1]));
    // Python's arrays do not say their homology dimension.
    Ok(Diagram::new(0, intervals.collect::<PyResult<_>>()?))
}

fn interval(argument: &str, row: usize, birth: f64, death: f64) -> PyResult<Interval> {
    if birth.is_finite() && death >= birth {
        return Ok(Interval { birth, death });
    }
    Err(PyValueError::new_err(format!(
        "{argument}: row {row} has birth {birth} and death {death}; a birth is finite and a death comes after its birth"
    )))
}

/// Sum of ``(death - birth) ** alpha`` over the finite intervals of a diagram.
///
/// Parameters
/// ----------
/// diagram : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths, as returned by ``persistent_homology``. Essential classes and intervals of length zero are
///     left out.
/// alpha : float, default 1.0
///
/// Returns
/// -------
/// float
///     0 if there is no finite interval. Units: those of the filtration values, to the power alpha.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If the diagram is not an array of births and deaths, or alpha is not finite.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> topolens.lifespans_sum(np.array([[0.0, 3.0], [1.0, 5.0], [0.0, np.inf]]), alpha=2.0)
/// 25.0
#[pyfunction]
#[pyo3(signature = (diagram, *, alpha=1.0))]
pub(crate) fn lifespans_sum(diagram: &Bound<'_, PyAny>, alpha: f64) -> PyResult<f64> {
    if !alpha.is_finite() {
        return Err(PyValueError::new_err(format!("alpha must be finite, not {alpha}")));
    }
    Ok(read_diagram("diagram", diagram)?.lifespans_sum(alpha))
}

/// Persistent entropy: ``-sum_i p_i ln p_i`` with ``p_i = l_i / sum_j l_j`` over the finite lifespans ``l_i``.
///
/// Parameters
/// ----------
/// diagram : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths. Essential classes are left out.
///
/// Returns
/// -------
/// float or None
///     In nats, from 0 (one interval) to ``ln m`` (m intervals of equal length); None if there is no finite interval.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If the diagram is not an array of births and deaths.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> entropy = topolens.persistent_entropy(np.array([[0.0, 2.0], [1.0, 3.0]]))
/// >>> bool(np.isclose(entropy, np.log(2)))
/// True
#[pyfunction]
pub(crate) fn persistent_entropy(diagram: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
    Ok(read_diagram("diagram", diagram)?.persistent_entropy())
}

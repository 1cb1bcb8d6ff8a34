//! P-values adjusted for the number of tests.

use numpy::PyArray1;
use pyo3::prelude::*;
use topolens::statistics::MultipleTesting;

use super::Arguments;
use crate::array::vector;

const ARGUMENTS: Arguments = Arguments { names: &[], unnamed: "p_values" };

/// P-values adjusted for the number of tests: reject those up to the level.
///
/// Of m p-values, sorted, "holm" gives ``max_{j <= i} (m - j + 1) p_(j)``, which bounds the chance of any false rejection whatever the dependence;
/// "benjamini-hochberg" ``min_{j >= i} m p_(j) / j``, which bounds the expected share of false rejections of independent or positively dependent
/// tests; "benjamini-yekutieli" the same times ``sum_{j <= m} 1 / j``, whatever the dependence. None exceeds 1.
///
/// Parameters
/// ----------
/// p_values : array_like of shape (n_tests,)
///     From 0 to 1.
/// method : str, default "holm"
///     "holm", "benjamini-hochberg" or "benjamini-yekutieli".
///
/// Returns
/// -------
/// ndarray of shape (n_tests,), float64
///     In the order given.
///
/// Raises
/// ------
/// TypeError
///     If p_values is not one-dimensional, or not of real numbers.
/// ValueError
///     If there is none, one is NaN or not from 0 to 1, or the method is not known.
///
/// References
/// ----------
/// S. Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70.
///
/// Y. Benjamini, Y. Hochberg (1995). Controlling the false discovery rate: a practical and powerful approach to multiple testing. Journal of the
/// Royal Statistical Society B 57, 289-300.
///
/// Y. Benjamini, D. Yekutieli (2001). The control of the false discovery rate in multiple testing under dependency. The Annals of Statistics 29,
/// 1165-1188.
///
/// Examples
/// --------
/// >>> from topolens.statistics import adjusted_p_values
/// >>> adjusted_p_values([0.03, 0.01, 0.5])
/// array([0.06, 0.03, 0.5 ])
/// >>> adjusted_p_values([0.03, 0.01, 0.5], method="benjamini-hochberg")
/// array([0.045, 0.03 , 0.5  ])
#[pyfunction]
#[pyo3(signature = (p_values, *, method="holm"))]
pub(crate) fn adjusted_p_values<'py>(
    p_values: &Bound<'py, PyAny>,
    method: &str,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let py = p_values.py();
    let correction = MultipleTesting::from_name(method).map_err(|error| ARGUMENTS.blamed(&error))?;
    let p_values = vector("p_values", p_values)?;
    let adjusted = ARGUMENTS.computed(py, move || correction.adjusted(&p_values))?;
    Ok(PyArray1::from_vec(py, adjusted))
}

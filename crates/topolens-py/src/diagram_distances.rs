//! Distances between diagrams.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::{Bottleneck, GroundNorm, Wasserstein};

use crate::diagram::read_diagram;
use crate::error::to_python;
use crate::work::detached;

/// The bottleneck distance of two diagrams.
///
/// ``min_g max_x |x - g(x)|`` in the maximum norm over all matchings g of the intervals, each to one of the other
/// diagram or to the diagonal, which is half a lifespan away. Essential classes are matched among themselves, in the order
/// of their births.
///
/// Parameters
/// ----------
/// first, second : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths of one homology dimension.
/// relative_error : float, default 0.0
///     How far above the exact distance the result may be, as a share of it; 0 for the exact distance.
///
/// Returns
/// -------
/// float
///     Units: those of the filtration values. ``inf`` if one diagram has more essential classes.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If a diagram is not an array of births and deaths, or ``relative_error`` is negative or not finite.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> one = np.array([[1.0, 3.0]])
/// >>> two = np.array([[1.25, 3.0], [2.0, 2.25]])
/// >>> topolens.bottleneck_distance(one, two)
/// 0.25
#[pyfunction]
#[pyo3(signature = (first, second, *, relative_error=0.0))]
pub(crate) fn bottleneck_distance(
    first: &Bound<'_, PyAny>,
    second: &Bound<'_, PyAny>,
    relative_error: f64,
) -> PyResult<f64> {
    let py = first.py();
    let (first, second) = (read_diagram("first", first)?, read_diagram("second", second)?);
    let bottleneck = Bottleneck::new().relative_error(relative_error);
    detached(py, move || bottleneck.distance(&first, &second))?.map_err(|error| to_python(&error))
}

/// The Wasserstein distance of two diagrams.
///
/// ``min_g (sum_x |x - g(x)| ** order) ** (1 / order)`` over all matchings g of the intervals, each to one of the other
/// diagram or to the diagonal. Essential classes are matched among themselves, in the order of their births.
///
/// Parameters
/// ----------
/// first, second : array_like of shape (n_intervals, 2), float32 or float64
///     Births and deaths of one homology dimension.
/// order : float, default 1.0
///     The exponent, from 1 on.
/// ground_norm : {"maximum", "euclidean"}
///     The norm in the plane of births and deaths. The diagonal is half a lifespan away in the maximum norm, a lifespan
///     divided by the root of 2 in the Euclidean one.
/// relative_error : float, default 0.0
///     How far above the exact distance the result may be, as a share of it; 0 for the exact distance.
///
/// Returns
/// -------
/// float
///     Units: those of the filtration values. ``inf`` if one diagram has more essential classes.
///
/// Raises
/// ------
/// TypeError, ValueError
///     If a diagram is not an array of births and deaths, or a setting is out of its range.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> one = np.array([[1.0, 3.0]])
/// >>> two = np.array([[1.0, 3.5], [2.0, 2.5]])
/// >>> round(topolens.wasserstein_distance(one, two), 12)
/// 0.75
#[pyfunction]
#[pyo3(signature = (first, second, *, order=1.0, ground_norm="maximum", relative_error=0.0))]
pub(crate) fn wasserstein_distance(
    first: &Bound<'_, PyAny>,
    second: &Bound<'_, PyAny>,
    order: f64,
    ground_norm: &str,
    relative_error: f64,
) -> PyResult<f64> {
    let py = first.py();
    let ground_norm = match ground_norm {
        "maximum" => GroundNorm::Maximum,
        "euclidean" => GroundNorm::Euclidean,
        other => {
            return Err(PyValueError::new_err(format!(
                "ground_norm must be 'maximum' or 'euclidean', not {other:?}"
            )));
        }
    };
    let (first, second) = (read_diagram("first", first)?, read_diagram("second", second)?);
    let wasserstein = Wasserstein::new().order(order).ground_norm(ground_norm).relative_error(relative_error);
    detached(py, move || wasserstein.distance(&first, &second))?.map_err(|error| to_python(&error))
}

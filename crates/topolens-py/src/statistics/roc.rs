//! The receiver operating characteristic and areas under it.

use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::statistics::RocPoint;
use topolens_lab::report::three_digits;

use super::{Arguments, interval_text};
use crate::array::vector;
use crate::pickle::pickled;

/// The curve of true against false positives as the threshold of a score falls; dimensionless.
///
/// Attributes
/// ----------
/// thresholds : ndarray of shape (n_thresholds,), float64
///     Descending: scores from here on are called positive. The first is infinite, the others are the different scores.
/// false_positive_rate : ndarray of shape (n_thresholds,), float64
///     The share of the negatives called positive.
/// true_positive_rate : ndarray of shape (n_thresholds,), float64
///     The share of the positives called positive.
/// area : float
///     The area under the curve by trapezia: the chance that a positive scores above a negative, ties counting half. ``roc_area`` has its
///     interval.
/// equal_error_rate : float
///     Where as large a share of the negatives is called positive as of the positives negative, on the line between the points of the curve.
/// true_positive_rate_at : function of a false positive rate
///     The largest true positive rate of a threshold whose false positive rate is at most that.
#[pyclass(frozen, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct RocCurve {
    curve: topolens::statistics::RocCurve,
}

#[pymethods]
impl RocCurve {
    #[getter]
    fn thresholds<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |point| point.threshold)
    }

    #[getter]
    fn false_positive_rate<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |point| point.false_positive_rate)
    }

    #[getter]
    fn true_positive_rate<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.column(py, |point| point.true_positive_rate)
    }

    #[getter]
    fn area(&self) -> f64 {
        self.curve.area()
    }

    #[getter]
    fn equal_error_rate(&self) -> f64 {
        self.curve.equal_error_rate()
    }

    fn true_positive_rate_at(&self, false_positive_rate: f64) -> PyResult<f64> {
        let found = self.curve.true_positive_rate_at(false_positive_rate);
        found.map_err(|error| CURVE.blamed(&error))
    }

    fn __repr__(&self) -> String {
        format!("RocCurve({} thresholds, area {:.4})", self.curve.points().len(), self.curve.area())
    }
}

impl RocCurve {
    fn column<'py>(&self, py: Python<'py>, of: fn(&RocPoint) -> f64) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_iter(py, self.curve.points().iter().map(of))
    }
}

/// An area under a ROC curve with DeLong's standard error; dimensionless.
///
/// Attributes
/// ----------
/// value : float
///     The area, also by ``float()``.
/// standard_error : float
///     0 where the classes are apart.
/// lower, upper : float
///     The ends of the 95 % interval, cut at 0 and 1.
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct RocArea {
    value: f64,
    standard_error: f64,
    lower: f64,
    upper: f64,
}

impl From<topolens::statistics::RocArea> for RocArea {
    fn from(found: topolens::statistics::RocArea) -> Self {
        let topolens::statistics::RocArea { value, standard_error, lower, upper, .. } = found;
        Self { value, standard_error, lower, upper }
    }
}

pickled!(RocArea { value: f64, standard_error: f64, lower: f64, upper: f64 });

#[pymethods]
impl RocArea {
    fn __repr__(&self) -> String {
        let interval = interval_text(Some(self.lower), Some(self.upper));
        format!("RocArea({:.4} ± {:.4}, {interval})", self.value, self.standard_error)
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

/// The difference of two areas on the same points; dimensionless.
///
/// Attributes
/// ----------
/// first, second : RocArea
///     The areas of the two scores.
/// difference : float
///     First less second, also by ``float()``.
/// standard_error : float
///     Of the difference.
/// p_value : float
///     The two-sided p-value of equal areas.
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct RocComparison {
    first: Py<RocArea>,
    second: Py<RocArea>,
    difference: f64,
    standard_error: f64,
    p_value: f64,
}

#[pymethods]
impl RocComparison {
    #[expect(clippy::type_complexity, reason = "what pickle asks for")]
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<RocArea>, Py<RocArea>, f64, f64, f64))> {
        let Self { first, second, difference, standard_error, p_value } = self;
        let areas = (first.clone_ref(py), second.clone_ref(py));
        let fields = (areas.0, areas.1, *difference, *standard_error, *p_value);
        Ok((py.get_type::<Self>().getattr("_restored")?, fields))
    }

    #[staticmethod]
    #[pyo3(name = "_restored")]
    fn restored(
        first: Py<RocArea>,
        second: Py<RocArea>,
        difference: f64,
        standard_error: f64,
        p_value: f64,
    ) -> Self {
        Self { first, second, difference, standard_error, p_value }
    }

    fn __repr__(&self) -> String {
        let p_value = three_digits(self.p_value);
        format!("RocComparison({:.4} ± {:.4}, p = {p_value})", self.difference, self.standard_error)
    }

    fn __float__(&self) -> f64 {
        self.difference
    }
}

const CURVE: Arguments = Arguments {
    names: &[("`is_positive`", "`y_true`"), ("`weights`", "`sample_weight`")],
    unnamed: "y_true, sample_weight",
};
const AREA: Arguments = Arguments { names: &[("`is_positive`", "`y_true`")], unnamed: "y_true" };
const COMPARISON: Arguments =
    Arguments { names: &[("`is_positive`", "`y_true`")], unnamed: "y_true, first, second" };

/// The receiver operating characteristic of a score.
///
/// A point for each different score t: the shares of the negatives and of the positives that score t or more.
///
/// Parameters
/// ----------
/// y_true : array_like of shape (n_points,)
///     True or 1 for a positive, False or 0 for a negative.
/// scores : array_like of shape (n_points,)
///     Larger ones mean positive.
/// sample_weight : array_like of shape (n_points,), optional
///     How often each point counts, 0 or more; by default once.
///
/// Returns
/// -------
/// RocCurve
///     With ``thresholds``, ``false_positive_rate``, ``true_positive_rate``, ``area``, ``equal_error_rate`` and ``true_positive_rate_at``. No
///     point is left out, also where the curve goes straight on.
///
/// Raises
/// ------
/// TypeError
///     If an argument is not one-dimensional, or not of real numbers.
/// ValueError
///     If lengths differ, a score or weight is NaN or infinite, a weight is negative, y_true holds other numbers than 0 and 1, or one class only
///     has points of a weight.
///
/// References
/// ----------
/// J. A. Hanley, B. J. McNeil (1982). The meaning and use of the area under a receiver operating characteristic (ROC) curve. Radiology 143, 29-36.
///
/// Examples
/// --------
/// >>> from topolens.statistics import roc_curve
/// >>> curve = roc_curve([1, 0, 1, 0], [0.9, 0.8, 0.3, 0.1])
/// >>> curve
/// RocCurve(5 thresholds, area 0.7500)
/// >>> curve.false_positive_rate, curve.true_positive_rate
/// (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
/// >>> curve.true_positive_rate_at(0.0)
/// 0.5
#[pyfunction]
#[pyo3(signature = (y_true, scores, *, sample_weight=None))]
pub(crate) fn roc_curve(
    y_true: &Bound<'_, PyAny>,
    scores: &Bound<'_, PyAny>,
    sample_weight: Option<Bound<'_, PyAny>>,
) -> PyResult<RocCurve> {
    let py = y_true.py();
    let (is_positive, scores) = (classes(y_true)?, vector("scores", scores)?);
    let weights = sample_weight.map(|weights| vector("sample_weight", &weights)).transpose()?;
    let curve = CURVE.computed(py, move || match weights {
        Some(weights) => topolens::statistics::RocCurve::weighted(&scores, &is_positive, &weights),
        None => topolens::statistics::RocCurve::new(&scores, &is_positive),
    })?;
    Ok(RocCurve { curve })
}

/// The area under the ROC curve with DeLong's interval.
///
/// ``A ± 1.96 sqrt(S10 / m + S01 / n)``: S10 is the variance over the m positives of the share of negatives that they exceed, S01 that over the n
/// negatives of the share of positives that exceed them; ties count half.
///
/// Parameters
/// ----------
/// y_true : array_like of shape (n_points,)
///     True or 1 for a positive, False or 0 for a negative; two of each at least.
/// scores : array_like of shape (n_points,)
///     Larger ones mean positive.
///
/// Returns
/// -------
/// RocArea
///     With ``value``, ``standard_error``, ``lower`` and ``upper``.
///
/// Raises
/// ------
/// TypeError
///     If an argument is not one-dimensional, or not of real numbers.
/// ValueError
///     If the lengths differ, a score is NaN or infinite, y_true holds other numbers than 0 and 1, or a class has fewer than 2 points.
///
/// References
/// ----------
/// E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988). Comparing the areas under two or more correlated receiver operating characteristic
/// curves: a nonparametric approach. Biometrics 44, 837-845.
///
/// Examples
/// --------
/// >>> from topolens.statistics import roc_area
/// >>> area = roc_area([1, 1, 1, 0, 0, 0], [0.9, 0.8, 0.3, 0.4, 0.2, 0.1])
/// >>> round(area.value, 6), area.upper
/// (0.888889, 1.0)
/// >>> area.lower < float(area)
/// True
#[pyfunction]
pub(crate) fn roc_area(y_true: &Bound<'_, PyAny>, scores: &Bound<'_, PyAny>) -> PyResult<RocArea> {
    let py = y_true.py();
    let (is_positive, scores) = (classes(y_true)?, vector("scores", scores)?);
    Ok(AREA.computed(py, move || topolens::statistics::roc_area(&scores, &is_positive))?.into())
}

/// DeLong's test of equal areas under the ROC curves of two scores of the same points.
///
/// ``z = (A1 - A2) / sqrt(V11 + V22 - 2 V12)``, with V the covariance of the two areas over positives and negatives as in ``roc_area``, is normal if
/// the areas are equal.
///
/// Parameters
/// ----------
/// y_true : array_like of shape (n_points,)
///     True or 1 for a positive, False or 0 for a negative; two of each at least.
/// first, second : array_like of shape (n_points,)
///     The two scores; larger ones mean positive.
///
/// Returns
/// -------
/// RocComparison
///     With the areas ``first`` and ``second``, their ``difference``, its ``standard_error``, and ``p_value``.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``roc_area``; if the areas differ without any variance.
///
/// References
/// ----------
/// E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson (1988). Comparing the areas under two or more correlated receiver operating characteristic
/// curves: a nonparametric approach. Biometrics 44, 837-845.
///
/// Examples
/// --------
/// >>> from topolens.statistics import compare_roc_areas
/// >>> y_true = [True, True, True, False, False, False]
/// >>> found = compare_roc_areas(y_true, [0.9, 0.8, 0.3, 0.4, 0.2, 0.1], [0.9, 0.2, 0.3, 0.4, 0.8, 0.1])
/// >>> round(found.difference, 6), found.p_value < 1
/// (0.333333, True)
#[pyfunction]
pub(crate) fn compare_roc_areas(
    y_true: &Bound<'_, PyAny>,
    first: &Bound<'_, PyAny>,
    second: &Bound<'_, PyAny>,
) -> PyResult<RocComparison> {
    let py = y_true.py();
    let (is_positive, first, second) = (classes(y_true)?, vector("first", first)?, vector("second", second)?);
    let found = COMPARISON
        .computed(py, move || topolens::statistics::compare_roc_areas(&first, &second, &is_positive))?;
    Ok(RocComparison {
        first: Py::new(py, RocArea::from(found.first))?,
        second: Py::new(py, RocArea::from(found.second))?,
        difference: found.difference,
        standard_error: found.standard_error,
        p_value: found.p_value,
    })
}

/// Which points are positive.
fn classes(y_true: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    let class = |label: f64| match label {
        0.0 => Ok(false),
        1.0 => Ok(true),
        _ => Err(PyValueError::new_err(format!(
            "y_true holds {label}; give True or 1 for a positive, False or 0 for a negative"
        ))),
    };
    vector("y_true", y_true)?.into_iter().map(class).collect()
}

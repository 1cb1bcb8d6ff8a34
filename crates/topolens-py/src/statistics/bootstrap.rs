//! Bootstrap intervals of what Python computes.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::statistics::Bootstrap;

use super::Arguments;
use crate::array::{as_array, ensure_unmasked, from_indices};
use crate::error::{count, seed};
use crate::work::answering;

/// A statistic with its bootstrap interval, in the units of the statistic.
///
/// Attributes
/// ----------
/// value : float
///     The statistic of all points, also by ``float()``.
/// lower, upper : float
///     The ends of the interval; the value itself where all resamples agree with it.
/// confidence_level : float
///     The probability that the interval covers.
/// bias_correction : float
///     ``z0``, dimensionless; the share behind it is kept half a resample from 0 and 1.
/// acceleration : float
///     ``a``, dimensionless; 0 where the jackknife does not vary.
/// n_undefined : int
///     The resamples that were left out, on which the statistic is not finite.
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct BootstrapInterval {
    value: f64,
    lower: f64,
    upper: f64,
    confidence_level: f64,
    bias_correction: f64,
    acceleration: f64,
    n_undefined: usize,
}

#[pymethods]
impl BootstrapInterval {
    fn __repr__(&self) -> String {
        // 99.9 %, not 99.90000000000001 %.
        let percent = (1e7 * self.confidence_level).round() / 1e5;
        format!("BootstrapInterval({:.4}, {percent} % [{:.4}, {:.4}])", self.value, self.lower, self.upper)
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

const ARGUMENTS: Arguments = Arguments {
    names: &[
        ("`resamples`", "`n_resamples`"),
        ("`level`", "`confidence_level`"),
        ("the statistic", "`statistic`"),
    ],
    unnamed: "data",
};

/// The bootstrap interval of a statistic, corrected for bias and acceleration (BCa).
///
/// With Phi the normal distribution, ``z0 = Phi^-1`` of the share of resamples below the value (equal ones counting half) and
/// ``a = sum d_i^3 / (6 (sum d_i^2)^(3/2))`` of the jackknife's ``d_i = mean theta - theta_(i)``, the ends are the quantiles
/// ``Phi(z0 + (z0 + z) / (1 - a (z0 + z)))`` of the resamples, z being the normal quantiles of the level.
///
/// Not for distances and spanning trees, which see the duplicates of a resample.
///
/// Parameters
/// ----------
/// data : array_like of shape (n_points, ...)
///     The points along the first axis, of any type; resamples are drawn from its rows with replacement. Put paired numbers into columns.
/// statistic : callable
///     Given an array of the shape of data, or of one point less, returns a number, or what ``float()`` makes one of; NaN where it has none. It is
///     called in this thread, ``n_resamples + n_points + 1`` times: of all points, without each point in turn, of the resamples.
/// n_resamples : int, default 2000
/// confidence_level : float, default 0.95
///     The probability that the interval covers.
/// random_state : int, default 0
///     Seed of the resamples.
///
/// Returns
/// -------
/// BootstrapInterval
///     With ``value``, ``lower`` and ``upper``. Resamples on which the statistic is NaN or infinite are left out and counted in
///     ``n_undefined``.
///
/// Raises
/// ------
/// TypeError
///     If data has no axis, statistic is not callable or returns no number.
/// ValueError
///     If there are fewer than 3 points, ``n_resamples`` is below 2, ``confidence_level`` is not between 0 and 1, or statistic is not finite on all
///     points, without one of them, or on more than half of the resamples.
/// Exception
///     What statistic raises.
///
/// References
/// ----------
/// B. Efron (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association 82, 171-185.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> from topolens.statistics import bootstrap_interval, spearman
/// >>> x = np.random.default_rng(0).exponential(size=40)
/// >>> found = bootstrap_interval(x, np.median)
/// >>> found.lower < np.median(x) == float(found) < found.upper
/// True
/// >>> pairs = np.column_stack([x, x + np.random.default_rng(1).normal(size=40)])
/// >>> found = bootstrap_interval(pairs, lambda rows: spearman(rows[:, 0], rows[:, 1]), n_resamples=500)
/// >>> 0 < found.lower < found.value < found.upper < 1
/// True
#[pyfunction]
#[pyo3(signature = (data, statistic, *, n_resamples=2000, confidence_level=0.95, random_state=0))]
pub(crate) fn bootstrap_interval(
    data: &Bound<'_, PyAny>,
    statistic: &Bound<'_, PyAny>,
    n_resamples: i64,
    confidence_level: f64,
    #[pyo3(from_py_with = seed)] random_state: u64,
) -> PyResult<BootstrapInterval> {
    let n_resamples = count("n_resamples", n_resamples)?;
    let bootstrap = Bootstrap::new().resamples(n_resamples).level(confidence_level).seed(random_state);
    let sample = Sample::read(data, statistic)?;
    let n_points = sample.n_points;
    let mut n_asked = 0;
    let found = answering(
        data.py(),
        move |ask| bootstrap.interval(n_points, |rows| Ok(ask(rows.to_vec()).unwrap_or(f64::NAN))),
        |rows: Vec<usize>| {
            n_asked += 1;
            sample.value(&rows, n_asked == 1)
        },
    )?;
    let found = found.map_err(|error| ARGUMENTS.blamed(&error))?;
    Ok(BootstrapInterval {
        value: found.value,
        lower: found.lower,
        upper: found.upper,
        confidence_level,
        bias_correction: found.bias_correction,
        acceleration: found.acceleration,
        n_undefined: found.n_undefined,
    })
}

/// Points, and what is computed of them.
struct Sample<'py> {
    points: Bound<'py, PyAny>,
    n_points: usize,
    statistic: Bound<'py, PyAny>,
}

impl<'py> Sample<'py> {
    fn read(data: &Bound<'py, PyAny>, statistic: &Bound<'py, PyAny>) -> PyResult<Self> {
        ensure_unmasked("data", data)?;
        let points = as_array("data", data)?;
        let shape: Vec<usize> = points.getattr("shape")?.extract()?;
        let Some(&n_points) = shape.first() else {
            let message = "data must be an array with an axis of points, not a single value";
            return Err(PyTypeError::new_err(message));
        };
        if !statistic.is_callable() {
            let message = format!("statistic must be a function of an array, not {}", statistic.get_type());
            return Err(PyTypeError::new_err(message));
        }
        Ok(Self { points, n_points, statistic: statistic.clone() })
    }

    /// The statistic of some rows; it must be finite on all and without one of them.
    fn value(&self, rows: &[usize], is_whole: bool) -> PyResult<f64> {
        let py = self.points.py();
        let points = self.points.call_method1("take", (from_indices(py, rows), 0))?;
        let returned = self.statistic.call1((points,))?;
        let value: f64 = returned.extract().map_err(|error: PyErr| {
            if !error.is_instance_of::<PyTypeError>(py) {
                return error;
            }
            PyTypeError::new_err(format!("statistic must return a number, not {}", returned.get_type()))
        })?;
        if value.is_finite() || (rows.len() == self.n_points && !is_whole) {
            return Ok(value);
        }
        let on = match (0..self.n_points).find(|point| rows.get(*point) != Some(point)) {
            Some(left_out) if !is_whole => format!("without point {left_out}"),
            _ => "on all points".to_owned(),
        };
        Err(PyValueError::new_err(format!("statistic is {value} {on}; it must be finite there")))
    }
}

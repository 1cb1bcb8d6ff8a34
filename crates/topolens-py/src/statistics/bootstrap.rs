//! Bootstrap intervals of what Python computes.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use topolens::statistics::Bootstrap;

use super::Arguments;
use crate::array::{as_array, ensure_unmasked, from_indices};
use crate::error::{count, seed};
use crate::pickle::pickled;
use crate::shown::Shown;

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

pickled!(BootstrapInterval {
    value: f64,
    lower: f64,
    upper: f64,
    confidence_level: f64,
    bias_correction: f64,
    acceleration: f64,
    n_undefined: usize
});

#[pymethods]
impl BootstrapInterval {
    fn __repr__(&self) -> String {
        // 99.9 %, not 99.90000000000001 %.
        let percent = (1e7 * self.confidence_level).round() / 1e5;
        let [value, lower, upper] = [self.value, self.lower, self.upper].map(Shown);
        format!("BootstrapInterval({value}, {percent} % [{lower}, {upper}])")
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

/// The evaluations behind a bootstrap interval, of which parts may be done elsewhere; it is pickled without the points.
///
/// ``topolens.statistics.bootstrap_interval`` makes one.
#[pyclass(frozen, module = "topolens._topolens")]
#[derive(Debug)]
pub(crate) struct BootstrapPlan {
    n_points: usize,
    settings: (usize, f64, u64),
}

#[pymethods]
impl BootstrapPlan {
    #[new]
    fn new(
        data: &Bound<'_, PyAny>,
        n_resamples: i64,
        confidence_level: f64,
        #[pyo3(from_py_with = seed)] random_state: u64,
    ) -> PyResult<Self> {
        let (_, n_points) = read_points(data)?;
        let settings = (count("n_resamples", n_resamples)?, confidence_level, random_state);
        let plan = Self { n_points, settings };
        plan.bootstrap().check(n_points).map_err(|error| ARGUMENTS.blamed(&error))?;
        Ok(plan)
    }

    #[getter]
    fn n_evaluations(&self) -> usize {
        self.bootstrap().n_evaluations(self.n_points)
    }

    /// The statistic in the evaluations from `first` to before `last`, called in this thread, in their order.
    fn values(
        &self,
        data: &Bound<'_, PyAny>,
        statistic: &Bound<'_, PyAny>,
        first: usize,
        last: usize,
    ) -> PyResult<Vec<f64>> {
        let (points, n_points) = read_points(data)?;
        if n_points != self.n_points {
            let message = format!("data has {n_points} points, and it had {}", self.n_points);
            return Err(PyValueError::new_err(message));
        }
        if !statistic.is_callable() {
            let message = format!("statistic must be a function of an array, not {}", statistic.get_type());
            return Err(PyTypeError::new_err(message));
        }
        let bootstrap = self.bootstrap();
        let value = |evaluation| {
            data.py().check_signals()?;
            let rows = from_indices(data.py(), &bootstrap.points_of(evaluation, n_points));
            let value = number(&statistic.call1((points.call_method1("take", (rows, 0))?,))?)?;
            // Resamples may have no value.
            if value.is_finite() || evaluation > n_points {
                return Ok(value);
            }
            let on = match evaluation.checked_sub(1) {
                Some(left_out) => format!("without point {left_out}"),
                None => "on all points".to_owned(),
            };
            Err(PyValueError::new_err(format!("statistic is {value} {on}; it must be finite there")))
        };
        (first..last.min(self.n_evaluations())).map(value).collect()
    }

    /// The interval of the values of all evaluations, in their order.
    #[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
    fn interval(&self, values: Vec<f64>) -> PyResult<BootstrapInterval> {
        let found = self.bootstrap().interval_of_values(self.n_points, &values);
        let found = found.map_err(|error| ARGUMENTS.blamed(&error))?;
        Ok(BootstrapInterval {
            value: found.value,
            lower: found.lower,
            upper: found.upper,
            confidence_level: self.settings.1,
            bias_correction: found.bias_correction,
            acceleration: found.acceleration,
            n_undefined: found.n_undefined,
        })
    }

    #[expect(clippy::type_complexity, reason = "what pickle asks for")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (usize, (usize, f64, u64)))> {
        Ok((py.get_type::<Self>().getattr("restored")?, (self.n_points, self.settings)))
    }

    #[staticmethod]
    fn restored(n_points: usize, settings: (usize, f64, u64)) -> Self {
        Self { n_points, settings }
    }
}

impl BootstrapPlan {
    fn bootstrap(&self) -> Bootstrap {
        let (n_resamples, level, seed) = self.settings;
        Bootstrap::new().resamples(n_resamples).level(level).seed(seed)
    }
}

/// An array, and its points along the first axis.
fn read_points<'py>(data: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, usize)> {
    ensure_unmasked("data", data)?;
    let points = as_array("data", data)?;
    let shape: Vec<usize> = points.getattr("shape")?.extract()?;
    let n_points = shape.first().copied().ok_or_else(|| {
        PyTypeError::new_err("data must be an array with an axis of points, not a single value")
    })?;
    Ok((points, n_points))
}

/// What a statistic returned.
fn number(returned: &Bound<'_, PyAny>) -> PyResult<f64> {
    returned.extract().map_err(|error: PyErr| {
        if error.is_instance_of::<PyTypeError>(returned.py()) {
            PyTypeError::new_err(format!("statistic must return a number, not {}", returned.get_type()))
        } else {
            error
        }
    })
}

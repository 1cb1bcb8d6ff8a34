//! Correlations, intervals and tests of few numbers.

mod bootstrap;
mod correlation;
mod hyper_parameters;
mod means;
mod multiple_testing;
mod regression;
mod roc;

pub(crate) use bootstrap::{BootstrapInterval, BootstrapPlan};
pub(crate) use correlation::{Correlation, kendall, partial_correlation, pearson, spearman};
pub(crate) use hyper_parameters::{
    ConditionalInformation, GranulatedKendall, conditional_information, granulated_kendall,
};
pub(crate) use means::{Mean, mean};
pub(crate) use multiple_testing::adjusted_p_values;
pub(crate) use regression::{LinearFit, linear_regression};
pub(crate) use roc::{RocArea, RocComparison, RocCurve, compare_roc_areas, roc_area, roc_curve};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens::Error;

use crate::array::vector;
use crate::error::about_arguments;
use crate::shown::Shown;
use crate::work::detached;

/// What Rust calls arguments and Python calls otherwise, and which to blame for an error that names none.
struct Arguments {
    names: &'static [(&'static str, &'static str)],
    unnamed: &'static str,
}

impl Arguments {
    /// What `job` finds, without holding Python's lock.
    fn computed<T: Send + 'static>(
        &self,
        py: Python<'_>,
        job: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> PyResult<T> {
        detached(py, job)?.map_err(|error| self.blamed(&error))
    }

    fn blamed(&self, error: &Error) -> PyErr {
        about_arguments(self.names, self.unnamed, error)
    }
}

/// One number per point, of a size whose squares are neither infinite nor lost.
fn squarable(argument: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    const SMALLEST: f64 = 1e-150;
    const LARGEST: f64 = 1e150;
    let values = vector(argument, object)?;
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest > LARGEST || (largest > 0.0 && largest < SMALLEST) {
        return Err(PyValueError::new_err(format!(
            "the largest absolute number in {argument} is {largest:e}; squares are computed between {SMALLEST:e} and \
             {LARGEST:e}, so multiply all numbers by a constant"
        )));
    }
    Ok(values)
}

/// The 95 % interval in the text of a result.
fn interval_text(lower: Option<f64>, upper: Option<f64>) -> String {
    let ends = lower.zip(upper).map(|(lower, upper)| format!("95 % [{}, {}]", Shown(lower), Shown(upper)));
    ends.unwrap_or_else(|| "no interval".to_owned())
}

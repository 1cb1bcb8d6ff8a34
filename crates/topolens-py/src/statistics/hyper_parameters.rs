//! What a measure tells of networks beyond their hyper-parameters.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use topolens::Error;

use super::Arguments;
use crate::array::{as_array, ensure_unmasked, vector};
use crate::pickle::pickled;

/// A granulated rank correlation; dimensionless.
///
/// Attributes
/// ----------
/// value : float
///     The mean over the hyper-parameters that vary, from -1 to 1, also by ``float()``.
/// axes : dict of str to float or None
///     The mean of tau along each hyper-parameter; None where no two models differ in it alone.
#[pyclass(frozen, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct GranulatedKendall {
    value: f64,
    axes: Vec<(String, Option<f64>)>,
}

pickled!(GranulatedKendall { value: f64, axes: Vec<(String, Option<f64>)> });

#[pymethods]
impl GranulatedKendall {
    #[getter]
    fn value(&self) -> f64 {
        self.value
    }

    #[getter]
    fn axes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let axes = PyDict::new(py);
        for (name, value) in &self.axes {
            axes.set_item(name, value)?;
        }
        Ok(axes)
    }

    fn __repr__(&self) -> String {
        let of_axis = |(name, value): &(String, Option<f64>)| {
            format!("{name} {}", value.map_or_else(|| "?".to_owned(), |value| format!("{value:.4}")))
        };
        let axes: Vec<String> = self.axes.iter().map(of_axis).collect();
        format!("GranulatedKendall({:.4}: {})", self.value, axes.join(", "))
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

/// Normalised conditional mutual information; dimensionless.
///
/// Attributes
/// ----------
/// value : float
///     From 0, nothing beyond the hyper-parameters, to 1; also by ``float()``.
/// given : list of str
///     The hyper-parameters, two at most, given which it is least.
#[pyclass(frozen, get_all, module = "topolens.statistics")]
#[derive(Debug)]
pub(crate) struct ConditionalInformation {
    value: f64,
    given: Vec<String>,
}

pickled!(ConditionalInformation { value: f64, given: Vec<String> });

#[pymethods]
impl ConditionalInformation {
    fn __repr__(&self) -> String {
        let given = if self.given.is_empty() { "nothing".to_owned() } else { self.given.join(", ") };
        format!("ConditionalInformation({:.4} given {given})", self.value)
    }

    fn __float__(&self) -> f64 {
        self.value
    }
}

const ARGUMENTS: Arguments =
    Arguments { names: &[("`x`", "`measure`"), ("`y`", "`gap`")], unnamed: "hyper_parameters" };

/// Kendall's rank correlation of a measure with the gap, where one hyper-parameter varies at a time.
///
/// ``Psi = mean_i psi_i``, with ``psi_i`` the mean of tau over the groups of models that differ in hyper-parameter i alone. The tau of a group is
/// the mean of ``sgn(m_a - m_b) sgn(g_a - g_b)`` over its pairs, ties counting 0. Models that agree in every hyper-parameter are not compared.
///
/// Parameters
/// ----------
/// measure : array_like of shape (n_models,)
///     A number of each model that shall foretell the gap.
/// gap : array_like of shape (n_models,)
///     Generalisation gap or test error of each.
/// hyper_parameters : dict of str to array_like of shape (n_models,), or data frame
///     The values of each hyper-parameter: numbers or words, of which only counts which are equal.
///
/// Returns
/// -------
/// GranulatedKendall
///
/// Raises
/// ------
/// TypeError
///     If measure or gap is not one-dimensional or not of real numbers, or hyper_parameters is no such mapping.
/// ValueError
///     If lengths differ, there are fewer than 3 models, a number is NaN or infinite, or no two models differ in one hyper-parameter alone.
///
/// References
/// ----------
/// Y. Jiang, B. Neyshabur, H. Mobahi, D. Krishnan, S. Bengio (2020). Fantastic generalization measures and where to find them. ICLR,
/// arXiv:1912.02178.
///
/// Examples
/// --------
/// The measure follows the gap along the width, and opposes it along the depth.
///
/// >>> from topolens.statistics import granulated_kendall
/// >>> grid = {"width": [64, 128, 64, 128], "depth": [8, 8, 20, 20]}
/// >>> found = granulated_kendall([1, 2, 3, 4], [3, 4, 1, 2], grid)
/// >>> found.value, found.axes
/// (0.0, {'width': 1.0, 'depth': -1.0})
#[pyfunction]
pub(crate) fn granulated_kendall(
    measure: &Bound<'_, PyAny>,
    gap: &Bound<'_, PyAny>,
    hyper_parameters: &Bound<'_, PyAny>,
) -> PyResult<GranulatedKendall> {
    let (names, models) = Models::read(measure, gap, hyper_parameters)?;
    let found =
        ARGUMENTS.computed(measure.py(), move || models.tell(topolens::statistics::granulated_kendall))?;
    Ok(GranulatedKendall { value: found.value, axes: names.into_iter().zip(found.axes).collect() })
}

/// What a measure tells of the gap beyond any two hyper-parameters.
///
/// ``min_S I(V_m; V_g | U_S) / H(V_g | U_S)`` over sets S of two hyper-parameters at most, of the signs V of the differences of measure and gap
/// between two models that agree in the hyper-parameters S, whose values are ``U_S``. A tie is a sign of its own.
///
/// Parameters
/// ----------
/// measure, gap, hyper_parameters
///     As for ``granulated_kendall``.
///
/// Returns
/// -------
/// ConditionalInformation
///     1 if the measure orders every pair of models as the gap does, or always in reverse; near 0 if it tells nothing that the hyper-parameters
///     do not.
///
/// Raises
/// ------
/// TypeError, ValueError
///     As ``granulated_kendall``, but that gap is constant in place of the last.
///
/// References
/// ----------
/// Y. Jiang, B. Neyshabur, H. Mobahi, D. Krishnan, S. Bengio (2020). Fantastic generalization measures and where to find them. ICLR,
/// arXiv:1912.02178.
///
/// Examples
/// --------
/// The measure knows the width only; given the width it says nothing.
///
/// >>> from topolens.statistics import conditional_information
/// >>> found = conditional_information([1, 1, 2, 2], [1, 2, 3, 4], {"width": [64, 64, 128, 128]})
/// >>> found.value, found.given[0]
/// (0.0, 'width')
#[pyfunction]
pub(crate) fn conditional_information(
    measure: &Bound<'_, PyAny>,
    gap: &Bound<'_, PyAny>,
    hyper_parameters: &Bound<'_, PyAny>,
) -> PyResult<ConditionalInformation> {
    let (names, models) = Models::read(measure, gap, hyper_parameters)?;
    let found = ARGUMENTS
        .computed(measure.py(), move || models.tell(topolens::statistics::conditional_information))?;
    Ok(ConditionalInformation {
        value: found.value,
        given: found.given.into_iter().map(|at| names[at].clone()).collect(),
    })
}

/// Models with a measure, a gap, and the number of their value of each hyper-parameter.
struct Models {
    measure: Vec<f64>,
    gap: Vec<f64>,
    hyper_parameters: Vec<Vec<usize>>,
}

impl Models {
    /// The models, and the names of their hyper-parameters.
    fn read(
        measure: &Bound<'_, PyAny>,
        gap: &Bound<'_, PyAny>,
        hyper_parameters: &Bound<'_, PyAny>,
    ) -> PyResult<(Vec<String>, Self)> {
        let (measure, gap) = (vector("measure", measure)?, vector("gap", gap)?);
        let items = hyper_parameters.call_method0("items").map_err(|_| {
            PyTypeError::new_err(
                "hyper_parameters must map names to the values of the models, as a dict does",
            )
        })?;
        let (mut names, mut numbers) = (Vec::new(), Vec::new());
        for item in items.try_iter()? {
            let (name, values): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
            let name: String = name.extract().map_err(|_| {
                PyTypeError::new_err(format!("hyper_parameters has the name {name}; give names as str"))
            })?;
            numbers.push(numbered(&format!("hyper_parameters[{name:?}]"), &values)?);
            names.push(name);
        }
        Ok((names, Self { measure, gap, hyper_parameters: numbers }))
    }

    fn tell<T>(
        &self,
        told: impl FnOnce(&[f64], &[f64], &[&[usize]]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let hyper_parameters: Vec<&[usize]> = self.hyper_parameters.iter().map(Vec::as_slice).collect();
        told(&self.measure, &self.gap, &hyper_parameters)
    }
}

/// Values numbered in the order in which they come first.
fn numbered(argument: &str, values: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    ensure_unmasked(argument, values)?;
    let array = as_array(argument, values)?;
    if array.getattr("ndim")?.extract::<usize>()? != 1 {
        let message = format!("{argument} must be one-dimensional: one value for each model");
        return Err(PyTypeError::new_err(message));
    }
    let known = PyDict::new(values.py());
    let number = |value: Bound<'_, PyAny>| {
        if value.ne(&value)? {
            return Err(PyValueError::new_err(format!("{argument} holds {value}; leave that model out")));
        }
        let found = known.get_item(&value).map_err(|error| {
            PyTypeError::new_err(format!("{argument} holds {value}: {}", error.value(values.py())))
        })?;
        if let Some(number) = found {
            return number.extract();
        }
        let next = known.len();
        known.set_item(value, next)?;
        Ok(next)
    };
    array.call_method0("tolist")?.try_iter()?.map(|value| number(value?)).collect()
}

//! Why a call failed, as the Python exception that a user expects.

use pyo3::exceptions::{PyOSError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

/// What the library calls an argument, and what Python calls it.
const ARGUMENTS: [(&str, &str); 5] = [
    ("`values`", "`X`"),
    ("`distances`", "`X`"),
    ("`pairs` give", "`X` gives"),
    ("`pairs`", "`X`"),
    ("`modulus`", "`coeff`"),
];

/// An error of work on points: their argument is `X`.
pub(crate) fn about_points(error: &topolens::Error) -> PyErr {
    about_arguments(&ARGUMENTS, "X", error)
}

/// An error whose arguments Python calls otherwise; `unnamed` are those to blame if it names none.
pub(crate) fn about_arguments(names: &[(&str, &str)], unnamed: &str, error: &topolens::Error) -> PyErr {
    let mut message = error.to_string();
    for (rust, python) in names {
        message = message.replace(rust, python);
    }
    if !message.contains('`') {
        message = format!("{unnamed}: {message}");
    }
    exception(error, message)
}

/// An error of work on the argument named.
pub(crate) fn about(argument: &str, error: &topolens::Error) -> PyErr {
    exception(error, format!("{argument}: {error}"))
}

/// An error that names its own argument.
pub(crate) fn to_python(error: &topolens::Error) -> PyErr {
    exception(error, error.to_string())
}

fn exception(error: &topolens::Error, message: String) -> PyErr {
    if error.is_invalid_input() { PyValueError::new_err(message) } else { PyRuntimeError::new_err(message) }
}

/// An error of a study, or of writing its files.
pub(crate) fn of_study(error: &topolens_lab::Error) -> PyErr {
    let message = error.to_string();
    if error.is_io() {
        PyOSError::new_err(message)
    } else if error.is_invalid_input() {
        PyValueError::new_err(message)
    } else {
        PyRuntimeError::new_err(message)
    }
}

/// What decides all that is random.
pub(crate) fn seed(object: &Bound<'_, PyAny>) -> PyResult<u64> {
    let refused = |what: &str| format!("the seed must be a whole number from 0 to 2**64 - 1, not {what}");
    object.extract::<u64>().map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(object.py()) {
            PyValueError::new_err(refused(&object.to_string()))
        } else {
            PyTypeError::new_err(refused(&object.get_type().to_string()))
        }
    })
}

/// A number of things, which Python may give as a negative one.
pub(crate) fn count(argument: &str, value: i64) -> PyResult<usize> {
    usize::try_from(value)
        .map_err(|_| PyValueError::new_err(format!("{argument} must be 0 or more, not {value}")))
}

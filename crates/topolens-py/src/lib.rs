//! Python bindings of topolens: NumPy in, NumPy out; no mathematics here.

mod cloud;
mod dimension;
mod homology;

use pyo3::prelude::*;

/// Why a call failed, as the Python exception that a user expects.
fn to_python(error: &topolens::Error) -> PyErr {
    if error.is_invalid_input() {
        // Python calls the modulus of the field `coeff`, as ripser.py and giotto do.
        pyo3::exceptions::PyValueError::new_err(error.to_string().replace("`modulus`", "`coeff`"))
    } else {
        pyo3::exceptions::PyRuntimeError::new_err(error.to_string())
    }
}

#[pymodule]
mod _topolens {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::dimension::{Estimate, intrinsic_dimension};
    #[pymodule_export]
    use crate::homology::{lifespans_sum, persistent_homology};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}

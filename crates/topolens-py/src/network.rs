//! A network that Python runs.

use std::sync::Mutex;

use numpy::{PyArray1, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens_nn::{Cotangent, Differentiable, Error, Forward, Layer, LayerKind, Network, Pullback, Tensor};

use crate::array::numbers;

/// An object with `forward(images, taps)`, which gives the logits and the rows of some layers, and `logits(images)` and `gradient(token,
/// cotangent)`, the way there and back of a pass that is differentiated. Images are N × height × width × channels.
#[derive(Debug)]
pub(crate) struct PythonNetwork {
    object: Py<PyAny>,
    layers: Vec<Layer>,
    input_shape: [usize; 3],
    /// What Python raised.
    raised: Mutex<Option<PyErr>>,
}

impl PythonNetwork {
    /// `layers` are names and depths of those that can be read, without the logits, which come last.
    pub(crate) fn new(
        object: Py<PyAny>,
        layers: Vec<(String, f64)>,
        n_classes: usize,
        input_shape: [usize; 3],
    ) -> Self {
        let of = |(name, relative_depth)| Layer {
            name,
            kind: LayerKind::Other,
            relative_depth,
            output_shape: Vec::new(),
        };
        let mut layers: Vec<Layer> = layers.into_iter().map(of).collect();
        let mut logits = of((LOGITS.to_owned(), 1.0));
        logits.output_shape = vec![n_classes];
        layers.push(logits);
        Self { object, layers, input_shape, raised: Mutex::new(None) }
    }

    /// How many layers can be read, the logits left out.
    pub(crate) fn n_layers(&self) -> usize {
        self.layers.len() - 1
    }

    /// What Python raised, if it did.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        self.raised.lock().ok().and_then(|mut raised| raised.take())
    }

    fn call<T>(&self, job: impl FnOnce(Python<'_>, &Bound<'_, PyAny>) -> PyResult<T>) -> Result<T, Error> {
        self.in_python(|py| job(py, self.object.bind(py)))
    }

    /// Does `job` with Python's lock; what it raises is kept for [`PythonNetwork::raised`].
    pub(crate) fn in_python<T>(&self, job: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T, Error> {
        Python::attach(|py| {
            job(py).map_err(|error| {
                let reason = error.to_string();
                if let Ok(mut raised) = self.raised.lock() {
                    *raised = Some(error);
                }
                Error::foreign(reason)
            })
        })
    }
}

/// What the last layer is called.
const LOGITS: &str = "logits";

impl Network for PythonNetwork {
    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn input_shape(&self) -> [usize; 3] {
        self.input_shape
    }

    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error> {
        let (output, taps) = self.call(|py, network| {
            let found = network.call_method1("forward", (to_array(py, batch)?, taps.to_vec()))?;
            let (output, rows): (Bound<'_, PyAny>, Vec<Bound<'_, PyAny>>) = found.extract()?;
            let rows = rows.iter().map(to_tensor).collect::<PyResult<Vec<Tensor>>>()?;
            Ok((to_tensor(&output)?, rows))
        })?;
        Ok(Forward { output, taps })
    }
}

impl Differentiable for PythonNetwork {
    fn pullback(&self, batch: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Pullback, Error> {
        let (logits, token) = self.call(|py, network| {
            let found = network.call_method1("logits", (to_array(py, batch)?,))?;
            let (logits, token): (Bound<'_, PyAny>, Py<PyAny>) = found.extract()?;
            Ok((to_tensor(&logits)?, token))
        })?;
        let slope = cotangent(&logits)?;
        let gradient = self.call(|py, network| {
            to_tensor(&network.call_method1("gradient", (token, to_array(py, &slope)?))?)
        })?;
        Ok(Pullback { logits, gradient })
    }
}

/// A copy of `tensor`.
pub(crate) fn to_array<'py>(py: Python<'py>, tensor: &Tensor) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyArray1::from_slice(py, tensor.values()).reshape(tensor.shape().to_vec())?.into_any())
}

/// A copy of an array of float32.
pub(crate) fn to_tensor(array: &Bound<'_, PyAny>) -> PyResult<Tensor> {
    let array: PyReadonlyArrayDyn<'_, f32> = array.extract()?;
    Tensor::new(array.shape(), numbers(&array)).map_err(|error| PyValueError::new_err(error.to_string()))
}

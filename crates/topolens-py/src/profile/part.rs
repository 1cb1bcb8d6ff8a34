//! One layer by itself, to be measured here or elsewhere.

use std::sync::Arc;

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use topolens::PointCloud;
use topolens_lab::bridge::SavedSample;
use topolens_lab::profile::{LayerCloud, LayerProfile, Sample, measure_layer};

use super::settings::{PickledSettings, Settings};
use crate::array::{FloatMatrix, numbers};
use crate::error::{about, of_study};
use crate::work::detached;

/// One layer with all that its numbers depend on; it is pickled without the other layers.
#[pyclass(frozen, module = "topolens._topolens")]
#[derive(Debug)]
pub(crate) struct LayerPart {
    sample: Arc<SavedSample>,
    at: usize,
    settings: Settings,
}

impl LayerPart {
    /// The layers of a sample.
    pub(crate) fn of(sample: &Arc<SavedSample>, settings: &Settings) -> Vec<Self> {
        let part = |at| Self { sample: Arc::clone(sample), at, settings: settings.clone() };
        (0..sample.layers.len()).map(part).collect()
    }
}

impl LayerPart {
    /// The sample that parts are of, each restored by itself.
    pub(super) fn joined(parts: &[Bound<'_, Self>]) -> Option<(SavedSample, Settings)> {
        let first = parts.first()?.get();
        let layers = parts.iter().map(|part| part.get().sample.layers[part.get().at].clone()).collect();
        let SavedSample { labels, class_names, epoch, .. } = first.sample.as_ref().clone();
        Some((SavedSample { layers, labels, class_names, epoch }, first.settings.clone()))
    }
}

/// What a [`LayerPart`] is pickled as: the layer's name, place, depth and epoch; the classes; the settings.
type Pickled = ((String, usize, f64, Option<usize>), (Vec<usize>, Vec<String>), PickledSettings);

#[pymethods]
impl LayerPart {
    /// The layer's name.
    #[getter]
    fn layer(&self) -> &str {
        &self.sample.layers[self.at].layer
    }

    /// Measures the layer.
    fn measure(&self, py: Python<'_>) -> PyResult<MeasuredLayer> {
        let (sample, at, protocol) = (Arc::clone(&self.sample), self.at, self.settings.protocol()?);
        let measured = detached(py, move || {
            let SavedSample { layers, labels, class_names, epoch } = sample.as_ref();
            measure_layer(&layers[at], Sample { labels, class_names, epoch: *epoch }, &protocol)
        })?;
        Ok(MeasuredLayer { profile: measured.map_err(|error| of_study(&error))? })
    }

    #[expect(clippy::type_complexity, reason = "what pickle asks for")]
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyArray2<f32>>, Pickled))> {
        let SavedSample { labels, class_names, epoch, .. } = self.sample.as_ref();
        let layer = &self.sample.layers[self.at];
        let shape = [layer.cloud.n_points(), layer.cloud.n_features()];
        let rows = PyArray1::from_slice(py, layer.cloud.values()).reshape(shape)?;
        let place = (layer.layer.clone(), layer.layer_index, layer.depth, *epoch);
        let told = (place, (labels.clone(), class_names.clone()), self.settings.pickled());
        Ok((py.get_type::<Self>().getattr("restored")?, (rows, told)))
    }

    /// Rows may come between the places where the processor reads numbers, as networks deliver them.
    #[staticmethod]
    fn restored(rows: &Bound<'_, PyAny>, told: Pickled) -> PyResult<Self> {
        let ((layer, layer_index, depth, epoch), (labels, class_names), settings) = told;
        let FloatMatrix::F32(rows) = FloatMatrix::read("rows", rows)? else {
            return Err(PyValueError::new_err("rows must be of float32"));
        };
        let (n_points, n_features) = (rows.as_array().nrows(), rows.as_array().ncols());
        let cloud = PointCloud::new(numbers(&rows), n_points, n_features);
        let cloud = cloud.map_err(|error| about("rows", &error))?;
        let layers = vec![LayerCloud { layer, layer_index, depth, cloud }];
        let sample = Arc::new(SavedSample { layers, labels, class_names, epoch });
        Ok(Self { sample, at: 0, settings: Settings::of_pickled(settings) })
    }
}

/// What was measured of one layer; it is pickled to the bit.
#[pyclass(frozen, module = "topolens._topolens")]
#[derive(Debug)]
pub(crate) struct MeasuredLayer {
    pub(crate) profile: LayerProfile,
}

#[pymethods]
impl MeasuredLayer {
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let text = self.profile.to_json().map_err(|error| of_study(&error))?;
        Ok((py.get_type::<Self>().getattr("restored")?, (PyBytes::new(py, &text),)))
    }

    #[staticmethod]
    fn restored(text: &[u8]) -> PyResult<Self> {
        let profile = LayerProfile::from_json(text);
        let profile = profile.ok_or_else(|| {
            PyValueError::new_err("a measured layer of another version of topolens, or damaged")
        })?;
        Ok(Self { profile })
    }
}

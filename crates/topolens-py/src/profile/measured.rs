//! What was measured, as Python reads it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use numpy::PyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use topolens_lab::bridge::SavedSample;
use topolens_lab::dynamics::sketch_saved;
use topolens_lab::profile::{LayerProfile, Row};
use topolens_lab::results::Results;
use topolens_lab::store::{DataStamp, Provenance, other_study};

use super::part::LayerPart;
use super::settings::Settings;
use crate::error::of_study;
use crate::homology::to_array;
use crate::work::detached;

/// What [`LayerProfiles`] are pickled as: the layers as text, the provenance, and the last layers with their clouds.
type Pickled<'py> = (Vec<Bound<'py, PyBytes>>, PickledProvenance, Vec<LayerPart>);
type PickledProvenance = ((String, Vec<String>, u64), (String, String, usize, String));

/// Measured layers: their numbers, their diagrams, and what must be known to read them.
///
/// Attributes
/// ----------
/// rows : list of dict
///     One per number, with the columns of ``profile.csv``.
/// warnings : list of str
///     What a reader must know before trusting a curve.
/// diagrams : list of (str, int or None, list of ndarray)
///     Layer, epoch and diagrams of the scaled cloud of all classes; none where only classes were measured.
/// seed : int
/// network, data : str
/// n_samples : int
///     Samples that the points were drawn from.
/// joined : function of a list of LayerProfiles
///     The same study at several epochs as one.
/// write : function of a folder
///     Writes what ``topolens profile`` writes; returns the files.
/// write_numbers : function of a folder
///     The same without report and figures.
/// page : function
///     The page ``report.html``.
#[pyclass(frozen, module = "topolens")]
#[derive(Debug)]
pub(crate) struct LayerProfiles {
    results: Arc<Results>,
    /// The clouds of the last epoch, whose loops are drawn.
    last: Arc<SavedSample>,
    settings: Settings,
    /// The results with these loops, once a page was asked for.
    drawn: OnceLock<Arc<Results>>,
}

impl LayerProfiles {
    pub(super) fn new(results: Results, last: Arc<SavedSample>, settings: Settings) -> Self {
        Self { results: Arc::new(results), last, settings, drawn: OnceLock::new() }
    }

    /// The results with the loops that a page draws; looked for once.
    fn drawn(&self, py: Python<'_>) -> PyResult<Arc<Results>> {
        if let Some(drawn) = self.drawn.get() {
            return Ok(Arc::clone(drawn));
        }
        let (mut results, last, protocol) =
            (self.results.as_ref().clone(), Arc::clone(&self.last), self.settings.protocol()?);
        let sketched = detached(py, move || {
            let of_earlier = results.profiles.len() - last.layers.len();
            sketch_saved(&mut results.profiles[of_earlier..], &last, &protocol).map(|()| results)
        })?;
        let drawn = Arc::new(sketched.map_err(|error| of_study(&error))?);
        Ok(Arc::clone(self.drawn.get_or_init(|| drawn)))
    }
}

#[pymethods]
impl LayerProfiles {
    #[getter]
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.results.rows().map(|row| to_dict(py, row)).collect()
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.results.warnings.clone()
    }

    #[getter]
    #[expect(clippy::type_complexity, reason = "what Python is given")]
    fn diagrams<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Vec<(String, Option<usize>, Vec<Bound<'py, PyArray2<f64>>>)>> {
        let of_layer = |profile: &LayerProfile| {
            let diagrams = profile.diagrams.iter().map(|diagram| to_array(py, diagram));
            Ok((profile.layer.clone(), profile.epoch, diagrams.collect::<PyResult<_>>()?))
        };
        self.results.profiles.iter().map(of_layer).collect()
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.results.provenance.seed
    }

    #[getter]
    fn network(&self) -> String {
        self.results.provenance.network.clone()
    }

    #[getter]
    fn data(&self) -> String {
        self.results.provenance.data.name.clone()
    }

    #[getter]
    fn n_samples(&self) -> usize {
        self.results.provenance.data.n_images
    }

    #[staticmethod]
    #[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
    fn joined(parts: Vec<Bound<'_, Self>>) -> PyResult<Self> {
        let all: Vec<Results> = parts.iter().map(|part| part.get().results.as_ref().clone()).collect();
        let results = Results::joined(&all).zip(parts.last());
        let (results, last) = results.ok_or_else(|| PyValueError::new_err("parts must hold one at least"))?;
        let last = last.get();
        Ok(Self::new(results, Arc::clone(&last.last), last.settings.clone()))
    }

    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<PathBuf>> {
        ensure_no_other(&folder, &["profile.json"])?;
        let results = self.drawn(py)?;
        detached(py, move || results.write(&folder))?.map_err(|error| of_study(&error))
    }

    fn write_numbers(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<PathBuf>> {
        let results = Arc::clone(&self.results);
        detached(py, move || results.write_numbers(&folder))?.map_err(|error| of_study(&error))
    }

    fn page(&self, py: Python<'_>) -> PyResult<String> {
        let results = self.drawn(py)?;
        detached(py, move || results.page())
    }

    /// The numbers as text, the clouds of the last epoch as arrays.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Pickled<'py>)> {
        let text = |profile: &LayerProfile| {
            Ok(PyBytes::new(py, &profile.to_json().map_err(|error| of_study(&error))?))
        };
        let profiles = self.results.profiles.iter().map(text).collect::<PyResult<_>>()?;
        let Provenance { version, command, seed, network, data } = self.results.provenance.clone();
        let DataStamp { name, n_images, blake3 } = data;
        let provenance = ((version, command, seed), (network, name, n_images, blake3));
        let last = LayerPart::of(&self.last, &self.settings);
        Ok((py.get_type::<Self>().getattr("_restored")?, (profiles, provenance, last)))
    }

    #[staticmethod]
    #[pyo3(name = "_restored")]
    #[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
    fn restored(
        profiles: Vec<Bound<'_, PyBytes>>,
        provenance: PickledProvenance,
        last: Vec<Bound<'_, LayerPart>>,
    ) -> PyResult<Self> {
        let other = || PyValueError::new_err("profiles of another version of topolens, or damaged");
        let profile = |text: &Bound<'_, PyBytes>| LayerProfile::from_json(text.as_bytes()).ok_or_else(other);
        let ((version, command, seed), (network, name, n_images, blake3)) = provenance;
        let data = DataStamp { name, n_images, blake3 };
        let provenance = Provenance { version, command, seed, network, data };
        let results = Results::new(provenance, profiles.iter().map(profile).collect::<PyResult<_>>()?);
        let (last, settings) = LayerPart::joined(&last).ok_or_else(other)?;
        Ok(Self::new(results, Arc::new(last), settings))
    }

    fn __repr__(&self) -> String {
        let (layers, rows) = (self.results.profiles.len(), self.results.rows().count());
        format!("LayerProfiles({layers} layers, {rows} rows)")
    }
}

/// Refuses a folder that holds another study, whose page would be written over.
pub(crate) fn ensure_no_other(folder: &Path, own: &[&str]) -> PyResult<()> {
    match other_study(folder, own) {
        None => Ok(()),
        Some(study) => Err(PyValueError::new_err(format!(
            "folder: {} holds another study ({study}), whose report.html would be written over; give another folder",
            folder.display()
        ))),
    }
}

fn to_dict<'py>(py: Python<'py>, row: &Row) -> PyResult<Bound<'py, PyDict>> {
    let columns = PyDict::new(py);
    columns.set_item("layer", &row.layer)?;
    columns.set_item("layer_index", row.layer_index)?;
    columns.set_item("depth", row.depth)?;
    columns.set_item("epoch", row.epoch)?;
    columns.set_item("class", row.class.label())?;
    columns.set_item("descriptor", &row.descriptor)?;
    columns.set_item("homology_dimension", row.homology_dimension)?;
    columns.set_item("value", row.value)?;
    columns.set_item("lower", row.lower)?;
    columns.set_item("upper", row.upper)?;
    columns.set_item("n_points", row.n_points)?;
    columns.set_item("n_features", row.n_features)?;
    columns.set_item("reason", &row.reason)?;
    Ok(columns)
}

//! Layers of a network, measured as the program `topolens` measures them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use numpy::PyArray2;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use topolens::PointCloud;
use topolens_lab::bridge::{LayerRows, NamedRows, SavedSample, clouds_of_rows};
use topolens_lab::dynamics::profile_saved;
use topolens_lab::input::Labels;
use topolens_lab::profile::{LayerProfile, Plan, Protocol, Row};
use topolens_lab::results::Results;
use topolens_lab::store::{DataStamp, Provenance};

use crate::array::FloatMatrix;
use crate::error::{about, count, of_study};
use crate::homology::to_array;
use crate::work::detached;

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
    fn joined(parts: Vec<Bound<'_, Self>>) -> PyResult<Self> {
        let parts: Vec<Results> = parts.into_iter().map(|part| part.get().results.as_ref().clone()).collect();
        let results =
            Results::joined(&parts).ok_or_else(|| PyValueError::new_err("parts must hold one at least"))?;
        Ok(Self { results: Arc::new(results) })
    }

    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<PathBuf>> {
        let results = Arc::clone(&self.results);
        detached(py, move || results.write(&folder))?.map_err(|error| of_study(&error))
    }

    fn write_numbers(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<PathBuf>> {
        let results = Arc::clone(&self.results);
        detached(py, move || results.write_numbers(&folder))?.map_err(|error| of_study(&error))
    }

    fn page(&self, py: Python<'_>) -> PyResult<String> {
        let results = Arc::clone(&self.results);
        detached(py, move || results.page())
    }

    fn __repr__(&self) -> String {
        let (layers, rows) = (self.results.profiles.len(), self.results.rows().count());
        format!("LayerProfiles({layers} layers, {rows} rows)")
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

/// Measures layers whose rows are known, as ``topolens profile`` measures saved activations: the same numbers to the bit.
///
/// ``topolens.profile`` is this function for a mapping of arrays.
///
/// Parameters
/// ----------
/// layers : sequence of (name, depth, rows)
///     From the first layer to the last: its name, its depth in (0, 1], and an array of shape (n_samples, n_features), float32 or
///     float64. Rows of float64 are centred and then measured in single precision.
/// labels : sequence of int, of length n_samples, optional
///     The class of each sample, from 0. Without them one cloud of all samples is measured.
/// class_names : sequence of str, optional
///     The name of each class; by default its number.
/// points : int, optional
///     Samples to draw, as many of each class; by default 1000 (3000 for "paper"), or all if there are fewer.
/// protocol : {"both", "local", "global", "paper"}
///     The cloud of all classes, those of single classes, both, or both as in Magai & Ayzenberg 2022.
/// scaling : {"min-max", "robust", "none"}
///     Of the features before homology.
/// points_per_class : int, default 250
///     At most, in the cloud of a class.
/// n_half_samples : int, default 8
///     Behind each interval that is resampled; 0 gives none, and takes a fraction of the time.
/// seed : int, default 0
///     Of everything random.
/// epoch : int, optional
///     Training epoch of the network.
/// network, data : str
///     What the report calls them.
///
/// Returns
/// -------
/// LayerProfiles
///
/// Raises
/// ------
/// TypeError
///     If rows are not two-dimensional, or of another type than float32 and float64.
/// ValueError
///     If rows are empty or not finite; if layers and labels differ in their number of samples; if a setting is out of range.
///
/// Examples
/// --------
/// >>> import numpy as np
/// >>> import topolens
/// >>> rows = np.random.default_rng(0).normal(size=(60, 4)).astype("float32")
/// >>> found = topolens.profile_layers([("hidden", 0.5, rows), ("output", 1.0, rows[:, :2])], n_half_samples=0)
/// >>> len({row.get("layer") for row in found.rows})
/// 2
#[pyfunction]
#[pyo3(signature = (layers, *, labels=None, class_names=None, points=None, protocol="both", scaling="min-max",
                    points_per_class=250, n_half_samples=8, seed=0, epoch=None, network="", data=""))]
#[expect(clippy::too_many_arguments, reason = "Python's keyword arguments")]
#[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
pub(crate) fn profile_layers(
    py: Python<'_>,
    layers: Vec<(String, f64, Bound<'_, PyAny>)>,
    labels: Option<Vec<i64>>,
    class_names: Option<Vec<String>>,
    points: Option<i64>,
    protocol: &str,
    scaling: &str,
    points_per_class: i64,
    n_half_samples: i64,
    seed: u64,
    epoch: Option<usize>,
    network: &str,
    data: &str,
) -> PyResult<LayerProfiles> {
    let layers = read_layers(&layers)?;
    let n_samples = layers[0].rows.n_samples();
    let labels = labels.map(|labels| read_labels(&labels, class_names, n_samples)).transpose()?;
    let mut settings = named_protocol(protocol, labels.is_some())?;
    settings.scaling = scaling.parse().map_err(|error| about("scaling", &error))?;
    settings.points_per_class = count("points_per_class", points_per_class)?;
    settings.n_half_samples = count("n_half_samples", n_half_samples)?;
    settings.seed = seed;
    let points = points.map(|points| count("points", points)).transpose()?;
    settings.set_n_points(drawn(points, settings.n_points, n_samples, protocol)?);
    let command = vec!["topolens.profile".to_owned()];
    let (network, data) = (network.to_owned(), data.to_owned());
    let study = Study { layers, labels, epoch, protocol: settings, command, network, data, n_samples };
    let stop = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&stop);
    let found = detached(py, move || study.measure(&heard));
    // After an interrupt, the layer at work is the last.
    stop.store(true, Ordering::Relaxed);
    Ok(LayerProfiles { results: Arc::new(found?.map_err(|error| of_study(&error))?) })
}

/// Bytes that measuring layers takes beyond the rows that are given, about.
///
/// Parameters
/// ----------
/// n_points : int
///     Rows of each layer.
/// n_features : sequence of int
///     Columns of each layer.
///
/// Returns
/// -------
/// int
///
/// Raises
/// ------
/// ValueError
///     If a number is negative.
///
/// Examples
/// --------
/// >>> import topolens
/// >>> small = topolens.profile_memory(1000, [64, 10])
/// >>> topolens.profile_memory(10_000, [64, 10]) > small
/// True
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
pub(crate) fn profile_memory(n_points: i64, n_features: Vec<i64>) -> PyResult<u64> {
    let n_points = count("n_points", n_points)?;
    let widths =
        n_features.iter().map(|&width| count("n_features", width)).collect::<PyResult<Vec<usize>>>()?;
    // Every cloud is copied and drawn; the one that is measured also scaled, permuted and by class.
    let all: u64 = widths.iter().map(|&width| width as u64).sum();
    let widest = widths.iter().max().copied().unwrap_or(0) as u64;
    Ok(4 * n_points as u64 * (2 * all + 3 * widest) + Plan::memory(n_points))
}

/// A study whose arguments were checked.
struct Study {
    layers: Vec<NamedRows>,
    labels: Option<Labels>,
    epoch: Option<usize>,
    protocol: Protocol,
    command: Vec<String>,
    network: String,
    data: String,
    n_samples: usize,
}

impl Study {
    fn measure(self, interrupt: &AtomicBool) -> topolens_lab::Result<Results> {
        let Self { layers, labels, epoch, protocol, command, network, data, n_samples } = self;
        let sample = clouds_of_rows(&layers, labels.as_ref(), epoch, &protocol)?;
        drop(layers);
        let profiles = profile_saved(&sample, &protocol, None, &mut |_| {}, interrupt)?;
        let SavedSample { layers, labels, .. } = &sample;
        let data = DataStamp::of_saved(&data, n_samples, labels, layers.iter().map(|layer| &layer.cloud));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Results::new(Provenance { version, command, seed: protocol.seed, network, data }, profiles))
    }
}

fn read_layers(layers: &[(String, f64, Bound<'_, PyAny>)]) -> PyResult<Vec<NamedRows>> {
    let Some((first, ..)) = layers.first() else {
        return Err(PyValueError::new_err("layers must hold one at least"));
    };
    let found = layers.iter().map(read_layer).collect::<PyResult<Vec<_>>>()?;
    let expected = found[0].rows.n_samples();
    for (at, layer) in found.iter().enumerate() {
        let (name, n_samples) = (&layer.layer, layer.rows.n_samples());
        if n_samples != expected {
            return Err(PyValueError::new_err(format!(
                "layers: {first} has {expected} rows, {name} has {n_samples}; a row is a sample in all of them"
            )));
        }
        if found[..at].iter().any(|other| other.layer == *name) {
            return Err(PyValueError::new_err(format!("layers: two are called {name}")));
        }
    }
    Ok(found)
}

fn read_layer((layer, depth, rows): &(String, f64, Bound<'_, PyAny>)) -> PyResult<NamedRows> {
    if !(*depth > 0.0 && *depth <= 1.0) {
        return Err(PyValueError::new_err(format!("layers: {layer} has depth {depth}; give one in (0, 1]")));
    }
    let matrix = FloatMatrix::read(layer, rows)?;
    let [n_rows, n_columns] = matrix.shape();
    let rows = match &matrix {
        FloatMatrix::F32(array) => {
            let values = array.as_array().iter().copied().collect();
            PointCloud::new(values, n_rows, n_columns).map(LayerRows::Single)
        }
        FloatMatrix::F64(_) => PointCloud::new(matrix.to_f64(), n_rows, n_columns).map(LayerRows::Double),
    };
    let rows = rows.map_err(|error| about(layer, &error))?;
    Ok(NamedRows { layer: layer.clone(), depth: *depth, rows })
}

fn read_labels(labels: &[i64], names: Option<Vec<String>>, n_samples: usize) -> PyResult<Labels> {
    if labels.len() != n_samples {
        let n_labels = labels.len();
        return Err(PyValueError::new_err(format!("labels has {n_labels} classes for {n_samples} samples")));
    }
    let classes = labels.iter().map(|&label| count("labels", label)).collect::<PyResult<Vec<usize>>>()?;
    let n_classes = classes.iter().max().map_or(0, |largest| largest + 1);
    let names = names.unwrap_or_else(|| (0..n_classes).map(|class| class.to_string()).collect());
    if names.len() < n_classes {
        let (known, largest) = (names.len(), n_classes - 1);
        return Err(PyValueError::new_err(format!(
            "class_names has {known} names, but labels holds {largest}"
        )));
    }
    Ok(Labels { classes, names })
}

fn named_protocol(name: &str, has_labels: bool) -> PyResult<Protocol> {
    let mut protocol = if name == "paper" { Protocol::paper() } else { Protocol::default() };
    match name {
        "both" | "paper" => protocol.local = has_labels,
        "global" => protocol.local = false,
        "local" if has_labels => protocol.global = false,
        "local" => {
            return Err(PyValueError::new_err("protocol=\"local\" measures classes; give labels"));
        }
        _ => {
            return Err(PyValueError::new_err(format!(
                "protocol must be \"both\", \"local\", \"global\" or \"paper\", not {name:?}"
            )));
        }
    }
    Ok(protocol)
}

/// How many samples are drawn.
fn drawn(points: Option<usize>, usual: usize, n_samples: usize, protocol: &str) -> PyResult<usize> {
    let wanted = points.unwrap_or(if protocol == "paper" { usual } else { usual.min(n_samples) });
    if wanted < 3 {
        return Err(PyValueError::new_err(format!("points: a cloud needs three at least, not {wanted}")));
    }
    if wanted > n_samples {
        return Err(PyValueError::new_err(format!("points is {wanted}, but there are {n_samples} samples")));
    }
    Ok(wanted)
}

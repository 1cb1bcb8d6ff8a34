//! Layers of a network, measured as the program `topolens` measures them.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use topolens::PointCloud;
use topolens_lab::bridge::{LayerRows, NamedRows, SavedSample, clouds_of_rows};
use topolens_lab::dynamics::{between_layers, sketch_saved};
use topolens_lab::input::Labels;
use topolens_lab::profile::{LayerCloud, LayerProfile, Plan, Protocol, Row, Sample, measure_layer};
use topolens_lab::results::Results;
use topolens_lab::store::{DataStamp, Provenance};

use crate::array::{FloatMatrix, numbers};
use crate::error::{about, count, of_study, seed};
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
    /// The clouds of the last epoch, whose loops are drawn.
    last: Arc<SavedSample>,
    protocol: Protocol,
    /// The results with these loops, once a page was asked for.
    drawn: OnceLock<Arc<Results>>,
}

impl LayerProfiles {
    fn new(results: Results, last: Arc<SavedSample>, protocol: Protocol) -> Self {
        Self { results: Arc::new(results), last, protocol, drawn: OnceLock::new() }
    }

    /// The results with the loops that a page draws; looked for once.
    fn drawn(&self, py: Python<'_>) -> PyResult<Arc<Results>> {
        if let Some(drawn) = self.drawn.get() {
            return Ok(Arc::clone(drawn));
        }
        let (mut results, last, protocol) =
            (self.results.as_ref().clone(), Arc::clone(&self.last), self.protocol.clone());
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
        Ok(Self::new(results, Arc::clone(&last.last), last.protocol.clone()))
    }

    fn write(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<PathBuf>> {
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

/// Layers whose rows are known, with the samples drawn, ready to be measured as ``topolens profile`` measures saved activations.
///
/// ``topolens.profile_layers`` makes one, measures its parts and puts them together.
#[pyclass(frozen, module = "topolens._topolens")]
#[derive(Debug)]
pub(crate) struct LayerStudy {
    sample: Arc<SavedSample>,
    settings: Settings,
    network: String,
    data: String,
    n_samples: usize,
}

#[pymethods]
impl LayerStudy {
    #[new]
    #[pyo3(signature = (layers, *, labels=None, class_names=None, points=None, protocol="both", scaling="min-max",
                        points_per_class=250, n_half_samples=8, seed=0, epoch=None, network="", data=""))]
    #[expect(clippy::too_many_arguments, reason = "Python's keyword arguments")]
    #[expect(clippy::needless_pass_by_value, reason = "sequences come as vectors")]
    fn new(
        layers: Vec<(String, f64, Bound<'_, PyAny>)>,
        labels: Option<Vec<i64>>,
        class_names: Option<Vec<String>>,
        points: Option<i64>,
        protocol: &str,
        scaling: &str,
        points_per_class: i64,
        n_half_samples: i64,
        #[pyo3(from_py_with = seed)] seed: u64,
        epoch: Option<usize>,
        network: &str,
        data: &str,
    ) -> PyResult<Self> {
        let layers = read_layers(&layers)?;
        let n_samples = layers[0].rows.n_samples();
        let labels = labels.map(|labels| read_labels(&labels, class_names, n_samples)).transpose()?;
        let mut settings = Settings {
            name: protocol.to_owned(),
            has_labels: labels.is_some(),
            scaling: scaling.to_owned(),
            points_per_class: count("points_per_class", points_per_class)?,
            n_half_samples: count("n_half_samples", n_half_samples)?,
            seed,
            n_points: 0,
        };
        let points = points.map(|points| count("points", points)).transpose()?;
        settings.n_points = drawn(points, settings.protocol()?.n_points, n_samples, protocol)?;
        let sample = clouds_of_rows(&layers, labels.as_ref(), epoch, &settings.protocol()?)
            .map_err(|error| of_study(&error))?;
        let (network, data) = (network.to_owned(), data.to_owned());
        Ok(Self { sample: Arc::new(sample), settings, network, data, n_samples })
    }

    /// The layers, each to be measured by itself, here or elsewhere.
    fn parts(&self) -> Vec<LayerPart> {
        LayerPart::of(&self.sample, &self.settings)
    }

    /// The measured parts in their order, with what is measured between layers.
    fn joined(&self, py: Python<'_>, parts: Vec<Bound<'_, MeasuredLayer>>) -> PyResult<LayerProfiles> {
        if parts.len() != self.sample.layers.len() {
            let (n_parts, n_layers) = (parts.len(), self.sample.layers.len());
            return Err(PyValueError::new_err(format!("parts: {n_parts} for {n_layers} layers")));
        }
        let profiles = parts.into_iter().map(|part| part.get().profile.clone()).collect();
        let (sample, protocol) = (Arc::clone(&self.sample), self.settings.protocol()?);
        let between = protocol.clone();
        let layers = detached(py, move || between_layers(profiles, &sample, &between))?;
        let SavedSample { layers: clouds, labels, .. } = self.sample.as_ref();
        let clouds = clouds.iter().map(|layer| &layer.cloud);
        let provenance = Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: vec!["topolens.profile".to_owned()],
            seed: self.settings.seed,
            network: self.network.clone(),
            data: DataStamp::of_saved(&self.data, self.n_samples, labels, clouds),
        };
        let results = Results::new(provenance, layers);
        Ok(LayerProfiles::new(results, Arc::clone(&self.sample), protocol))
    }
}

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

/// What a [`LayerPart`] is pickled as: the layer's name, place, depth and epoch; the classes; the settings.
type Pickled = ((String, usize, f64, Option<usize>), (Vec<usize>, Vec<String>), PickledSettings);
type PickledSettings = (String, bool, String, usize, usize, u64, usize);

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

/// How layers are measured, as Python says it.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    name: String,
    has_labels: bool,
    scaling: String,
    points_per_class: usize,
    n_half_samples: usize,
    seed: u64,
    /// Samples drawn; 0 until that is known.
    n_points: usize,
}

impl Settings {
    /// All samples as one cloud, and otherwise what is usual.
    pub(crate) fn of_whole(scaling: &str, seed: u64, n_points: usize) -> Self {
        let Protocol { points_per_class, n_half_samples, .. } = Protocol::default();
        let (name, scaling) = ("global".to_owned(), scaling.to_owned());
        Self { name, has_labels: true, scaling, points_per_class, n_half_samples, seed, n_points }
    }

    pub(crate) fn protocol(&self) -> PyResult<Protocol> {
        let mut protocol = named_protocol(&self.name, self.has_labels)?;
        protocol.scaling = self.scaling.parse().map_err(|error| about("scaling", &error))?;
        protocol.points_per_class = self.points_per_class;
        protocol.n_half_samples = self.n_half_samples;
        protocol.seed = self.seed;
        if self.n_points > 0 {
            protocol.set_n_points(self.n_points);
        }
        Ok(protocol)
    }

    fn pickled(&self) -> PickledSettings {
        let Self { name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points } =
            self.clone();
        (name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points)
    }

    fn of_pickled(told: PickledSettings) -> Self {
        let (name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points) = told;
        Self { name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points }
    }
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
        FloatMatrix::F32(array) => PointCloud::new(numbers(array), n_rows, n_columns).map(LayerRows::Single),
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

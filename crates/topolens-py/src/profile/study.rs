//! A study of layers whose rows are known.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens_lab::bridge::{SavedSample, clouds_of_rows};
use topolens_lab::dynamics::between_layers;
use topolens_lab::profile::Plan;
use topolens_lab::results::Results;
use topolens_lab::store::{DataStamp, Provenance};

use super::given::{read_labels, read_layers};
use super::measured::LayerProfiles;
use super::part::{LayerPart, MeasuredLayer};
use super::settings::Settings;
use crate::error::{count, of_study, seed};
use crate::work::detached;

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
        epoch: Option<i64>,
        network: &str,
        data: &str,
    ) -> PyResult<Self> {
        let epoch = epoch.map(|epoch| count("epoch", epoch)).transpose()?;
        let points_per_class = count("points_per_class", points_per_class)?;
        if points_per_class < 3 {
            return Err(PyValueError::new_err(format!(
                "points_per_class: a cloud needs three points at least, not {points_per_class}"
            )));
        }
        let layers = read_layers(&layers)?;
        let n_samples = layers[0].rows.n_samples();
        let labels = labels.map(|labels| read_labels(&labels, class_names, n_samples)).transpose()?;
        let mut settings = Settings {
            name: protocol.to_owned(),
            has_labels: labels.is_some(),
            scaling: scaling.to_owned(),
            points_per_class,
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
        Ok(LayerProfiles::new(results, Arc::clone(&self.sample), self.settings.clone()))
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

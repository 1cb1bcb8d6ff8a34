//! Sound inputs that others are compared with.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use topolens::{Mahalanobis, PointCloud};
use topolens_nn::tap::Readout;

use super::detector::Detector;
use crate::Result;
use crate::error::{DetectionProblem, Error};
use crate::profile::LayerCloud;
use crate::store::atomic::write_atomically;
use crate::store::to_json;

/// Sound inputs in a batch (Ma et al. 2018).
const BATCH_SIZE: usize = 100;

/// The clouds of sound inputs at every layer, with their classes.
#[derive(Debug, Clone)]
pub struct Reference {
    /// One cloud per layer.
    pub layers: Vec<LayerCloud>,
    /// The class of each input.
    pub labels: Vec<usize>,
}

/// One layer of it.
#[derive(Debug)]
pub(crate) struct LayerReference {
    layer: LayerCloud,
    labels: Vec<usize>,
    batches: Vec<PointCloud<f32>>,
}

impl Reference {
    /// The layers, cut into batches whose classes are mixed.
    pub(crate) fn prepared(&self) -> Result<Vec<LayerReference>> {
        let n_points = self.labels.len();
        let n_batches = (n_points / BATCH_SIZE).max(1);
        let rows = |batch: usize| (batch..n_points).step_by(n_batches).collect::<Vec<usize>>();
        let prepare = |layer: &LayerCloud| {
            let batches = (0..n_batches).map(|batch| layer.cloud.select(&rows(batch)));
            Ok(LayerReference {
                layer: layer.clone(),
                labels: self.labels.clone(),
                batches: batches.collect::<std::result::Result<_, topolens::Error>>()?,
            })
        };
        self.layers.iter().map(prepare).collect()
    }
}

impl LayerReference {
    pub(super) fn cloud(&self) -> &PointCloud<f32> {
        &self.layer.cloud
    }

    pub(super) fn mahalanobis(&self) -> Result<Mahalanobis> {
        Ok(Mahalanobis::fit(&self.layer.cloud, &self.labels)?)
    }

    /// Measures points in turn against the batches: point i against batch i, and so on.
    pub(super) fn in_batches(
        &self,
        points: &LayerCloud,
        measure: impl Fn(
            &PointCloud<f32>,
            &PointCloud<f32>,
        ) -> std::result::Result<Vec<Vec<f64>>, topolens::Error>,
    ) -> Result<Vec<Vec<f64>>> {
        let n_points = points.cloud.n_points();
        let mut found = vec![Vec::new(); n_points];
        for (at, batch) in self.batches.iter().enumerate() {
            let rows: Vec<usize> = (at..n_points).step_by(self.batches.len()).collect();
            if rows.is_empty() {
                continue;
            }
            let own = measure(&points.cloud.select(&rows)?, batch)?;
            rows.into_iter().zip(own).for_each(|(row, features)| found[row] = features);
        }
        Ok(found)
    }
}

/// Detectors with their reference on disk.
#[derive(Debug)]
pub struct DetectorFolder {
    /// What they compare with.
    pub reference: Reference,
    /// The detectors.
    pub detectors: Vec<Detector>,
    /// How tensors become points.
    pub readout: Readout,
    /// What the network says of a grey image, by which it is known again.
    pub probe: Vec<f32>,
}

const SCHEMA: &str = "topolens.detectors/1";

impl DetectorFolder {
    /// Writes `detectors.json` and `reference.safetensors` into `folder`.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join("detectors.json");
        let layers: Vec<_> = self
            .reference
            .layers
            .iter()
            .map(|layer| {
                serde_json::json!({ "layer": layer.layer, "index": layer.layer_index, "depth": layer.depth })
            })
            .collect();
        let reference = folder.join("reference.safetensors");
        let tensors = self.tensors(&reference)?;
        write_atomically(&reference, &tensors)?;
        let document = serde_json::json!({
            "schema": SCHEMA,
            "readout": self.readout.to_string(),
            "probe": self.probe,
            "reference_blake3": blake3::hash(&tensors).to_hex().to_string(),
            "layers": layers,
            "detectors": self.detectors,
        });
        write_atomically(&path, &to_json(&document, &path)?)
    }

    fn tensors(&self, path: &Path) -> Result<Vec<u8>> {
        let bad = |error: safetensors::SafeTensorError| damaged(path, &error);
        let labels: Vec<u8> =
            self.reference.labels.iter().flat_map(|label| (*label as u64).to_le_bytes()).collect();
        let layers: Vec<(String, Vec<usize>, Vec<u8>)> = self
            .reference
            .layers
            .iter()
            .map(|layer| {
                let bytes = layer.cloud.values().iter().flat_map(|value| value.to_le_bytes()).collect();
                (layer.layer.clone(), vec![layer.cloud.n_points(), layer.cloud.n_features()], bytes)
            })
            .collect();
        let mut views = vec![(
            "labels".to_owned(),
            TensorView::new(Dtype::U64, vec![self.reference.labels.len()], &labels).map_err(bad)?,
        )];
        for (name, shape, bytes) in &layers {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(bad)?;
            views.push((format!("layer.{name}"), view));
        }
        safetensors::serialize(views, None).map_err(bad)
    }

    /// Reads what [`DetectorFolder::write`] wrote.
    ///
    /// # Errors
    ///
    /// A file is not there, damaged, or of another version.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("detectors.json");
        let text = fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        let stored: Stored = serde_json::from_slice(&text).map_err(|error| damaged(&path, &error))?;
        if stored.schema != SCHEMA {
            return Err(damaged(&path, &format!("its schema is {:?}, not {SCHEMA:?}", stored.schema)));
        }
        let path = folder.join("reference.safetensors");
        let bytes = fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        if blake3::hash(&bytes).to_hex().as_str() != stored.reference_blake3 {
            return Err(damaged(&path, &"it is not the one that was written with detectors.json"));
        }
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| damaged(&path, &error))?;
        let reference = read_reference(&path, &tensors, stored.layers)?;
        let widths = reference.layers.len();
        if stored.detectors.iter().any(|detector| !detector.is_sound(widths)) {
            return Err(damaged(&folder.join("detectors.json"), &"a detector does not fit its layers"));
        }
        let readout =
            stored.readout.parse().map_err(|error| damaged(&folder.join("detectors.json"), &error))?;
        Ok(Self { reference, detectors: stored.detectors, readout, probe: stored.probe })
    }
}

#[derive(serde::Deserialize)]
struct Stored {
    schema: String,
    readout: String,
    probe: Vec<f32>,
    reference_blake3: String,
    layers: Vec<StoredLayer>,
    detectors: Vec<Detector>,
}

#[derive(serde::Deserialize)]
struct StoredLayer {
    layer: String,
    index: usize,
    depth: f64,
}

fn read_reference(path: &Path, tensors: &SafeTensors<'_>, layers: Vec<StoredLayer>) -> Result<Reference> {
    let by_name: HashMap<String, TensorView<'_>> = tensors.tensors().into_iter().collect();
    let missing = |name: &str| damaged(path, &format!("it has no tensor {name:?} of the right kind"));
    let labels = by_name
        .get("labels")
        .filter(|view| view.dtype() == Dtype::U64 && view.shape().len() == 1)
        .ok_or_else(|| missing("labels"))?;
    let labels: Vec<usize> = labels
        .data()
        .as_chunks::<8>()
        .0
        .iter()
        .map(|bytes| usize::try_from(u64::from_le_bytes(*bytes)).unwrap_or(usize::MAX))
        .collect();
    if labels.iter().any(|label| *label > 1_000_000) {
        return Err(damaged(path, &"its labels are no classes"));
    }
    let mut found = Vec::with_capacity(layers.len());
    for StoredLayer { layer, index, depth } in layers {
        let name = format!("layer.{layer}");
        let view = by_name
            .get(&name)
            .filter(|view| view.dtype() == Dtype::F32 && view.shape().len() == 2)
            .filter(|view| view.shape()[0] == labels.len())
            .ok_or_else(|| missing(&name))?;
        let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let cloud = PointCloud::new(values, view.shape()[0], view.shape()[1])?;
        found.push(LayerCloud { layer, layer_index: index, depth, cloud });
    }
    if found.is_empty() || labels.is_empty() {
        return Err(damaged(path, &"it holds no layer or no input"));
    }
    Ok(Reference { layers: found, labels })
}

fn damaged(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    let path: PathBuf = path.to_path_buf();
    Error::detection(DetectionProblem::NotDetectors { path, reason: reason.to_string() })
}

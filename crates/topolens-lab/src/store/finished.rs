//! Layers that are measured already, so that an interrupted study goes on where it stopped.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use topolens::{Diagram, Interval};

use super::atomic::write_atomically;
use super::run::to_json;
use crate::Result;
use crate::error::Error;
use crate::profile::{LayerCloud, LayerProfile, Protocol, Row, Sample};

/// A folder with one file per measured layer, named for all that the numbers depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedLayers {
    folder: PathBuf,
}

/// A measured layer as text.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    schema: String,
    layer: String,
    depth: f64,
    epoch: Option<usize>,
    rows: Vec<Row>,
    /// Per homology dimension the births and deaths; `None` is an infinite death.
    diagrams: Vec<Vec<(f64, Option<f64>)>>,
}

const SCHEMA: &str = "topolens.layer/2";

impl LayerProfile {
    /// Its numbers and diagrams as JSON, to the bit.
    ///
    /// # Errors
    ///
    /// A number in it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let intervals = |diagram: &Diagram| {
            let finite = |interval: &Interval| (!interval.is_essential()).then_some(interval.death);
            diagram.intervals().iter().map(|interval| (interval.birth, finite(interval))).collect()
        };
        let stored = Stored {
            schema: SCHEMA.to_owned(),
            layer: self.layer.clone(),
            depth: self.depth,
            epoch: self.epoch,
            rows: self.rows.clone(),
            diagrams: self.diagrams.iter().map(intervals).collect(),
        };
        to_json(&stored, Path::new("a measured layer"))
    }

    /// What [`LayerProfile::to_json`] wrote; `None` if `text` is damaged or of another version.
    pub fn from_json(text: &[u8]) -> Option<Self> {
        let stored: Stored =
            serde_json::from_slice(text).ok().filter(|stored: &Stored| stored.schema == SCHEMA)?;
        let diagrams = stored.diagrams.into_iter().enumerate().map(|(dimension, intervals)| {
            let intervals = intervals
                .into_iter()
                .map(|(birth, death)| Interval { birth, death: death.unwrap_or(f64::INFINITY) });
            Diagram::new(dimension, intervals.collect())
        });
        let Stored { layer, depth, epoch, rows, .. } = stored;
        Some(Self { layer, depth, epoch, rows, diagrams: diagrams.collect(), loops: None })
    }
}

impl FinishedLayers {
    /// In the folder of a study's results.
    pub fn of_study(results: &Path) -> Self {
        Self { folder: results.join("unfinished") }
    }

    /// What was measured of the same cloud in the same way; `None` if nothing was, or the file is damaged.
    pub(crate) fn find(
        &self,
        layer: &LayerCloud,
        sample: Sample<'_>,
        protocol: &Protocol,
    ) -> Option<LayerProfile> {
        LayerProfile::from_json(&fs::read(self.path(layer, sample, protocol)).ok()?)
    }

    /// Keeps what was measured.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or written.
    pub(crate) fn keep(
        &self,
        layer: &LayerCloud,
        sample: Sample<'_>,
        protocol: &Protocol,
        profile: &LayerProfile,
    ) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|source| Error::io("create", &self.folder, source))?;
        let path = self.path(layer, sample, protocol);
        write_atomically(&path, &profile.to_json()?)
    }

    /// Removes all of them, once the study's results are written.
    ///
    /// # Errors
    ///
    /// The folder cannot be removed.
    pub fn discard(&self) -> Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove", &self.folder, source))
            }
            _ => Ok(()),
        }
    }

    /// The file's name is a checksum of the cloud, its labels, the protocol and the version of topolens.
    fn path(&self, layer: &LayerCloud, sample: Sample<'_>, protocol: &Protocol) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        let place = (&layer.layer, layer.layer_index, layer.depth, layer.cloud.n_features(), sample.epoch);
        let told = format!("{} {place:?} {protocol:?} {:?}", env!("CARGO_PKG_VERSION"), sample.class_names);
        hasher.update(told.as_bytes());
        for label in sample.labels {
            hasher.update(&(*label as u64).to_le_bytes());
        }
        for value in layer.cloud.values() {
            hasher.update(&value.to_le_bytes());
        }
        self.folder.join(format!("{}.json", hasher.finalize().to_hex()))
    }
}

#[cfg(test)]
mod tests {
    use topolens::PointCloud;

    use super::*;
    use crate::profile::measure_layer;

    #[test]
    fn a_layer_comes_back_to_the_bit_and_only_for_the_same_question() {
        let values = topolens::synthetic::gaussian(40, 3, 0).unwrap();
        let values = values.values().iter().map(|&x| x as f32).collect();
        let layer = LayerCloud {
            layer: "block1".to_owned(),
            layer_index: 0,
            depth: 0.5,
            cloud: PointCloud::new(values, 40, 3).unwrap(),
        };
        let labels: Vec<usize> = (0..40).map(|i| i % 2).collect();
        let names = ["a".to_owned(), "b".to_owned()];
        let sample = Sample { labels: &labels, class_names: &names, epoch: Some(3) };
        let protocol = Protocol { n_half_samples: 3, ..Protocol::default() };
        let measured = measure_layer(&layer, sample, &protocol).unwrap();
        let results = tempfile::tempdir().unwrap();
        let finished = FinishedLayers::of_study(results.path());
        assert!(finished.find(&layer, sample, &protocol).is_none());
        finished.keep(&layer, sample, &protocol, &measured).unwrap();
        let found = finished.find(&layer, sample, &protocol).unwrap();
        assert_eq!((&found.rows, &found.diagrams), (&measured.rows, &measured.diagrams));
        assert_eq!((found.layer.as_str(), found.depth, found.epoch), ("block1", 0.5, Some(3)));
        let other = Protocol { seed: 1, ..protocol.clone() };
        assert!(finished.find(&layer, sample, &other).is_none());
        let later = Sample { epoch: Some(4), ..sample };
        assert!(finished.find(&layer, later, &protocol).is_none());
        fs::write(finished.path(&layer, sample, &protocol), b"{").unwrap();
        assert!(finished.find(&layer, sample, &protocol).is_none());
        finished.discard().unwrap();
        finished.discard().unwrap();
        assert_eq!(fs::read_dir(results.path()).unwrap().count(), 0);
    }
}

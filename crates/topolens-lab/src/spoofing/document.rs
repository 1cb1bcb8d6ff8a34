//! The results of a study of spoofing as one value, and as files.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::attack_detection::AttackDetectionResults;
use super::faces::LeftOut;
use super::population::PopulationRow;
use super::presentation::labelled;
use super::report::write_spoof_report;
use super::study::PopulationSettings;
use crate::Result;
use crate::error::Error;
use crate::store::atomic::write_atomically;
use crate::store::csv::{or_empty, write_lines};
use crate::store::{Provenance, to_json};

/// A kind of presentation in the study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindSummary {
    /// Its name.
    pub name: String,
    /// `live`, `attack` or `control`.
    pub role: &'static str,
    /// Whether its images are simulated.
    pub simulated: bool,
    /// Images used.
    pub n_images: usize,
    /// Persons on them.
    pub n_persons: usize,
    /// A face of it, as the network sees it, for people.
    #[serde(skip)]
    pub example: Vec<ExampleFace>,
}

impl KindSummary {
    /// The name, with the word simulated where it is.
    pub fn label(&self) -> String {
        labelled(&self.name, self.simulated)
    }
}

/// A face as the network sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFace {
    /// Height and width.
    pub shape: [usize; 2],
    /// RGB bytes.
    pub colors: Vec<u8>,
}

/// What a study of spoofing found, with what must be known to read it.
#[derive(Debug, Clone)]
pub struct SpoofResults {
    /// Where the numbers came from.
    pub provenance: Provenance,
    /// The kinds of presentation; the first is live.
    pub kinds: Vec<KindSummary>,
    /// How persons were told apart.
    pub persons_by: String,
    /// Images that could not be used.
    pub left_out: Vec<LeftOut>,
    /// How populations were compared.
    pub settings: PopulationSettings,
    /// Every number of the comparison.
    pub rows: Vec<PopulationRow>,
    /// Detectors; or why there are none.
    pub detection: std::result::Result<AttackDetectionResults, String>,
    /// The time it took, for the page.
    pub time: Option<Duration>,
}

impl SpoofResults {
    /// The content of `spoof.json`, schema `topolens.spoof/1`.
    pub fn document(&self) -> Value {
        let PopulationSettings { n_points, n_splits, n_permutations, scaling, seed } = &self.settings;
        let (detection, reason) = match &self.detection {
            Ok(found) => (json!(found), None),
            Err(reason) => (Value::Null, Some(reason)),
        };
        json!({
            "schema": "topolens.spoof/1",
            "provenance": self.provenance,
            "kinds": self.kinds,
            "persons_by": self.persons_by,
            "left_out": self.left_out,
            "settings": {
                "points": n_points,
                "splits": n_splits,
                "permutations": n_permutations,
                "scaling": scaling.to_string(),
                "seed": seed,
            },
            "rows": self.rows,
            "detection": detection,
            "no_detection": reason,
        })
    }

    /// Writes `spoof.json`, `layers.csv`, `scores.csv`, `report.html` and `figures/` into `folder`.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let path = folder.join("spoof.json");
        write_atomically(&path, &to_json(&self.document(), &path)?)?;
        self.write_layers(&folder.join("layers.csv"))?;
        let scores = folder.join("scores.csv");
        match &self.detection {
            Ok(found) => write_scores(&scores, found)?,
            // What an earlier study left does not belong to this one.
            Err(_) if scores.exists() => {
                fs::remove_file(&scores).map_err(|source| Error::io("remove", &scores, source))?;
            }
            Err(_) => {}
        }
        write_spoof_report(folder, self)
    }

    fn write_layers(&self, path: &Path) -> Result<()> {
        let header = [
            "kind",
            "simulated",
            "layer",
            "layer_index",
            "depth",
            "of",
            "quantity",
            "homology_dimension",
            "value",
            "lower",
            "upper",
            "p_value",
            "p_adjusted",
            "n_points",
            "n_features",
            "reason",
        ];
        let lines = self.rows.iter().map(|row| {
            vec![
                row.kind.clone(),
                row.simulated.to_string(),
                row.layer.clone(),
                row.layer_index.to_string(),
                row.depth.to_string(),
                row.of.name().to_owned(),
                row.quantity.clone(),
                or_empty(row.homology_dimension),
                or_empty(row.value),
                or_empty(row.lower),
                or_empty(row.upper),
                or_empty(row.p_value),
                or_empty(row.p_adjusted),
                row.n_points.to_string(),
                row.n_features.to_string(),
                row.reason.clone().unwrap_or_default(),
            ]
        });
        write_lines(path, header.map(str::to_owned).to_vec(), lines)
    }
}

fn write_scores(path: &Path, found: &AttackDetectionResults) -> Result<()> {
    let header = ["detector", "kind", "name", "person", "margin"];
    let lines = found.judged.iter().map(|image| {
        let (kind, name, person) = (image.kind.clone(), image.name.clone(), image.person.clone());
        vec![image.detector.clone(), kind, name, person, image.margin.to_string()]
    });
    write_lines(path, header.map(str::to_owned).to_vec(), lines)
}

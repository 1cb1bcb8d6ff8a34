//! The results of a study as one value, and as files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use topolens::{Diagram, Interval};

use crate::Result;
use crate::error::{Error, ErrorKind};
use crate::profile::{LayerProfile, Row, warnings};
use crate::report::{LayerDiagrams, ProfileReport, figures, render};
use crate::store::atomic::write_atomically;
use crate::store::parquet::write_rows;
use crate::store::{NpzWriter, Provenance, to_json, write_csv};

/// Profiles with what must be known to read them.
#[derive(Debug, Clone)]
pub struct Results {
    /// Where the numbers came from.
    pub provenance: Provenance,
    /// What was measured, epoch by epoch and layer by layer.
    pub profiles: Vec<LayerProfile>,
    /// What a reader must know before trusting a curve.
    pub warnings: Vec<String>,
    /// The time it took, for the page.
    pub time: Option<Duration>,
}

impl Results {
    /// Keeps the time it took, for the page.
    #[must_use]
    pub fn took(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// Judges the profiles and keeps them with their provenance.
    pub fn new(provenance: Provenance, profiles: Vec<LayerProfile>) -> Self {
        let rows: Vec<Row> = profiles.iter().flat_map(|profile| profile.rows.clone()).collect();
        Self { provenance, warnings: warnings(&rows), profiles, time: None }
    }

    /// The same study at several epochs as one, with the provenance of the last; `None` of nothing.
    pub fn joined(parts: &[Self]) -> Option<Self> {
        let profiles = parts.iter().flat_map(|part| part.profiles.iter().cloned()).collect();
        Some(Self::new(parts.last()?.provenance.clone(), profiles))
    }

    /// The page `report.html`.
    pub fn page(&self) -> String {
        render(&self.report())
    }

    /// Every row, epoch by epoch and layer by layer.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.profiles.iter().flat_map(|profile| &profile.rows)
    }

    /// The epochs profiled, in order.
    pub fn epochs(&self) -> Vec<Option<usize>> {
        let mut epochs: Vec<Option<usize>> = self.profiles.iter().map(|profile| profile.epoch).collect();
        epochs.dedup();
        epochs
    }

    /// Images in the largest cloud.
    pub fn n_points(&self) -> usize {
        self.rows().map(|row| row.n_points).max().unwrap_or_default()
    }

    /// The content of `profile.json`, schema `topolens.profile/1`.
    pub fn document(&self) -> Value {
        json!({
            "schema": SCHEMA,
            "provenance": self.provenance,
            "warnings": self.warnings,
            "rows": self.rows().collect::<Vec<_>>(),
        })
    }

    /// The results that an earlier study wrote into `folder`, without its diagrams.
    ///
    /// # Errors
    ///
    /// The folder holds no `profile.json`, or one of another schema.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("profile.json");
        let text = fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        let stored: Stored = serde_json::from_slice(&text).map_err(|source| not_a_profile(&path, &source))?;
        if stored.schema != SCHEMA {
            return Err(not_a_profile(&path, &format!("its schema is {:?}", stored.schema)));
        }
        let mut profiles: Vec<LayerProfile> = Vec::new();
        for row in stored.rows {
            let same = |last: &&mut LayerProfile| last.layer == row.layer && last.epoch == row.epoch;
            if let Some(last) = profiles.last_mut().filter(same) {
                last.rows.push(row);
            } else {
                let (layer, depth, epoch) = (row.layer.clone(), row.depth, row.epoch);
                profiles.push(LayerProfile {
                    layer,
                    depth,
                    epoch,
                    rows: vec![row],
                    diagrams: Vec::new(),
                    loops: None,
                });
            }
        }
        Ok(Self { provenance: stored.provenance, profiles, warnings: stored.warnings, time: None })
    }

    /// Writes `profile.json`, `.parquet` and `.csv`, `diagrams.json` and `.npz`, `report.html` and `figures/` into `folder`; returns
    /// the files, the report first.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let figure_folder = folder.join("figures");
        if figure_folder.exists() {
            fs::remove_dir_all(&figure_folder)
                .map_err(|source| Error::io("empty", &figure_folder, source))?;
        }
        fs::create_dir_all(&figure_folder).map_err(|source| Error::io("create", &figure_folder, source))?;
        let report = self.report();
        let mut files = vec![write(folder.join("report.html"), self.page().as_bytes())?];
        files.extend(self.write_numbers(folder)?);
        for figure in figures(&report)? {
            files.push(write(figure_folder.join(format!("{}.svg", figure.name)), figure.svg.as_bytes())?);
            files.push(write(figure_folder.join(format!("{}.png", figure.name)), &figure.png)?);
            files.push(write(figure_folder.join(format!("{}.pdf", figure.name)), &figure.pdf)?);
        }
        Ok(files)
    }

    /// Writes `profile.json`, `.parquet` and `.csv`, `diagrams.json` and `.npz` into `folder`; returns the files.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or a file cannot be written.
    pub fn write_numbers(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let mut files = vec![
            write_document(folder.join("profile.json"), &self.document())?,
            write_document(folder.join("diagrams.json"), &self.diagrams())?,
        ];
        let parquet = folder.join("profile.parquet");
        let rows: Vec<Row> = self.rows().cloned().collect();
        write_rows(&parquet, &rows, &self.provenance.pairs())?;
        files.push(parquet);
        let csv = folder.join("profile.csv");
        write_csv(&csv, &rows, &self.provenance)?;
        files.push(csv);
        let npz = folder.join("diagrams.npz");
        let archive = self.diagrams_npz().map_err(|source| Error::io("write", &npz, source))?;
        files.push(write(npz, &archive)?);
        Ok(files)
    }

    fn report(&self) -> ProfileReport {
        let layer = |profile: &LayerProfile| LayerDiagrams {
            layer: profile.layer.clone(),
            depth: profile.depth,
            epoch: profile.epoch,
            diagrams: profile.diagrams.clone(),
            loops: profile.loops.clone(),
        };
        let measured = self.profiles.iter().filter(|profile| !profile.diagrams.is_empty());
        ProfileReport {
            title: format!("{} on {}", self.provenance.network, self.provenance.data.name),
            provenance: self.provenance.pairs_and_time(self.time),
            rows: self.rows().cloned().collect(),
            layers: measured.map(layer).collect(),
            notes: self.warnings.clone(),
        }
    }

    /// The content of `diagrams.npz`: a matrix of births and deaths for each diagram, `LAYER/H0` or `epoch-3/LAYER/H0`.
    fn diagrams_npz(&self) -> std::io::Result<Vec<u8>> {
        let mut archive = NpzWriter::default();
        archive.add_text("provenance.json", &json!(self.provenance).to_string())?;
        for profile in &self.profiles {
            let epoch = profile.epoch.map_or_else(String::new, |epoch| format!("epoch-{epoch}/"));
            for diagram in &profile.diagrams {
                let name = format!("{epoch}{}/H{}", profile.layer, diagram.homology_dimension());
                let intervals = diagram.intervals();
                let values: Vec<f64> = intervals.iter().flat_map(|i| [i.birth, i.death]).collect();
                archive.add(&name, &values, intervals.len())?;
            }
        }
        archive.finish()
    }

    /// The content of `diagrams.json`: the global cloud's diagrams by epoch and layer; `null` is an infinite death.
    fn diagrams(&self) -> Value {
        let interval = |interval: &Interval| {
            let death = (!interval.is_essential()).then_some(interval.death);
            json!([interval.birth, death])
        };
        let diagram = |diagram: &Diagram| {
            let intervals: Vec<Value> = diagram.intervals().iter().map(interval).collect();
            json!({ "dimension": diagram.homology_dimension(), "intervals": intervals })
        };
        let layer = |profile: &LayerProfile| {
            let diagrams: Vec<Value> = profile.diagrams.iter().map(diagram).collect();
            json!({ "layer": profile.layer, "depth": profile.depth, "epoch": profile.epoch, "diagrams": diagrams })
        };
        let layers: Vec<Value> = self.profiles.iter().map(layer).collect();
        json!({ "schema": "topolens.diagrams/1", "layers": layers })
    }
}

const SCHEMA: &str = "topolens.profile/1";

/// `profile.json` as it is read.
#[derive(Deserialize)]
struct Stored {
    schema: String,
    provenance: Provenance,
    warnings: Vec<String>,
    rows: Vec<Row>,
}

fn not_a_profile(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::NotAProfile { path: path.into(), reason: reason.to_string() })
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<PathBuf> {
    write_atomically(&path, bytes)?;
    Ok(path)
}

fn write_document(path: PathBuf, document: &Value) -> Result<PathBuf> {
    let text = to_json(document, &path)?;
    write(path, &text)
}

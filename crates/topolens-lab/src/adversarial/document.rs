//! The results of attacks as one value, and as files.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::geometry::Pointwise;
use super::report::{answer, write_attack_report};
use super::strength::{Strength, correlations_with_epsilon};
use super::study::Cell;
use crate::Result;
use crate::error::Error;
use crate::store::atomic::write_atomically;
use crate::store::csv::{ROW_COLUMNS, row_fields, write_lines};
use crate::store::{Provenance, to_json};

/// Attacks with what must be known to read them.
#[derive(Debug, Clone)]
pub struct AttackResults {
    /// Where the numbers came from.
    pub provenance: Provenance,
    /// Images attacked, wrong before, and of the target's class.
    pub n_images: [usize; 3],
    /// The class that images should be taken for.
    pub target: Option<usize>,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// The clean images, then every attack at every strength.
    pub cells: Vec<Cell>,
    /// Whether clouds become simpler as attacks become stronger.
    pub strengths: Vec<Strength>,
    /// The time it took, for the page.
    pub time: Option<Duration>,
}

impl AttackResults {
    /// Keeps the time it took, for the page.
    #[must_use]
    pub fn took(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// Keeps cells with their provenance and looks how they go with epsilon.
    pub fn new(
        provenance: Provenance,
        n_images: [usize; 3],
        (target, class_names): (Option<usize>, &[String]),
        cells: Vec<Cell>,
    ) -> Self {
        let strengths = correlations_with_epsilon(&cells);
        Self { provenance, n_images, target, class_names: class_names.to_vec(), cells, strengths, time: None }
    }

    /// What may be concluded, sentence by sentence.
    pub fn conclusions(&self) -> Vec<String> {
        answer(self)
    }

    /// The name of a class; its number where it has none.
    pub fn class_name(&self, class: usize) -> String {
        self.class_names.get(class).map_or_else(|| class.to_string(), Clone::clone)
    }

    /// The content of `attack.json`, schema `topolens.attack/1`.
    pub fn document(&self) -> Value {
        let [attacked, wrong, of_target] = self.n_images;
        let rows = self.cells.iter().flat_map(|cell| {
            cell.rows.iter().map(|row| {
                let mut value =
                    json!({ "method": cell.method, "norm": cell.norm.to_string(), "epsilon": cell.epsilon });
                if let (Value::Object(value), Value::Object(row)) = (&mut value, json!(row)) {
                    value.extend(row.into_iter().filter(|(name, _)| name != "epoch"));
                }
                value
            })
        });
        json!({
            "schema": "topolens.attack/1",
            "provenance": self.provenance,
            "images": { "attacked": attacked, "already_wrong": wrong, "of_target_class": of_target },
            "target": self.target.map(|target| self.class_name(target)),
            "curve": self.cells.iter().map(point).collect::<Vec<_>>(),
            "correlations_with_epsilon": self.strengths,
            "rows": rows.collect::<Vec<_>>(),
        })
    }

    /// Writes `attack.json`, `curve.csv`, `rows.csv`, `report.html` and `figures/` into `folder`.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let path = folder.join("attack.json");
        write_atomically(&path, &to_json(&self.document(), &path)?)?;
        let header = CURVE_COLUMNS.map(str::to_owned).to_vec();
        write_lines(&folder.join("curve.csv"), header, self.cells.iter().map(curve_fields))?;
        let header =
            ["method", "norm", "epsilon"].into_iter().chain(ROW_COLUMNS).map(str::to_owned).collect();
        let lines = self.cells.iter().flat_map(|cell| {
            let of_cell = [cell.method.clone(), cell.norm.to_string(), cell.epsilon.to_string()];
            cell.rows.iter().map(move |row| of_cell.iter().cloned().chain(row_fields(row)).collect())
        });
        write_lines(&folder.join("rows.csv"), header, lines)?;
        write_attack_report(folder, self)
    }
}

/// Writes what was measured of the single images: a row for each image, layer, attack and strength; what is undefined is empty.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_pointwise(path: &Path, cells: &[Cell]) -> Result<()> {
    let lines =
        cells.iter().flat_map(|cell| cell.points.iter().flat_map(|points| pointwise_lines(cell, points)));
    write_lines(path, POINT_COLUMNS.map(str::to_owned).to_vec(), lines)
}

const POINT_COLUMNS: [&str; 12] = [
    "method",
    "norm",
    "epsilon",
    "layer",
    "image",
    "prediction",
    "succeeded",
    "distance",
    "lid",
    "mahalanobis",
    "displacement",
    "displacement_in_tangent",
];

fn pointwise_lines(cell: &Cell, points: &Pointwise) -> Vec<Vec<String>> {
    let number = |value: Option<f64>| {
        value.filter(|value| value.is_finite()).map_or_else(String::new, |value| value.to_string())
    };
    let line = |image: usize| {
        vec![
            cell.method.clone(),
            cell.norm.to_string(),
            cell.epsilon.to_string(),
            points.layer.clone(),
            image.to_string(),
            cell.outcome.predictions[image].to_string(),
            cell.outcome.succeeded[image].to_string(),
            cell.outcome.distances[image].to_string(),
            number(points.lid.get(image).copied()),
            number(points.mahalanobis.get(image).copied()),
            number(points.displacement.get(image).copied()),
            number(points.in_tangent.get(image).copied().flatten()),
        ]
    };
    (0..cell.outcome.predictions.len()).map(line).collect()
}

/// The columns of `curve.csv`.
const CURVE_COLUMNS: [&str; 9] = [
    "method",
    "norm",
    "epsilon",
    "accuracy",
    "f1",
    "success",
    "mean_distance",
    "median_distance_of_successes",
    "n_taken_back",
];

fn curve_fields(cell: &Cell) -> Vec<String> {
    vec![
        cell.method.clone(),
        cell.norm.to_string(),
        cell.epsilon.to_string(),
        cell.accuracy.to_string(),
        cell.f1.to_string(),
        cell.success.to_string(),
        cell.mean_distance.to_string(),
        cell.median_distance_of_successes.map_or_else(String::new, |distance| distance.to_string()),
        cell.n_taken_back.to_string(),
    ]
}

fn point(cell: &Cell) -> Value {
    json!({
        "method": cell.method,
        "norm": cell.norm.to_string(),
        "epsilon": cell.epsilon,
        "accuracy": cell.accuracy,
        "f1": cell.f1,
        "success": cell.success,
        "mean_distance": cell.mean_distance,
        "median_distance_of_successes": cell.median_distance_of_successes,
        "n_taken_back": cell.n_taken_back,
    })
}

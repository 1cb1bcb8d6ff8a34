//! A study of spoofing as a page one can send.

mod by_layer;
mod detectors;
mod examples;

use std::path::Path;

use self::by_layer::{SHOWN, picture};
use self::detectors::{areas_by_layer, detection_errors, evaluations};
use self::examples::examples;
use super::document::SpoofResults;
use super::population::{PopulationRow, Subject};
use super::presentation::labelled;
use crate::Result;
use crate::report::{Picture, Sheet, StudyPage, three_digits};

/// Writes `report.html` and `figures/` into `folder`.
pub(super) fn write_spoof_report(folder: &Path, results: &SpoofResults) -> Result<()> {
    let mut pictures: Vec<Picture> = examples(results).into_iter().collect();
    pictures.extend(SHOWN.iter().filter_map(|shown| picture(results, shown)));
    let mut sheets = vec![kinds(results)];
    if let Ok(found) = &results.detection {
        pictures.extend(detection_errors(results, found));
        pictures.extend(areas_by_layer(found));
        sheets.push(evaluations(found));
    }
    sheets.push(layers(results));
    let page = StudyPage {
        kind: "topolens spoof",
        title: results.provenance.network.clone(),
        question: "Do presentation attacks lie elsewhere than live faces in the clouds of a network's layers, and can they be told by that?",
        answer: results.conclusions(),
        cautions: cautions(results),
        pictures,
        sheets,
        provenance: results.provenance.pairs_and_time(results.time),
    };
    page.write(folder)
}

fn cautions(results: &SpoofResults) -> Vec<String> {
    let mut cautions = Vec::new();
    let simulated: Vec<&str> =
        results.kinds.iter().filter(|kind| kind.simulated).map(|kind| &kind.name[..]).collect();
    if !simulated.is_empty() {
        cautions.push(format!(
            "{}: simulated, not genuine. What tells them apart may be a trace of the simulation.",
            simulated.join(", ")
        ));
    }
    if results.kinds.iter().all(|kind| kind.role != "control") {
        cautions.push(
            "There is no control (live faces taken by the camera of the attacks): a difference may be the camera's, not the attack's."
                .to_owned(),
        );
    }
    if results.has_repeated_persons() {
        cautions.push(
            "Persons are on several images: near neighbours are then often of the same person, and dimension and E₀ are as much about how these              differ as about persons. Compare with --images-per-person 1."
                .to_owned(),
        );
    }
    cautions.extend(
        [
            "Lifespans sums grow with the number of points and with spread: compare clouds of equal size, and E over its null.",
            "The level of every comparison is that of live faces of some persons with those of others, drawn as \"live, other persons\".",
            "Intervals are over splits and resamples of persons of one data set; another camera, light or population may differ by more.",
        ]
        .map(str::to_owned),
    );
    cautions
}

fn kinds(results: &SpoofResults) -> Sheet {
    let rows = results.kinds.iter().map(|kind| {
        vec![
            kind.name.clone(),
            kind.role.to_owned(),
            if kind.simulated { "yes" } else { "no" }.to_owned(),
            kind.n_images.to_string(),
            kind.n_persons.to_string(),
        ]
    });
    Sheet {
        title: "Images".to_owned(),
        note: format!(
            "Persons are told apart by {}. {} images could not be used{}",
            results.persons_by,
            results.left_out.len(),
            results.left_out.first().map_or_else(
                || ".".to_owned(),
                |first| format!(", the first {} ({}).", first.name, first.reason)
            )
        ),
        header: ["kind", "role", "simulated", "images", "persons"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

fn layers(results: &SpoofResults) -> Sheet {
    let shown_rows =
        results.rows.iter().filter(|row| row.of != Subject::Live || row.kind == results.kinds[0].name);
    Sheet {
        title: "Every number".to_owned(),
        note: format!(
            "Means over {} random splits of the persons, nobody on both sides, [95 % interval]. p by {} permutations of persons, adjusted for all \
             tests of the kind (Benjamini and Hochberg). The same in layers.csv.",
            results.settings.n_splits, results.settings.n_permutations
        ),
        header: ["kind", "layer", "of", "quantity", "value", "adjusted p", "points"]
            .map(str::to_owned)
            .to_vec(),
        rows: shown_rows.map(line).collect(),
    }
}

fn line(row: &PopulationRow) -> Vec<String> {
    let symbol = row.homology_dimension.map_or_else(String::new, |dimension| format!(" H{dimension}"));
    let value = match (row.value, row.lower.zip(row.upper)) {
        (Some(value), Some((lower, upper))) => {
            format!("{} [{}, {}]", three_digits(value), three_digits(lower), three_digits(upper))
        }
        (Some(value), None) => three_digits(value),
        (None, _) => row.reason.clone().unwrap_or_default(),
    };
    vec![
        labelled(&row.kind, row.simulated),
        row.layer.clone(),
        row.of.name().to_owned(),
        format!("{}{symbol}", row.quantity),
        value,
        row.p_adjusted.map_or_else(|| "–".to_owned(), |p| format!("{p:.3}")),
        row.n_points.to_string(),
    ]
}

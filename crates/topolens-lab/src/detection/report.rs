//! Detection as a page one can send.

use std::path::Path;

use topolens::statistics::RocCurve;

use super::document::DetectionResults;
use super::study::Scored;
use crate::Result;
use crate::report::{
    CurvePlot, Horizontal, Picture, Point, Series, Sheet, Size, StudyPage, curves, level_color,
};

/// Writes `report.html` and `figures/` into `folder`.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_detection_report(folder: &Path, results: &DetectionResults) -> Result<()> {
    let page = StudyPage {
        kind: "topolens detect",
        title: results.provenance.network.clone(),
        question: "Can attacked inputs be told from sound ones by where they lie in the clouds of the layers?",
        answer: results.conclusions(),
        cautions: cautions(results),
        pictures: pictures(results),
        sheets: vec![sheet(results)],
        provenance: results.provenance.pairs_and_time(results.time),
    };
    page.write(folder)
}

fn cautions(results: &DetectionResults) -> Vec<String> {
    let unseen = results.areas.iter().filter(|area| area.attack != "noise");
    let (n_seeds, fewest) = (results.seeds.len(), unseen.map(|area| area.n_attacked).min().unwrap_or(0));
    let sample = format!(
        "{n_seeds} seeds and, of the attack that succeeds least, {fewest} attacked inputs: {}.",
        if n_seeds < 3 {
            "intervals over so few seeds say little of others"
        } else {
            "few inputs make wide intervals"
        }
    );
    let of_all = [
        "An attacker who knows the detector can attack it too; these areas are for attackers who do not.",
        "Only images that the attack succeeds on count as attacked: at small ε these are the ones near a boundary anyway.",
        "An area on the attack that a detector was fitted to says little about others.",
    ];
    std::iter::once(sample).chain(of_all.map(str::to_owned)).collect()
}

/// The ROC curves of the first seed, a picture per attack.
fn pictures(results: &DetectionResults) -> Vec<Picture> {
    let Some(first) = results.seeds.first() else { return Vec::new() };
    let mut attacks: Vec<&str> = Vec::new();
    for scored in &first.scored {
        if !attacks.contains(&scored.attack.as_str()) {
            attacks.push(&scored.attack);
        }
    }
    let of_attack = |(at, attack): (usize, &str)| {
        let own: Vec<&Scored> = first.scored.iter().filter(|scored| scored.attack == attack).collect();
        picture(at, attack, &own)
    };
    attacks.into_iter().enumerate().map(of_attack).collect()
}

fn picture(at: usize, attack: &str, own: &[&Scored]) -> Picture {
    let seen = own.iter().any(|scored| scored.seen);
    let series = own
        .iter()
        .enumerate()
        .map(|(position, scored)| Series::named(scored.detector.clone(), level_color(position), roc(scored)));
    let plot = CurvePlot {
        description: format!("ROC curves of {} detectors on {attack}.", own.len()),
        x: Horizontal::FalsePositives,
        y_label: "attacked inputs called so".to_owned(),
        logarithmic: false,
        names: Vec::new(),
        series: series.collect(),
    };
    let fitted =
        if seen { "the attack that detectors were fitted to, on other images" } else { "not fitted to" };
    Picture {
        name: format!("{:02}-roc-{attack}", at + 1),
        scene: curves(&plot, Size::COLUMN),
        title: format!("ROC curves on {attack} ({fitted})"),
        reading: "Of the first seed. A detector that guesses lies on the diagonal.".to_owned(),
        caution: if attack == "noise" {
            "Noise is the control: a curve above the diagonal is a false alarm."
        } else {
            "An attacker who knows the detector can evade it; the curve is that of one seed, intervals are in the table."
        }
        .to_owned(),
    }
}

/// Forty points of the curve at most.
fn roc(scored: &Scored) -> Vec<Point> {
    const MOST: usize = 40;
    let scores: Vec<f64> = scored.sound.iter().chain(&scored.attacked).copied().collect();
    let is_attacked: Vec<bool> =
        scored.sound.iter().map(|_| false).chain(scored.attacked.iter().map(|_| true)).collect();
    let Ok(curve) = RocCurve::new(&scores, &is_attacked) else { return Vec::new() };
    let points = curve.points();
    let stride = points.len().div_ceil(MOST).max(1);
    let kept = points.iter().enumerate().filter(|(at, _)| at % stride == 0 || at + 1 == points.len());
    kept.map(|(_, point)| Point {
        x: point.false_positive_rate,
        value: Some(point.true_positive_rate),
        interval: None,
    })
    .collect()
}

fn sheet(results: &DetectionResults) -> Sheet {
    let header = [
        "detector",
        "attack",
        "fitted to it",
        "area [95 %]",
        "detected at 5 % false alarms",
        "attacked inputs",
    ];
    let rows = results.areas.iter().map(|area| {
        vec![
            area.detector.clone(),
            area.attack.clone(),
            if area.seen { "yes" } else { "no" }.to_owned(),
            format!("{:.3} [{:.3}, {:.3}]", area.value, area.lower, area.upper),
            format!("{:.1} %", 100.0 * area.detected),
            area.n_attacked.to_string(),
        ]
    });
    Sheet {
        title: "Areas under ROC curves".to_owned(),
        note: format!(
            "Detectors fitted to {}, noise counting as sound; {} seeds, each with its own images, reference and attacks. 0.5 is guessing.",
            results.fitted_to,
            results.seeds.len()
        ),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

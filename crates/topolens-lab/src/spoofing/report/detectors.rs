//! Detectors in pictures and tables.

use topolens::statistics::RocCurve;

use crate::report::{CurvePlot, Horizontal, Picture, Point, Series, Sheet, Size, curves, level_color};
use crate::spoofing::attack_detection::{AttackDetectionResults, Evaluation};
use crate::spoofing::document::SpoofResults;

/// The curves of detection errors of the chosen detector and the baselines.
pub(super) fn detection_errors(results: &SpoofResults, found: &AttackDetectionResults) -> Option<Picture> {
    let series = found.evaluations.iter().enumerate().map(|(at, evaluation)| {
        let points = errors(results, found, &evaluation.detector);
        Series::named(evaluation.detector.clone(), level_color(at), points)
    });
    let series: Vec<Series> = series.filter(|series| series.points.len() > 1).collect();
    if series.is_empty() {
        return None;
    }
    let plot = CurvePlot {
        description: "Attacks called live against live faces called attacks, over thresholds.".to_owned(),
        x: Horizontal::BonaFideErrors,
        y_label: "APCER: attacks called live".to_owned(),
        logarithmic: true,
        names: Vec::new(),
        series,
    };
    Some(Picture {
        name: "detection-errors".to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: "Detection error trade-off".to_owned(),
        reading: "All attacks together, each person judged by a detector from other persons; nearer to the corner is better.".to_owned(),
        caution: "Errors below one image cannot be seen: a curve that is missing makes no error in part of the range.".to_owned(),
    })
}

/// Thirty points at most where both errors are there.
fn errors(results: &SpoofResults, found: &AttackDetectionResults, detector: &str) -> Vec<Point> {
    const MOST: usize = 30;
    let is_attack_kind =
        |name: &str| results.kinds.iter().any(|kind| kind.name == name && kind.role == "attack");
    let judged: Vec<(f64, bool)> = found
        .judged
        .iter()
        .filter(|image| image.detector == detector)
        .filter(|image| image.kind == results.kinds[0].name || is_attack_kind(&image.kind))
        .map(|image| (image.margin, image.kind != results.kinds[0].name))
        .collect();
    let (scores, is_attack): (Vec<f64>, Vec<bool>) = judged.into_iter().unzip();
    let Ok(curve) = RocCurve::new(&scores, &is_attack) else { return Vec::new() };
    let positive: Vec<Point> = curve
        .points()
        .iter()
        .filter(|point| point.false_positive_rate > 0.0 && point.true_positive_rate < 1.0)
        .map(|point| Point {
            x: point.false_positive_rate,
            value: Some(1.0 - point.true_positive_rate),
            interval: None,
        })
        .collect();
    let stride = positive.len().div_ceil(MOST).max(1);
    let last = positive.len().saturating_sub(1);
    positive
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at % stride == 0 || *at == last)
        .map(|(_, point)| point)
        .collect()
}

/// The area of every kind of detector by layer.
pub(super) fn areas_by_layer(found: &AttackDetectionResults) -> Option<Picture> {
    let mut kinds: Vec<&str> = Vec::new();
    for candidate in &found.candidates {
        if !kinds.contains(&candidate.detector.as_str()) {
            kinds.push(&candidate.detector);
        }
    }
    let series: Vec<Series> = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let own = found.candidates.iter().filter(|candidate| candidate.detector == **kind);
            let point = |candidate: &crate::spoofing::CandidateResult| Point {
                x: candidate.depth,
                value: Some(candidate.area.value),
                interval: candidate.area.lower.zip(candidate.area.upper),
            };
            Series::named((*kind).to_owned(), level_color(at), own.map(point).collect())
        })
        .collect();
    if series.is_empty() {
        return None;
    }
    let plot = CurvePlot {
        description: "Area under the ROC curve of each kind of detector by relative depth.".to_owned(),
        x: Horizontal::RelativeDepth,
        y_label: "area".to_owned(),
        logarithmic: false,
        names: found.candidates.iter().map(|candidate| (candidate.depth, candidate.layer.clone())).collect(),
        series,
    };
    Some(Picture {
        name: "areas-by-layer".to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: "Where attacks can be told".to_owned(),
        reading: "Area under the ROC curve on the judged persons, all attacks together; 0.5 is guessing.".to_owned(),
        caution: "The best of these is no fair choice: detector and layer were chosen on other persons for the figures above.".to_owned(),
    })
}

/// The measures of ISO/IEC 30107-3.
pub(super) fn evaluations(found: &AttackDetectionResults) -> Sheet {
    let header =
        ["detector", "area", "APCER by attack", "BPCER", "ACER", "EER", "HTER", "control called attacks"];
    let row = |evaluation: &Evaluation| {
        let list = |rates: &[crate::spoofing::KindRate]| {
            let words: Vec<String> =
                rates.iter().map(|of| format!("{}: {}", of.kind, of.rate.percent())).collect();
            if words.is_empty() { "–".to_owned() } else { words.join("; ") }
        };
        vec![
            evaluation.detector.clone(),
            evaluation.area.to_string(),
            list(&evaluation.apcer),
            evaluation.bpcer.percent(),
            evaluation.acer.percent(),
            evaluation.eer.percent(),
            evaluation.hter.percent(),
            list(&evaluation.control),
        ]
    };
    let chosen: Vec<String> = found.chosen.iter().map(|[kind, layer]| format!("{kind} at {layer}")).collect();
    Sheet {
        title: "Detection of attacks".to_owned(),
        note: format!(
            "ISO/IEC 30107-3, at the threshold of equal errors on other persons; [95 % interval over persons]. Chosen in {} folds: {}.",
            found.n_folds,
            chosen.join(", ")
        ),
        header: header.map(str::to_owned).to_vec(),
        rows: found.evaluations.iter().chain(&found.unseen).map(row).collect(),
    }
}

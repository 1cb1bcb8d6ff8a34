//! Verification as a page one can send.

use std::path::Path;

use topolens::statistics::RocCurve;

use super::document::percent;
use super::{Group, VerificationResults};
use crate::Result;
use crate::report::{
    CurvePlot, Horizontal, Picture, Point, Series, Sheet, Size, StudyPage, curves, level_color,
};

/// Writes `report.html` and `figures/` into `folder`.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_verification_report(folder: &Path, results: &VerificationResults) -> Result<()> {
    let mut cautions: Vec<String> = [
        "The pairs are those of these pictures: other cameras, light, ages and people may give other rates, and few persons make wide intervals.",
        "An interval of no width says that no resample of these persons differs, not that other persons could not.",
        "Pictures of persons in training include those that were trained on.",
        "A threshold chosen on these pairs has to be judged on others.",
    ]
    .map(str::to_owned)
    .to_vec();
    cautions.extend(results.notice.clone());
    let page = StudyPage {
        kind: "topolens verify",
        title: results.provenance.network.clone(),
        question: "Do two pictures of one person lie nearer to each other, by the cosine of their embeddings, than pictures of two?",
        answer: results.conclusions(),
        cautions,
        pictures: if results.groups.is_empty() { Vec::new() } else { vec![picture(results)] },
        sheets: vec![sheet(results)],
        provenance: results.provenance.pairs_and_time(results.time),
    };
    page.write(folder)
}

fn picture(results: &VerificationResults) -> Picture {
    let series = results.groups.iter().enumerate().map(|(position, group)| {
        let name = format!("persons {}", group.familiarity.words());
        Series::named(name, level_color(position), roc(group))
    });
    let plot = CurvePlot {
        description: format!("ROC curves of {} groups of persons.", results.groups.len()),
        x: Horizontal::FalseAccepts,
        y_label: "genuine pairs accepted".to_owned(),
        logarithmic: false,
        names: Vec::new(),
        series: series.collect(),
    };
    Picture {
        name: "01-roc".to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: "ROC curves".to_owned(),
        reading: "As the threshold of the cosine falls, more pairs are accepted. A network that guesses lies on the diagonal."
            .to_owned(),
        caution: "Only persons who were not in training say how it does on new ones.".to_owned(),
    }
}

/// Forty points of the curve at most.
fn roc(group: &Group) -> Vec<Point> {
    const MOST: usize = 40;
    let Ok(curve) = RocCurve::new(&group.pairs.cosines, &group.pairs.is_genuine) else { return Vec::new() };
    let at = |step: usize| {
        // Half of the points below one impostor pair in ten.
        let share = step as f64 / MOST as f64;
        let false_accept_rate = share * share;
        let value = curve.true_positive_rate_at(false_accept_rate).ok();
        Point { x: false_accept_rate, value, interval: None }
    };
    (0..=MOST).map(at).collect()
}

fn sheet(results: &VerificationResults) -> Sheet {
    let rates = results.groups.first().map_or(&[][..], |group| &group.true_accept_rates);
    let at = rates
        .iter()
        .map(|rate| format!("genuine accepted at {} of impostors", percent(rate.false_accept_rate)));
    let first = ["persons", "number", "area [95 %]", "equal error rate"].map(str::to_owned);
    let last = ["mean cosine, genuine", "mean cosine, impostor"].map(str::to_owned);
    let rows = results.groups.iter().map(|group| {
        let rates = group.true_accept_rates.iter().map(|rate| rate.words(group.n_impostor));
        let first = [
            group.familiarity.words().to_owned(),
            group.persons.len().to_string(),
            group.area.to_string(),
            group.equal_error_rate.percent(),
        ];
        let last = [group.mean_genuine.to_string(), group.mean_impostor.to_string()];
        first.into_iter().chain(rates).chain(last).collect()
    });
    Sheet {
        title: "Verification by group of persons".to_owned(),
        note: format!(
            "Cosines of layer {}, all pairs of pictures; 95 % intervals by a bootstrap of persons. A rate is told where it stands on 30 impostor \
             pairs accepted; else the table says how many pairs there are of those needed.",
            results.layer
        ),
        header: first.into_iter().chain(at).chain(last).collect(),
        rows: rows.collect(),
    }
}

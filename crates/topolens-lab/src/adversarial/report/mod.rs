//! Attacks as a page one can send.

mod by_layer;
mod examples;
mod planes;

use std::path::Path;

use self::by_layer::{SHOWN, picture};
use self::examples::examples;
use self::planes::planes;
use super::Strength;
use super::document::AttackResults;
use super::strength::methods;
use super::study::Cell;
use crate::Result;
use crate::profile::curve::are_apart;
use crate::rate::Rate;
use crate::report::{
    CurvePlot, Horizontal, Picture, Point, Series, Sheet, Size, StudyPage, curves, level_color,
};

/// Writes `report.html` and `figures/` into `folder`.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_attack_report(folder: &Path, results: &AttackResults) -> Result<()> {
    let mut drawn: Vec<Picture> = course(&results.cells).into_iter().collect();
    drawn.extend(examples(results));
    drawn.extend(planes(&results.cells));
    for method in methods(&results.cells) {
        drawn.extend(SHOWN.iter().filter_map(|shown| picture(&results.cells, method, shown)));
    }
    let page = StudyPage {
        kind: "topolens attack",
        title: results.provenance.network.clone(),
        question: "How do attacks move data through the clouds of a network's layers, and is it more than noise does?",
        answer: answer(results),
        cautions: cautions(results.n_images[0]),
        pictures: drawn,
        sheets: vec![course_sheet(&results.cells), strength_sheet(results)],
        provenance: results.provenance.pairs_and_time(results.time),
    };
    page.write(folder)
}

fn cautions(n_images: usize) -> Vec<String> {
    const FEW: usize = 500;
    let few = if n_images < FEW { ", which are few: intervals are wide and dimensions too low" } else { "" };
    let sample = format!(
        "The clouds hold {n_images} images{few}. E grows with the number of points and with the width of a layer: compare strengths at one layer, not \
         layers with each other."
    );
    let of_all = [
        "Robustness against these attacks is an upper bound: a better attack may succeed where these fail.",
        "Correlations with ε are over the strengths of one network and one set of images; the points are not independent.",
        "What random noise of the same size does as well is not due to the attack.",
    ];
    std::iter::once(sample).chain(of_all.map(str::to_owned)).collect()
}

/// What may be concluded, sentence by sentence.
pub(in crate::adversarial) fn answer(results: &AttackResults) -> Vec<String> {
    let [attacked, wrong, of_target] = results.n_images;
    let mut sentences: Vec<String> = fooled(results).into_iter().collect();
    sentences.push(verdict(results).unwrap_or_else(|| {
        "Whether clouds become simpler as the attack becomes stronger cannot be said: it takes three strengths or more of an attack and of noise."
            .to_owned()
    }));
    sentences.push(match results.target.map(|target| results.class_name(target)) {
        Some(target) => format!(
            "{attacked} images are attacked to be taken for {target}; {wrong} that the network gets wrong and {of_target} of that class are \
             set aside."
        ),
        None => format!("{attacked} images are attacked; {wrong} that the network gets wrong are set aside."),
    });
    for method in methods(&results.cells) {
        let Some(strongest) = results.cells.iter().rfind(|cell| cell.method == method) else { continue };
        sentences.push(format!(
            "{method} at ε = {}: accuracy {:.1} %, F1 {:.2}.",
            short(strongest.epsilon),
            100.0 * strongest.accuracy,
            strongest.f1
        ));
        let told: Vec<String> = middle(results, method)
            .map(|strength| format!("{} {:+.2}", strength.quantity, strength.spearman))
            .collect();
        if !told.is_empty() {
            sentences.push(format!(
                "With ε of {method}, at the layer in the middle, go (Spearman's correlation): {}.",
                told.join(", ")
            ));
        }
    }
    sentences
}

/// Which share of images each attack fools at its strongest, beside random noise.
fn fooled(results: &AttackResults) -> Option<String> {
    let attacked = results.n_images[0];
    let strongest = |method: &str| results.cells.iter().rfind(|cell| cell.method == method);
    let share = |cell: &Cell| Rate::of_share(cell.success, attacked);
    let noise = strongest("noise").map(share);
    let parts: Vec<String> = methods(&results.cells)
        .into_iter()
        .filter(|method| *method != "noise")
        .filter_map(strongest)
        .map(|cell| {
            let own = share(cell);
            let alike = noise.and_then(|noise| are_apart(own.interval(), noise.interval())) == Some(false);
            let doubt = if alike { ", not to be told from noise" } else { "" };
            format!("{} at ε = {} fools {}{doubt}", cell.method, short(cell.epsilon), own.percent())
        })
        .collect();
    let beside = noise.map_or_else(String::new, |noise| {
        format!("; random noise of the same size changes the answer of {}", noise.percent())
    });
    (!parts.is_empty()).then(|| format!("Of {attacked} images {}{beside}.", parts.join(", ")))
}

fn middle<'a>(results: &'a AttackResults, method: &'a str) -> impl Iterator<Item = &'a Strength> {
    let first = results.strengths.iter().find(|strength| strength.method == method);
    let layer = first.map(|strength| strength.layer.clone());
    results
        .strengths
        .iter()
        .filter(move |strength| strength.method == method && Some(&strength.layer) == layer.as_ref())
}

/// Whether "the more the attack succeeds, the simpler" holds beside its controls.
fn verdict(results: &AttackResults) -> Option<String> {
    let of = |method: &str, quantity: &str| {
        middle(results, method)
            .find(|strength| strength.quantity == quantity)
            .map(|strength| strength.spearman)
    };
    let attack = methods(&results.cells).into_iter().find(|method| *method != "noise")?;
    let falls = of(attack, "E0")? <= -0.9;
    let also_noise = of("noise", "E0")? <= -0.9;
    let also_over_null = of(attack, "E0 over its null")? <= -0.9;
    let also_in_units = of(attack, "E0 in the clean cloud's units")? <= -0.9;
    let sentence = match (falls, also_noise, also_over_null && also_in_units) {
        (false, ..) => {
            "E0 in the middle does not fall steadily with ε: \"the more the attack succeeds, the simpler\" does not hold here."
        }
        (true, true, _) => {
            "E0 in the middle falls with ε, but with noise of the same size as well: the fall is not due to the attack."
        }
        (true, false, true) => {
            "E0 in the middle falls with ε, also over its null and in the clean cloud's units, and noise of the same size does \
                                not do that: the stronger the attack, the simpler the cloud."
        }
        (true, false, false) => {
            "E0 in the middle falls with ε and noise does not make it fall, but it does not fall both over its null and in \
                                 the clean cloud's units: what falls is partly the scale, not the structure."
        }
    };
    Some(sentence.to_owned())
}

/// Accuracy after each attack.
fn course(cells: &[Cell]) -> Option<Picture> {
    let clean = cells.first()?;
    let series: Vec<Series> = methods(cells)
        .into_iter()
        .enumerate()
        .map(|(at, method)| {
            let own = cells.iter().filter(|cell| cell.method == method);
            let point = |cell: &Cell| Point { x: cell.epsilon, value: Some(cell.accuracy), interval: None };
            let points = std::iter::once(Point { x: 0.0, ..point(clean) }).chain(own.map(point)).collect();
            Series::named(method.to_owned(), level_color(at), points)
        })
        .collect();
    let plot = CurvePlot {
        description: "Accuracy after each attack by epsilon.".to_owned(),
        x: Horizontal::Epsilon,
        y_label: "accuracy".to_owned(),
        logarithmic: false,
        names: Vec::new(),
        series,
    };
    Some(Picture {
        name: "01-accuracy".to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: "Accuracy after the attack".to_owned(),
        reading: "Of all images but those of the target's class; those wrong before count as wrong."
            .to_owned(),
        caution: "Random noise of the same size is the control.".to_owned(),
    })
}

fn course_sheet(cells: &[Cell]) -> Sheet {
    let header = ["attack", "norm", "ε", "accuracy", "F1", "fooled", "mean size", "median size of successes"];
    let row = |cell: &Cell| {
        vec![
            cell.method.clone(),
            cell.norm.to_string(),
            short(cell.epsilon),
            format!("{:.1} %", 100.0 * cell.accuracy),
            format!("{:.3}", cell.f1),
            format!("{:.1} %", 100.0 * cell.success),
            format!("{:.4}", cell.mean_distance),
            cell.median_distance_of_successes.map_or_else(|| "–".to_owned(), |size| format!("{size:.4}")),
        ]
    };
    Sheet {
        title: "Strengths".to_owned(),
        note: "ε and sizes of perturbations in units of the pixel range 0 to 1, for l0 the share of the numbers changed.".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: cells.iter().map(row).collect(),
    }
}

fn strength_sheet(results: &AttackResults) -> Sheet {
    let header = ["attack", "quantity", "layer", "depth", "Spearman with ε", "p", "strengths"];
    let rows = results.strengths.iter().map(|strength| {
        vec![
            strength.method.clone(),
            strength.quantity.clone(),
            strength.layer.clone(),
            format!("{:.2}", strength.depth),
            format!("{:+.2}", strength.spearman),
            format!("{:.3}", strength.p_value),
            strength.n_strengths.to_string(),
        ]
    });
    Sheet {
        title: "What goes with ε".to_owned(),
        note:
            "At the layer nearest to the middle and at the last hidden one; the clean images count as ε = 0."
                .to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// Epsilon as it is shown.
fn short(epsilon: f64) -> String {
    let text = format!("{epsilon:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

//! Descriptors against the test error, to be looked at.

use std::path::Path;

use super::{
    Association, Comparison, LAST_HIDDEN, Measure, MeasureKind, MeasureTable, Validation, correlation_text,
};
use crate::Result;
use crate::report::{Group, Picture, ScatterPlot, Sheet, Size, StudyPage, plain, scatter};

/// Writes `report.html` and figures into `folder`; `origin` is the command and what else must be known to make the page again.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_generalization_report(
    folder: &Path,
    table: &MeasureTable,
    (associations, comparison): (&[Association], Option<&Comparison>),
    verdict: &[String],
    origin: &[(String, String)],
) -> Result<()> {
    let page = StudyPage {
        kind: "topolens generalize",
        title: format!("Descriptors and the test error of {} networks", table.len()),
        question: "Do descriptors of training images tell how well a network generalises?",
        answer: verdict.to_vec(),
        cautions: cautions(table),
        pictures: pictures(table, associations, comparison),
        sheets: sheets(associations, comparison),
        provenance: origin.iter().cloned().chain(provenance(table)).collect(),
    };
    page.write(folder)
}

fn cautions(table: &MeasureTable) -> Vec<String> {
    const ENOUGH: usize = 30;
    const SPREAD: f64 = 0.1;
    let mut cautions = vec![
        "A raw correlation is confounded: hyper-parameters move both the descriptor and the error (Tan et al. 2024). Read the columns given \
         all, granulated and CMI."
            .to_owned(),
        "Many measures were tried; only the adjusted p-value speaks of the best of them.".to_owned(),
    ];
    if table.len() < ENOUGH {
        cautions.push(format!(
            "{} networks are few: intervals are wide, and the best of many measures is best by luck.",
            table.len()
        ));
    }
    let ends = [f64::INFINITY, f64::NEG_INFINITY];
    let [low, high] = table.test_error.iter().fold(ends, |[low, high], x| [low.min(*x), high.max(*x)]);
    if high - low < SPREAD {
        cautions.push(format!(
            "Test errors differ by {:.1} points only; there is little to explain.",
            100.0 * (high - low)
        ));
    }
    cautions
}

/// Measures that are drawn whatever their correlation, as far as they are there; then the best descriptor and the best baseline.
fn pictures(
    table: &MeasureTable,
    associations: &[Association],
    comparison: Option<&Comparison>,
) -> Vec<Picture> {
    const ALWAYS: [&str; 5] = [
        "lifespans-sum-h0:local",
        "lifespans-sum-h1:local",
        "lifespans-sum-over-null-h0:local",
        "ph-dimension-h0:global",
        "nc1:global",
    ];
    let mut names: Vec<String> = ALWAYS.iter().map(|name| format!("{name}@{LAST_HIDDEN}")).collect();
    for kind in [MeasureKind::Descriptor, MeasureKind::Baseline] {
        names.extend(associations.iter().find(|found| found.kind == kind).map(|found| found.measure.clone()));
    }
    let mut pictures: Vec<Picture> = Vec::new();
    for name in names {
        let found = associations.iter().find(|found| found.measure == name);
        if let (Some(measure), Some(found)) = (table.measure(&name), found)
            && pictures.iter().all(|picture| picture.title != words(&name))
        {
            pictures.push(of_measure(table, measure, found, pictures.len()));
        }
    }
    pictures.extend(comparison.map(|comparison| of_prediction(table, comparison)));
    pictures
}

fn of_measure(table: &MeasureTable, measure: &Measure, found: &Association, at: usize) -> Picture {
    let value = |row: usize| measure.values[row];
    let description = format!(
        "{} against the test error of {} networks: Pearson {:.2}.",
        measure.name, found.n_networks, found.test_error.pearson.value
    );
    let plot = ScatterPlot {
        description,
        x_label: "Test error (%)".to_owned(),
        y_label: axis_label(&measure.name),
        groups: groups(table, &|row| Some((100.0 * table.test_error[row], value(row)?))),
        with_diagonal: false,
    };
    let left = found.test_error.partial.iter().find(|partial| partial.given == "all");
    let left = left.and_then(|partial| partial.correlation).map_or_else(String::new, |correlation| {
        format!("; given hyper-parameters, training error, NC1 and width {}", correlation_text(correlation))
    });
    Picture {
        name: format!("{:02}-{}", at + 1, slug(&measure.name)),
        scene: scatter(&plot, Size::COLUMN),
        title: words(&measure.name),
        reading: format!(
            "A mark per network, the further right the worse it generalises. Pearson {}, Spearman {}, Kendall {}{left}. In the tables it is {}.",
            correlation_text(found.test_error.pearson),
            correlation_text(found.test_error.spearman),
            correlation_text(found.test_error.kendall),
            measure.name
        ),
        caution: "A correlation over these networks is no cause: hyper-parameters move both sides."
            .to_owned(),
    }
}

/// The symbol, the cloud and the layer of a measure.
fn words(name: &str) -> String {
    const SYMBOLS: [(&str, &str); 8] = [
        ("lifespans-sum-over-null-h0", "E₀ / null"),
        ("lifespans-sum-h0", "E₀"),
        ("lifespans-sum-h1", "E₁"),
        ("ph-dimension-h0", "PHdim"),
        ("lifespans-sum-over-null-h1", "E₁ / null"),
        ("mle", "MLE"),
        ("nc1", "NC1"),
        ("two-nn", "TwoNN"),
    ];
    let (quantity, place) = name.split_once(':').unwrap_or((name, ""));
    let symbol = SYMBOLS.iter().find(|(known, _)| *known == quantity).map_or(quantity, |(_, symbol)| symbol);
    let (cloud, layer) = place.split_once('@').unwrap_or((place, ""));
    let cloud = match cloud {
        "local" => ", mean of classes",
        "global" => ", all classes",
        _ => "",
    };
    let layer = match layer {
        "" => String::new(),
        LAST_HIDDEN => ", last hidden layer".to_owned(),
        depth => format!(", depth {depth}"),
    };
    format!("{symbol}{cloud}{layer}")
}

/// A short name for an axis: the symbol and the cloud.
fn axis_label(name: &str) -> String {
    let words = words(name);
    let short = words.rsplit_once(", ").map_or(words.as_str(), |(short, _)| short);
    Size::COLUMN.shortened(short, 0.8 * Size::COLUMN.height)
}

fn of_prediction(table: &MeasureTable, comparison: &Comparison) -> Picture {
    let predicted = &comparison.descriptors.predicted;
    let plot = ScatterPlot {
        description: "Test error foretold against test error measured.".to_owned(),
        x_label: "Test error (%)".to_owned(),
        y_label: "Foretold (%)".to_owned(),
        groups: groups(table, &|row| Some((100.0 * table.test_error[row], 100.0 * predicted[row]))),
        with_diagonal: true,
    };
    Picture {
        name: "prediction".to_owned(),
        scene: scatter(&plot, Size::COLUMN),
        title: "Foretold and measured".to_owned(),
        reading: format!(
            "Each mark is a network, foretold by a regression on the others that has not seen its {}.",
            comparison.left_out
        ),
        caution: "A new data set or another way of training is not covered by this.".to_owned(),
    }
}

/// The networks by architecture.
fn groups(table: &MeasureTable, point: &dyn Fn(usize) -> Option<(f64, f64)>) -> Vec<Group> {
    let Some(hyper) = table.architectures() else {
        let points = (0..table.len()).filter_map(point).collect();
        return vec![Group { label: "networks".to_owned(), points }];
    };
    let codes = hyper.codes();
    let of_level = |(level, name): (usize, &String)| Group {
        label: name.clone(),
        points: (0..table.len()).filter(|&row| codes[row] == level).filter_map(point).collect(),
    };
    hyper.distinct().into_iter().enumerate().map(of_level).collect()
}

fn sheets(associations: &[Association], comparison: Option<&Comparison>) -> Vec<Sheet> {
    const MOST: usize = 60;
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let mut sheets = Vec::new();
    if let Some(comparison) = comparison {
        let all = std::iter::once(&comparison.descriptors).chain(&comparison.baselines);
        let row = |found: &Validation| {
            let [value, lower, upper] =
                found.mean_absolute_error.map(|share| format!("{:.2}", 100.0 * share));
            vec![found.name.clone(), found.n_measures.to_string(), format!("{value} [{lower}, {upper}]")]
        };
        sheets.push(Sheet {
            title: "Who foretells the test error".to_owned(),
            note: format!(
                "Mean absolute miss in points of error, with its 95 % interval over networks, each {} left out in turn. p = {:.4} that \
                 descriptors are no better than the best baseline.",
                comparison.left_out, comparison.p_value
            ),
            header: words(&["foretold by", "measures", "miss"]),
            rows: all.map(row).collect(),
        });
    }
    for (kind, title) in [(MeasureKind::Baseline, "Baselines"), (MeasureKind::Descriptor, "Descriptors")] {
        let rows = associations.iter().filter(|found| found.kind == kind).take(MOST).map(line);
        sheets.push(Sheet {
            title: format!("{title} against the test error"),
            note: "95 % intervals in brackets; a correlation of ±1 has none. Granulated: Kendall's correlation within groups that differ in one hyper-parameter alone. \
                   Given all: Pearson's partial correlation given hyper-parameters, training error, NC1 and width. CMI: normalised \
                   conditional mutual information. The p-value is Spearman's, adjusted for all measures. The rest is in \
                   generalization.json."
                .to_owned(),
            header: words(&[
                "measure", "n", "Pearson", "Spearman", "Kendall", "granulated", "given all", "CMI", "p adjusted", "Spearman with gap",
            ]),
            rows: rows.collect(),
        });
    }
    sheets
}

fn line(found: &Association) -> Vec<String> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let against = &found.test_error;
    let given = against.partial.iter().find(|partial| partial.given == "all");
    vec![
        found.measure.clone(),
        found.n_networks.to_string(),
        correlation_text(against.pearson),
        correlation_text(against.spearman),
        correlation_text(against.kendall),
        or_dash(against.granulated.as_ref().map(|granulated| format!("{:.2}", granulated.value))),
        or_dash(given.and_then(|partial| partial.correlation).map(correlation_text)),
        or_dash(against.information.as_ref().map(|information| format!("{:.3}", information.value))),
        plain(found.p_adjusted),
        or_dash(found.gap.as_ref().map(|gap| correlation_text(gap.spearman))),
    ]
}

/// A name that can be a file's.
fn slug(name: &str) -> String {
    let safe = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    name.chars().map(safe).take(60).collect()
}

fn provenance(table: &MeasureTable) -> Vec<(String, String)> {
    let hyper: Vec<String> = table
        .hyper_parameters
        .iter()
        .map(|hyper| {
            let levels: Vec<&str> = hyper.distinct().into_iter().map(String::as_str).collect();
            format!("{}: {}", hyper.name, levels.join(", "))
        })
        .collect();
    [
        ("networks", table.len().to_string()),
        ("hyper-parameters", hyper.join("; ")),
        ("measures", table.measures.len().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

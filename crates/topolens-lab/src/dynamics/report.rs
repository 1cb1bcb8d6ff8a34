//! Descriptors by layer and epoch, coloured by accuracy.

use std::path::Path;

use topolens::statistics::{Correlation, spearman_correlation};

use crate::Result;
use crate::profile::curve::{Quantity, curve, interval, value};
use crate::profile::{Row, Scope, warnings};
use crate::report::{
    Contrast, CurvePlot, HeatMap, Horizontal, Measured, PANELS, Panel, Picture, Point, Series, Sheet, Size,
    StudyPage, cautions_of_curves, curves, epoch_color, epoch_name, estimate, failures, heat_map,
    layer_names, plain, told_contrast,
};

/// Networks at several epochs of training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DynamicsReport {
    /// The heading.
    pub title: String,
    /// Networks, each with the rows of its profile and the test accuracy of each epoch, where it is known.
    pub networks: Vec<Trajectory>,
    /// Where the numbers come from.
    pub provenance: Vec<(String, String)>,
    /// What was found of the path of the weights, name and value.
    pub weights: Vec<(String, String)>,
    /// Networks that failed, each with the reason.
    pub failed: Vec<(String, String)>,
}

/// One network at several epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    /// Its name.
    pub name: String,
    /// The rows of its profile.
    pub rows: Vec<Row>,
    /// Epochs with the test accuracy.
    pub accuracies: Vec<(usize, f64)>,
}

/// Writes `report.html` and figures into `folder`.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_dynamics_report(folder: &Path, report: &DynamicsReport) -> Result<()> {
    let mut cautions = cautions_of_curves();
    cautions.extend(warnings_of(&report.networks));
    cautions.push(
        "Epochs of one network are not independent: a correlation over them says that two things change together while it learns, not \
         that one makes the other."
            .to_owned(),
    );
    let mut pictures = Vec::new();
    for (at, network) in report.networks.iter().enumerate() {
        for panel in &PANELS {
            pictures.extend(picture(at, network, panel));
            pictures.extend(map(at, network, panel));
        }
    }
    let mut sheets: Vec<Sheet> = failures(&report.failed).into_iter().collect();
    sheets.push(sheet(&report.networks));
    if !report.weights.is_empty() {
        sheets.push(Sheet {
            title: "Path of the weights".to_owned(),
            note: "Of the last iterates of all trained weights, projected at random if there are many."
                .to_owned(),
            header: vec!["quantity".to_owned(), "value".to_owned()],
            rows: report.weights.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect(),
        });
    }
    let page = StudyPage {
        kind: "topolens dynamics",
        title: report.title.clone(),
        question: "How do the shape and the dimension of the data change from layer to layer while a network learns?",
        answer: answer(&report.networks),
        cautions,
        pictures,
        sheets,
        provenance: report.provenance.clone(),
    };
    page.write(folder)
}

/// Spearman's correlation over epochs between the test accuracy and a quantity at the last hidden layer.
fn with_accuracy(network: &Trajectory, quantity: Quantity<'_>, scope: &Scope) -> Option<Correlation> {
    let (mut accuracies, mut values) = (Vec::new(), Vec::new());
    for (epoch, accuracy) in &network.accuracies {
        let found = curve(&network.rows, quantity, scope, Some(*epoch));
        let hidden = found.len().checked_sub(2).and_then(|last| value(found[last]));
        if let Some(found) = hidden {
            accuracies.push(*accuracy);
            values.push(found);
        }
    }
    spearman_correlation(&accuracies, &values).ok()
}

/// Quantities at the last hidden layer whose course is told.
const TOLD: [(&str, Quantity<'static>, Scope); 4] = [
    ("E0 of the classes", Quantity::new("lifespans-sum", Some(0)), Scope::Local),
    ("E0 over its null", Quantity::new("lifespans-sum-over-null", Some(0)), Scope::Local),
    ("PHdim of all classes", Quantity::new("ph-dimension", Some(0)), Scope::Global),
    ("NC1", Quantity::new("nc1", None), Scope::Global),
];

/// The last hidden layer, and a value there with its epoch.
struct Ends<'a> {
    layer: &'a str,
    before: (Measured, Option<usize>),
    after: (Measured, Option<usize>),
}

/// The values of a quantity at the last hidden layer at the first and at the last epoch, with the layer's name.
fn ends<'a>(network: &'a Trajectory, (quantity, scope): (Quantity<'_>, &Scope)) -> Option<Ends<'a>> {
    let epochs = epochs(network);
    let (&first, &last) = (epochs.first()?, epochs.last()?);
    let hidden = |epoch| {
        let found = curve(&network.rows, quantity, scope, epoch);
        found.len().checked_sub(2).map(|at| found[at])
    };
    let (before, after) = (hidden(first)?, hidden(last)?);
    let ends = Ends {
        layer: &after.layer,
        before: (Measured::of(before)?, first),
        after: (Measured::of(after)?, last),
    };
    (first != last).then_some(ends)
}

/// Quantities whose change with training answers the question: what falls, and what is left of it beside the null.
const ANSWERS: [(&str, Quantity<'static>, Scope); 2] = [
    ("the classes' mean E₀", Quantity::new("lifespans-sum", Some(0)), Scope::Local),
    ("E₀ over its null", Quantity::new("lifespans-sum-over-null", Some(0)), Scope::Local),
];

/// What training changes at the last hidden layer; then how it goes with the accuracy, network by network.
fn answer(networks: &[Trajectory]) -> Vec<String> {
    let mut sentences: Vec<String> = match networks {
        [one] => ANSWERS.iter().filter_map(|asked| change(one, asked)).collect(),
        _ => ANSWERS.iter().filter_map(|asked| changes(networks, asked)).collect(),
    };
    if sentences.is_empty() {
        sentences.push(
            "What training changes cannot be said: it takes two epochs at which E₀ of the classes has a value."
                .to_owned(),
        );
    }
    for network in networks {
        sentences.push(told(network));
        if networks.len() > 1 {
            let own = ANSWERS.iter().filter_map(|asked| change(network, asked));
            sentences.extend(own.map(|sentence| format!("{}: {sentence}", network.name)));
        }
    }
    sentences
}

/// What training makes of a quantity in one network.
fn change(network: &Trajectory, (name, quantity, scope): &(&str, Quantity<'_>, Scope)) -> Option<String> {
    let Ends { layer, before: (before, first), after: (after, last) } = ends(network, (*quantity, scope))?;
    let subject = format!("At the last hidden layer, {layer}, {name}");
    Some(told_contrast(&subject, (before, &epoch_name(first)), (after, &epoch_name(last))))
}

/// In how many networks training changes a quantity beyond its intervals.
fn changes(networks: &[Trajectory], (name, quantity, scope): &(&str, Quantity<'_>, Scope)) -> Option<String> {
    let contrasts: Vec<Contrast> = networks
        .iter()
        .filter_map(|network| ends(network, (*quantity, scope)))
        .map(|ends| Contrast::between(ends.before.0, ends.after.0))
        .collect();
    let count = |wanted: Contrast| contrasts.iter().filter(|contrast| **contrast == wanted).count();
    let n = contrasts.len();
    (n > 0).then(|| {
        let unknown = match count(Contrast::Unknown) {
            0 => String::new(),
            n => format!(", and in {n} there are no intervals"),
        };
        format!(
            "Between the first and the last epoch {name} at the last hidden layer falls in {} of {n} networks and rises in {}; in {} the \
             intervals overlap, so the two epochs cannot be told apart{unknown}.",
            count(Contrast::Falls),
            count(Contrast::Rises),
            count(Contrast::Open)
        )
    })
}

/// What must be known of the profiles themselves: the warnings of each network, once.
fn warnings_of(networks: &[Trajectory]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for network in networks {
        let last = epochs(network).last().copied().flatten();
        let rows: Vec<Row> = network.rows.iter().filter(|row| row.epoch == last).cloned().collect();
        for warning in warnings(&rows) {
            let told = if networks.len() > 1 { format!("{}: {warning}", network.name) } else { warning };
            if !found.contains(&told) {
                found.push(told);
            }
        }
    }
    found
}

fn told(network: &Trajectory) -> String {
    let parts: Vec<String> = TOLD
        .iter()
        .filter_map(|(name, quantity, scope)| {
            let found = with_accuracy(network, *quantity, scope)?;
            let ends = found.lower.zip(found.upper);
            Some(format!("{name} {} (p = {:.3})", estimate(found.value, ends), found.p_value))
        })
        .collect();
    if parts.is_empty() {
        return format!(
            "{}: too few epochs with a known accuracy to say how descriptors go with it.",
            network.name
        );
    }
    format!(
        "{}: over {} epochs, Spearman's correlation with the test accuracy at the last hidden layer is {}.",
        network.name,
        network.accuracies.len(),
        parts.join(", ")
    )
}

fn sheet(networks: &[Trajectory]) -> Sheet {
    let mut header = vec!["network".to_owned(), "epoch".to_owned(), "test accuracy".to_owned()];
    header.extend(TOLD.iter().map(|(name, ..)| format!("{name}, last hidden layer")));
    let mut rows = Vec::new();
    for network in networks {
        for (epoch, accuracy) in &network.accuracies {
            let mut row = vec![network.name.clone(), epoch.to_string(), format!("{:.2} %", 100.0 * accuracy)];
            row.extend(TOLD.iter().map(|(_, quantity, scope)| {
                let found = curve(&network.rows, *quantity, scope, Some(*epoch));
                let hidden = found.len().checked_sub(2).and_then(|last| value(found[last]));
                hidden.map_or_else(|| "–".to_owned(), plain)
            }));
            rows.push(row);
        }
    }
    Sheet {
        title: "Epochs".to_owned(),
        note: "All layers are in the tables beside this page.".to_owned(),
        header,
        rows,
    }
}

/// A curve for each epoch, its colour the accuracy.
fn picture(at: usize, network: &Trajectory, panel: &Panel) -> Option<Picture> {
    const SHADES: usize = 101;
    let scope = panel.scope(&network.rows)?;
    let ends = [f64::INFINITY, f64::NEG_INFINITY];
    let [low, high] = network.accuracies.iter().fold(ends, |[low, high], (_, x)| [low.min(*x), high.max(*x)]);
    let shade = |position: usize, accuracy: Option<f64>| match accuracy {
        #[expect(clippy::cast_sign_loss, reason = "accuracies lie between the lowest and the highest")]
        Some(accuracy) if high > low => {
            epoch_color(((accuracy - low) / (high - low) * (SHADES - 1) as f64).round() as usize, SHADES)
        }
        _ => epoch_color(position, epochs(network).len()),
    };
    let mut series = Vec::new();
    for (position, epoch) in epochs(network).into_iter().enumerate() {
        let found = curve(&network.rows, panel.quantity, scope, epoch);
        let accuracy =
            network.accuracies.iter().find(|(known, _)| Some(*known) == epoch).map(|(_, accuracy)| *accuracy);
        let label = match (epoch, accuracy) {
            (Some(epoch), Some(accuracy)) => format!("epoch {epoch}: {:.0} %", 100.0 * accuracy),
            (Some(epoch), None) => format!("step {epoch}"),
            (None, _) => "network".to_owned(),
        };
        let point = |row: &&Row| Point { x: row.depth, value: value(row), interval: interval(row) };
        series.push(Series::named(label, shade(position, accuracy), found.iter().map(point).collect()));
    }
    let plot = CurvePlot {
        description: format!(
            "{} by relative depth at {} epochs of {}.",
            panel.title,
            series.len(),
            network.name
        ),
        x: Horizontal::RelativeDepth,
        y_label: panel.symbol.to_owned(),
        logarithmic: panel.logarithmic,
        names: layer_names(&network.rows),
        series,
    };
    Some(Picture {
        name: format!("{:02}-{}", at + 1, panel.name),
        scene: curves(&plot, Size::COLUMN),
        title: format!("{}: {}", network.name, panel.title),
        reading: format!("{} Colour is the test accuracy, dark the highest.", panel.reading),
        caution: panel.caution.to_owned(),
    })
}

fn epochs(network: &Trajectory) -> Vec<Option<usize>> {
    crate::profile::curve::epochs(&network.rows)
}

/// A quantity as a map of layers and epochs; `None` of a single epoch.
fn map(at: usize, network: &Trajectory, panel: &Panel) -> Option<Picture> {
    let scope = panel.scope(&network.rows)?;
    let epochs = epochs(network);
    let layers: Vec<String> = layer_names(&network.rows).into_iter().map(|(_, name)| name).collect();
    if epochs.len() < 2 {
        return None;
    }
    let curves: Vec<Vec<&Row>> =
        epochs.iter().map(|epoch| curve(&network.rows, panel.quantity, scope, *epoch)).collect();
    let at_layer = |curve: &Vec<&Row>, layer: &String| {
        curve.iter().find(|row| row.layer == *layer).and_then(|row| value(row)).unwrap_or(f64::NAN)
    };
    let values: Vec<f64> =
        layers.iter().flat_map(|layer| curves.iter().map(move |curve| at_layer(curve, layer))).collect();
    let names: Vec<String> =
        epochs.iter().map(|epoch| epoch.map_or_else(String::new, |epoch| epoch.to_string())).collect();
    let whose = if *scope == Scope::Local { "mean of classes" } else { "all classes" };
    let map = HeatMap {
        description: format!("{} by layer and epoch of {}.", panel.title, network.name),
        title: &format!("{}, {whose}", panel.symbol),
        row_names: &layers,
        column_names: &names,
        row_label: "layer",
        column_label: "epoch",
        values: &values,
        is_square: false,
    };
    Some(Picture {
        name: format!("{:02}-map-{}", at + 1, panel.name),
        scene: heat_map(&map, Size::SQUARE),
        title: format!("{}: {} by layer and epoch", network.name, panel.title),
        reading: format!(
            "Layers from the first at the top to the output, epochs from left to right; dark is high, the bar gives the scale, grey-blue is \
             undefined. {}",
            panel.reading
        ),
        caution: format!(
            "Epochs are those that were kept, not evenly spaced, and colours show no intervals. {}",
            panel.caution
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn network(name: &str, epochs: &[Option<usize>]) -> Trajectory {
        Trajectory { name: name.to_owned(), rows: fixture::report(4, epochs, 2).rows, accuracies: Vec::new() }
    }

    #[test]
    fn one_network_is_told_with_its_intervals() {
        let told = answer(&[network("a", &[Some(0), Some(12)])]);
        assert!(
            told[0].starts_with(
                "At the last hidden layer, block3, the classes' mean E₀ falls from 423 [402, 449] at epoch 0"
            ),
            "{told:?}"
        );
        assert!(told[1].contains("E₀ over its null falls from 0.92 [0.87, 0.97]"), "{told:?}");
        assert!(answer(&[network("a", &[Some(0)])])[0].contains("it takes two epochs"));
    }

    #[test]
    fn many_networks_are_counted_and_overlap_is_said() {
        let mut still = network("b", &[Some(0), Some(12)]);
        let value = |row: &Row| Some(100.0 + row.layer_index as f64);
        for row in &mut still.rows {
            (row.value, row.lower, row.upper) = (value(row), Some(90.0), Some(110.0));
        }
        let told = answer(&[network("a", &[Some(0), Some(12)]), still]);
        assert!(
            told[0].contains("falls in 1 of 2 networks and rises in 0; in 1 the intervals overlap, so the two epochs cannot be told apart."),
            "{told:?}"
        );
        assert!(told.iter().any(|sentence| sentence.starts_with("b: At the last hidden layer")
            && sentence.contains("cannot be told apart")));
    }

    #[test]
    fn a_map_has_a_row_for_each_layer_and_a_column_for_each_epoch() {
        let mut network = network("a", &[Some(0), Some(2), Some(12)]);
        let panel = &PANELS[0];
        let drawn = map(0, &network, panel).unwrap();
        assert_eq!((drawn.name.as_str(), drawn.scene.numbers.rows.len()), ("01-map-e0", 4));
        assert_eq!(drawn.scene.numbers.header, ["layer \\ epoch", "0", "2", "12"]);
        let last = network.rows.iter_mut().filter(|row| row.epoch == Some(12) && row.layer_index == 3);
        last.for_each(|row| row.value = None);
        assert_eq!(map(0, &network, panel).unwrap().scene.numbers.rows[3][3], "undefined");
        network.rows.retain(|row| row.epoch == Some(0));
        assert!(map(0, &network, panel).is_none());
    }

    #[test]
    fn warnings_of_profiles_are_said_once() {
        let networks = [network("a", &[Some(0), Some(12)])];
        let found = warnings_of(&networks);
        assert!(
            found.iter().any(|warning| warning.starts_with("Layers are 16 to 32 features wide")),
            "{found:?}"
        );
        let twice = warnings_of(&[networks[0].clone(), networks[0].clone()]);
        assert_eq!(twice.len(), found.len());
    }
}

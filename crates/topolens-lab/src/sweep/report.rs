//! Descriptors by layer, compared between the levels of a factor.

use std::fmt::Write;
use std::path::Path;

use topolens::statistics::{mean, students_t_quantile};

use super::{ProfileTable, Profiled, SweepSpec};
use crate::Result;
use crate::profile::curve::{Quantity, curve, interval, value};
use crate::profile::{Row, Scope, told_separation, warnings};
use crate::report::{
    Contrast, CurvePlot, Horizontal, Measured, PANELS, Panel, Picture, Point, Series, Sheet, Size, StudyPage,
    cautions_of_curves, curves, failures, level_color, shown_depth,
};

/// Writes `report.html` and figures into `folder`: a curve for each level of the compared factor, with its band over classes and seeds; `failed`
/// names the networks that failed, each with the reason, `origin` the command and what else must be known to make the page again.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_layers_report(
    folder: &Path,
    spec: &SweepSpec,
    table: &ProfileTable,
    failed: &[(String, String)],
    origin: &[(String, String)],
) -> Result<()> {
    let levels = levels(spec, table);
    let page = StudyPage {
        kind: "topolens sweep",
        title: if spec.title.is_empty() { "Descriptors by layer".to_owned() } else { spec.title.clone() },
        question: "How do the shape and the dimension of the data change from layer to layer, and what changes that?",
        answer: answer(&levels),
        cautions: cautions(table),
        pictures: PANELS.iter().filter_map(|panel| picture(panel, &levels)).collect(),
        sheets: failures(failed).into_iter().chain([networks(table)]).collect(),
        provenance: origin.iter().cloned().chain(provenance(spec, table)).collect(),
    };
    page.write(folder)
}

/// The networks of one level.
struct Level<'a> {
    name: String,
    networks: Vec<&'a Profiled>,
}

fn levels<'a>(spec: &SweepSpec, table: &'a ProfileTable) -> Vec<Level<'a>> {
    let compared = spec.compared();
    let mut levels: Vec<Level<'a>> = Vec::new();
    for profiled in &table.profiles {
        let own = profiled.network.settings.iter().find(|(key, _)| Some(key) == compared.as_ref());
        let name = own.map_or_else(|| "all networks".to_owned(), |(_, level)| level.clone());
        match levels.iter_mut().find(|level| level.name == name) {
            Some(level) => level.networks.push(profiled),
            None => levels.push(Level { name, networks: vec![profiled] }),
        }
    }
    levels
}

/// What networks have at a layer.
struct Gathered {
    depth: f64,
    values: Vec<f64>,
    /// Over the intervals of the networks themselves.
    own: Option<(f64, f64)>,
}

/// A layer's mean over networks, and over classes where each was measured.
struct Place {
    depth: f64,
    value: f64,
    interval: Option<(f64, f64)>,
}

impl Place {
    fn measured(&self) -> Measured {
        Measured { value: self.value, interval: self.interval }
    }
}

const E0: Quantity<'static> = Quantity::new("lifespans-sum", Some(0));
const OVER_NULL: Quantity<'static> = Quantity::new("lifespans-sum-over-null", Some(0));

/// Where E0 goes over the layers in how many levels, and how levels differ at the last layer; then each level on its own.
fn answer(levels: &[Level<'_>]) -> Vec<String> {
    let mut sentences: Vec<String> = shape(levels).into_iter().chain(difference(levels)).collect();
    sentences.extend(levels.iter().flat_map(Level::told));
    sentences
}

/// In which levels E0 falls from its peak to the last layer beyond the intervals.
fn shape(levels: &[Level<'_>]) -> Option<String> {
    let (mut falls, mut open, mut peaks_at_the_end) = (Vec::new(), Vec::new(), Vec::new());
    for level in levels {
        let places = level.mean_curve(E0, &Scope::Local);
        let Some((peak, last)) = peak_and_last(&places) else { continue };
        match Contrast::between(peak.measured(), last.measured()) {
            _ if peak.value <= last.value => peaks_at_the_end.push(level.name.as_str()),
            Contrast::Falls => {
                falls.push(format!("{} (to {:.2} of it)", level.name, last.value / peak.value));
            }
            _ => open.push(level.name.as_str()),
        }
    }
    let n = falls.len() + open.len() + peaks_at_the_end.len();
    let mut told = format!(
        "The classes' mean E₀ falls from its peak to the last layer, beyond the intervals, in {} of {n} {} of networks{}",
        falls.len(),
        if n == 1 { "group" } else { "groups" },
        if falls.is_empty() { String::new() } else { format!(": {}", falls.join(", ")) }
    );
    if !open.is_empty() {
        let _ = write!(told, "; at {} peak and last layer cannot be told apart", open.join(", "));
    }
    if !peaks_at_the_end.is_empty() {
        let _ = write!(told, "; at {} it is highest at the last layer", peaks_at_the_end.join(", "));
    }
    (n > 0).then(|| told + ".")
}

/// The levels at which E0 over its null is lowest and highest at the last layer.
fn difference(levels: &[Level<'_>]) -> Option<String> {
    let last = |level: &Level<'_>| Some(level.mean_curve(OVER_NULL, &Scope::Local).last()?.measured());
    let mut ends: Vec<(Measured, &str)> =
        levels.iter().filter_map(|level| Some((last(level)?, level.name.as_str()))).collect();
    ends.sort_by(|a, b| a.0.value.total_cmp(&b.0.value));
    let ((low, lowest), (high, highest)) = match &ends[..] {
        [first, .., last] => (*first, *last),
        [(only, _)] => {
            return Some(format!(
                "E₀ over its null is {only} at the last layer; 1 would be no more structure than the marginals have."
            ));
        }
        [] => return None,
    };
    let verdict = match Contrast::between(low, high) {
        Contrast::Falls | Contrast::Rises => "the intervals are apart".to_owned(),
        Contrast::Open => format!("the intervals overlap, so {lowest} and {highest} cannot be told apart"),
        Contrast::Unknown => "without intervals nobody can say how sure this is".to_owned(),
    };
    Some(format!(
        "At the last layer E₀ over its null, which divides spread and width out, is lowest at {lowest}, {low}, and highest at {highest}, {high}: \
         {verdict}."
    ))
}

fn peak_and_last(places: &[Place]) -> Option<(&Place, &Place)> {
    let peak = places.iter().reduce(|peak, place| if place.value > peak.value { place } else { peak })?;
    Some((peak, places.last()?))
}

/// What must be known before the curves are trusted: of all of them, and of these widths, numbers of points and classes.
fn cautions(table: &ProfileTable) -> Vec<String> {
    let mut cautions = cautions_of_curves();
    let mut n_explained = 0;
    for profiled in &table.profiles {
        let epoch = profiled.rows.iter().filter_map(|row| row.epoch).max();
        let rows: Vec<Row> = profiled.rows.iter().filter(|row| row.epoch == epoch).cloned().collect();
        let explained = told_separation(&rows, epoch);
        n_explained += usize::from(explained.is_some());
        let others = warnings(&rows).into_iter().filter(|warning| Some(warning) != explained.as_ref());
        for warning in others.collect::<Vec<String>>() {
            if !cautions.contains(&warning) {
                cautions.push(warning);
            }
        }
    }
    if n_explained > 0 {
        cautions.insert(0, format!(
            "In {n_explained} of {} networks class separation or a narrower layer explains the fall of E0: there it is no evidence of simpler shape.",
            table.profiles.len()
        ));
    }
    cautions
}

impl Level<'_> {
    /// The mean curve of a quantity.
    fn mean_curve(&self, quantity: Quantity<'_>, scope: &Scope) -> Vec<Place> {
        let mut places: Vec<Gathered> = Vec::new();
        let wider = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
        for profiled in &self.networks {
            let epoch = profiled.rows.iter().filter_map(|row| row.epoch).max();
            for row in curve(&profiled.rows, quantity, scope, epoch) {
                let Some(mean) = value(row) else { continue };
                let classes = class_values(&profiled.rows, quantity, row);
                let values = if *scope == Scope::Local && !classes.is_empty() { classes } else { vec![mean] };
                let near = |place: &&mut Gathered| (place.depth - row.depth).abs() < 0.02;
                match places.iter_mut().find(near) {
                    Some(place) => {
                        place.values.extend(values);
                        place.own = place.own.zip(interval(row)).map(|(a, b)| wider(a, b));
                    }
                    None => places.push(Gathered { depth: row.depth, values, own: interval(row) }),
                }
            }
        }
        places.sort_by(|a, b| a.depth.total_cmp(&b.depth));
        places.iter().filter_map(place).collect()
    }

    /// Where E0, its ratio to the null and the dimension go, in words.
    fn told(&self) -> Vec<String> {
        let told = |name: &str, quantity, scope: &Scope| {
            let places = self.mean_curve(quantity, scope);
            let (first, (peak, last)) = (places.first()?, peak_and_last(&places)?);
            Some(format!(
                "{name} from {} at depth {} to {} at depth {} (highest) and {} at the end, {:.2} of the highest",
                first.measured(),
                shown_depth(first.depth),
                peak.measured(),
                shown_depth(peak.depth),
                last.measured(),
                last.value / peak.value
            ))
        };
        let parts: Vec<String> = [
            told("E0 of the classes", E0, &Scope::Local),
            told("E0 over its null", OVER_NULL, &Scope::Local),
            told("PHdim", Quantity::new("ph-dimension", Some(0)), &Scope::Global),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            return Vec::new();
        }
        let n = self.networks.len();
        let error = self.networks.iter().map(|profiled| profiled.network.test_error).sum::<f64>() / n as f64;
        let plural = if n == 1 { "network" } else { "networks" };
        vec![format!(
            "{} ({n} {plural}, test error {:.1} %): {}.",
            self.name,
            100.0 * error,
            parts.join("; ")
        )]
    }
}

fn class_values(rows: &[Row], quantity: Quantity<'_>, at: &Row) -> Vec<f64> {
    let own = rows.iter().filter(|row| {
        row.layer_index == at.layer_index
            && row.epoch == at.epoch
            && Quantity::of(row) == quantity
            && matches!(row.class, Scope::Class(_))
    });
    own.filter_map(value).collect()
}

/// With fewer than three values the interval reaches over those of the networks themselves.
fn place(Gathered { depth, values, own }: &Gathered) -> Option<Place> {
    const FEWEST: usize = 3;
    let (depth, own) = (*depth, *own);
    let found = mean(values).ok()?;
    if values.len() < FEWEST {
        return Some(Place { depth, value: found.value, interval: own });
    }
    let half = found.standard_error.map(|error| error * students_t_quantile(0.975, values.len() - 1));
    let over_values = half.map(|half| (found.value - half, found.value + half));
    Some(Place { depth, value: found.value, interval: over_values.or(own) })
}

fn picture(panel: &Panel, levels: &[Level<'_>]) -> Option<Picture> {
    let first = levels.first()?.networks.first()?;
    let scope = panel.scope(&first.rows)?;
    let series: Vec<Series> = levels
        .iter()
        .enumerate()
        .map(|(position, level)| {
            let places = level.mean_curve(panel.quantity, scope);
            let point =
                |place: &Place| Point { x: place.depth, value: Some(place.value), interval: place.interval };
            Series::named(level.name.clone(), level_color(position), places.iter().map(point).collect())
        })
        .collect();
    let over = if *scope == Scope::Local { "classes and networks" } else { "networks" };
    let whose = if *scope == Scope::Local { "mean of classes" } else { "all classes" };
    let plot = CurvePlot {
        description: format!(
            "{} by relative depth, a curve for each of {} levels.",
            panel.title,
            levels.len()
        ),
        x: Horizontal::RelativeDepth,
        y_label: format!("{}, {whose}", panel.symbol),
        logarithmic: panel.logarithmic,
        // Levels may have other layers at the same depth.
        names: Vec::new(),
        series,
    };
    Some(Picture {
        name: panel.name.to_owned(),
        scene: curves(&plot, Size::COLUMN),
        title: panel.title.to_owned(),
        reading: format!(
            "{} Bands are 95 % intervals of the mean over {over}, or reach over the networks' own intervals if there are one or two.",
            panel.reading
        ),
        caution: panel.caution.to_owned(),
    })
}

/// A row per network.
fn networks(table: &ProfileTable) -> Sheet {
    let mut header: Vec<String> = table
        .profiles
        .first()
        .map(|first| first.network.settings.iter().map(|(key, _)| key.clone()).collect())
        .unwrap_or_default();
    header.extend(["epoch", "train error", "test error"].map(str::to_owned));
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let row = |profiled: &Profiled| {
        let network = &profiled.network;
        let mut row: Vec<String> = network.settings.iter().map(|(_, level)| level.clone()).collect();
        row.push(network.epoch.to_string());
        row.push(network.train_error.map_or_else(|| "–".to_owned(), percent));
        row.push(percent(network.test_error));
        row
    };
    Sheet {
        title: "Networks".to_owned(),
        note: "All numbers are in networks.csv and profiles.csv.".to_owned(),
        header,
        rows: table.profiles.iter().map(row).collect(),
    }
}

fn provenance(spec: &SweepSpec, table: &ProfileTable) -> Vec<(String, String)> {
    let settings = |table: &toml::Table| {
        let pairs: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        pairs.join(", ")
    };
    [
        ("networks", table.profiles.len().to_string()),
        ("train", settings(&spec.train)),
        ("factors", settings(&spec.factors)),
        ("profile", spec.profile.as_ref().map(settings).unwrap_or_default()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::sweep::NetworkRow;

    fn profiled(level: &str, scale: f64) -> Profiled {
        let mut rows = fixture::report(4, &[Some(9)], 0).rows;
        for row in &mut rows {
            for number in [&mut row.value, &mut row.lower, &mut row.upper] {
                *number = number.map(|number| number * scale);
            }
        }
        let network = NetworkRow {
            network: level.to_owned(),
            settings: vec![("net".to_owned(), level.to_owned())],
            epoch: 9,
            train_loss: None,
            train_error: None,
            test_error: 0.1,
        };
        Profiled { network, rows, accuracies: Vec::new() }
    }

    fn told(profiles: &[Profiled]) -> Vec<String> {
        let levels: Vec<Level<'_>> = profiles
            .iter()
            .map(|profiled| Level { name: profiled.network.network.clone(), networks: vec![profiled] })
            .collect();
        answer(&levels)
    }

    #[test]
    fn levels_that_overlap_cannot_be_told_apart() {
        let far = told(&[profiled("a", 1.0), profiled("b", 2.0)]);
        assert!(
            far[1].contains("lowest at a")
                && far[1].ends_with("highest at b, 0.82 [0.78, 0.86]: the intervals are apart."),
            "{far:?}"
        );
        let near = told(&[profiled("a", 1.0), profiled("b", 1.01)]);
        assert!(near[1].ends_with("the intervals overlap, so a and b cannot be told apart."), "{near:?}");
        let one = told(&[profiled("a", 1.0)]);
        assert!(one[1].starts_with("E₀ over its null is 0.408 [0.388, 0.432] at the last layer"), "{one:?}");
    }

    #[test]
    fn where_the_peak_is_and_whether_it_falls_is_counted() {
        let told = told(&[profiled("a", 1.0)]);
        assert!(
            told[0].starts_with("The classes' mean E₀") && told[0].contains(" of 1 group of networks:"),
            "{told:?}"
        );
        assert!(answer(&[]).is_empty());
    }

    #[test]
    fn widths_and_explained_falls_are_warned_of_once() {
        let table = ProfileTable { profiles: vec![profiled("a", 1.0), profiled("b", 1.0)] };
        let found = cautions(&table);
        assert_eq!(
            found.iter().filter(|caution| caution.starts_with("Layers are 16 to 32")).count(),
            1,
            "{found:?}"
        );
    }
}

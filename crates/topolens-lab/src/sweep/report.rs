//! Descriptors by layer, compared between the levels of a factor.

use std::path::Path;

use topolens::statistics::{mean, students_t_quantile};

use super::{ProfileTable, Profiled, SweepSpec};
use crate::Result;
use crate::profile::curve::{Quantity, curve, interval, value};
use crate::profile::{Row, Scope};
use crate::report::{
    CurvePlot, Horizontal, PANELS, Panel, Picture, Point, Series, Sheet, Size, StudyPage, cautions_of_curves,
    curves, failures, level_color, plain, shown_depth,
};

/// Writes `report.html` and figures into `folder`: a curve for each level of the compared factor, with its band over classes and seeds; `failed`
/// names the networks that failed, each with the reason.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_layers_report(
    folder: &Path,
    spec: &SweepSpec,
    table: &ProfileTable,
    failed: &[(String, String)],
) -> Result<()> {
    let levels = levels(spec, table);
    let page = StudyPage {
        kind: "topolens sweep",
        title: if spec.title.is_empty() { "Descriptors by layer".to_owned() } else { spec.title.clone() },
        question: "How do the shape and the dimension of the data change from layer to layer, and what changes that?",
        answer: levels.iter().flat_map(Level::told).collect(),
        cautions: cautions_of_curves(),
        pictures: PANELS.iter().filter_map(|panel| picture(panel, &levels)).collect(),
        sheets: failures(failed).into_iter().chain([networks(table)]).collect(),
        provenance: provenance(spec, table),
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
            let (first, last) = (places.first()?, places.last()?);
            let peak =
                places.iter().reduce(|peak, place| if place.value > peak.value { place } else { peak })?;
            Some(format!(
                "{name} from {} at depth {} to {} at depth {} (highest) and {} at the end, {:.2} of the highest",
                plain(first.value),
                shown_depth(first.depth),
                plain(peak.value),
                shown_depth(peak.depth),
                plain(last.value),
                last.value / peak.value
            ))
        };
        let parts: Vec<String> = [
            told("E0 of the classes", Quantity::new("lifespans-sum", Some(0)), &Scope::Local),
            told("E0 over its null", Quantity::new("lifespans-sum-over-null", Some(0)), &Scope::Local),
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
            Series {
                label: Some(level.name.clone()),
                color: level_color(position),
                thin: false,
                points: places.iter().map(point).collect(),
            }
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
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("networks", table.profiles.len().to_string()),
        ("train", settings(&spec.train)),
        ("factors", settings(&spec.factors)),
        ("profile", spec.profile.as_ref().map(settings).unwrap_or_default()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

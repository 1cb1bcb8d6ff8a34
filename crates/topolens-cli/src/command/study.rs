//! What `demo` and `profile` share: the study with its progress, its tables, its files.

use std::path::{Path, PathBuf};

use topolens_lab::clouds::CloudArchive;
use topolens_lab::dynamics::Progress;
use topolens_lab::profile::{LayerProfile, Plan, Row, Scope};
use topolens_lab::results::Results;
use topolens_lab::store::{FinishedLayers, Provenance};

use crate::terminal::{
    Screen, StudyProgress, Table, duration, note, print, print_json, sparkline, with_uncertainty,
};

/// Measures with a progress bar: `study` tells how far it is to what it is given.
pub(crate) fn with_progress(
    study: impl FnOnce(&mut dyn FnMut(&Progress)) -> topolens_lab::Result<Vec<LayerProfile>>,
) -> anyhow::Result<Vec<LayerProfile>> {
    let mut bar: Option<StudyProgress> = None;
    let mut hear = |progress: &Progress| match progress {
        Progress::Planned(plan) => announce(plan),
        Progress::Measured { layer, n_layers } => {
            bar.get_or_insert_with(|| StudyProgress::new("profile", *n_layers)).step(layer);
        }
    };
    let profiles = study(&mut hear);
    if let Some(bar) = bar {
        bar.finish();
    }
    Ok(profiles?)
}

/// Says what is coming when it is more than a moment's work.
fn announce(plan: &Plan) {
    let Some(seconds) = plan.seconds else { return };
    note(&format!(
        "measuring {} layers on {} images: about {} and {} MB of memory",
        plan.n_layers,
        plan.n_points,
        duration(seconds),
        (plan.memory >> 20).max(1)
    ));
}

/// The command line as it was given.
pub(crate) fn command_line() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Writes the files of `results` into `folder`, where the clouds may have been `kept`, then prints tables or JSON.
pub(crate) fn publish(
    results: &Results,
    folder: &Path,
    kept: Option<&CloudArchive>,
    as_json: bool,
) -> anyhow::Result<()> {
    let mut files = results.write(folder)?;
    files.extend(kept.map(|clouds| clouds.path().to_path_buf()));
    FinishedLayers::of_study(folder).discard()?;
    if as_json {
        return print_json(&results.document());
    }
    print_results(results)?;
    print_files(&files)
}

fn print_files(files: &[PathBuf]) -> anyhow::Result<()> {
    let main = files.iter().filter(|file| file.parent().is_none_or(|folder| !folder.ends_with("figures")));
    let names: Vec<String> = main.map(|file| file.display().to_string()).collect();
    print(&format!("\nwritten: {}", names.join("\n         ")))
}

/// Prints the tables and the warnings.
pub(crate) fn print_results(results: &Results) -> anyhow::Result<()> {
    let Provenance { network, data, .. } = &results.provenance;
    print(&format!(
        "{network}\n{} points of {}; value ± half of the 95 % interval",
        results.n_points(),
        data.name
    ))?;
    for epoch in results.epochs() {
        let of_epoch: Vec<&Row> = results.rows().filter(|row| row.epoch == epoch).collect();
        let title = epoch.map_or_else(String::new, |epoch| format!("epoch {epoch}: "));
        print(&format!("\n{title}topology (lifespans sums E0, E1; E0 over its column-permuted null)"))?;
        print(&table(&of_epoch, &TOPOLOGY).to_string())?;
        print(&format!("\n{title}geometry (PHdim, MLE and TwoNN dimension)"))?;
        print(&table(&of_epoch, &GEOMETRY).to_string())?;
        if SEPARATION.iter().any(|column| of_epoch.iter().any(|row| column.holds(row))) {
            let has_classifier = of_epoch.iter().any(|row| row.descriptor == "nc3" && row.value.is_some());
            let of_classifier = if has_classifier {
                ", NC3 classifier off the class means, NC4 share that it puts elsewhere than the nearest mean"
            } else {
                ""
            };
            print(&format!(
                "\n{title}separation (NC1 within- over between-class spread, NC2 angles off a simplex{of_classifier}; \
                 radius and dimension of a class; E0 over that of normal clouds)"
            ))?;
            print(&table(&of_epoch, &SEPARATION).to_string())?;
        }
    }
    for warning in &results.warnings {
        note(&format!("\nwarning: {warning}"));
    }
    Ok(())
}

/// A column of a table: its title and where its numbers are.
struct Column {
    title: &'static str,
    descriptor: &'static str,
    homology_dimension: Option<usize>,
    scope: Scope,
}

const fn column(
    title: &'static str,
    descriptor: &'static str,
    homology_dimension: Option<usize>,
    scope: Scope,
) -> Column {
    Column { title, descriptor, homology_dimension, scope }
}

const TOPOLOGY: [Column; 6] = [
    column("E0 per class", "lifespans-sum", Some(0), Scope::Local),
    column("E1 per class", "lifespans-sum", Some(1), Scope::Local),
    column("E0 all", "lifespans-sum", Some(0), Scope::Global),
    column("E1 all", "lifespans-sum", Some(1), Scope::Global),
    column("E0/null", "lifespans-sum-over-null", Some(0), Scope::Global),
    column("E0/untrained", "lifespans-sum-over-untrained", Some(0), Scope::Global),
];

const GEOMETRY: [Column; 4] = [
    column("PHdim all", "ph-dimension", Some(0), Scope::Global),
    column("PHdim class", "ph-dimension", Some(0), Scope::Local),
    column("MLE", "mle", None, Scope::Global),
    column("TwoNN", "two-nn", None, Scope::Global),
];

const SEPARATION: [Column; 8] = [
    column("NC1", "nc1", None, Scope::Global),
    column("NC2", "nc2", None, Scope::Global),
    column("NC3", "nc3", None, Scope::Global),
    column("NC4", "nc4", None, Scope::Global),
    column("silhouette", "silhouette", None, Scope::Global),
    column("radius", "class-radius", None, Scope::Global),
    column("dimension", "class-dimension", None, Scope::Global),
    column("E0/normal", "lifespans-sum-over-gaussian", Some(0), Scope::Global),
];

/// Columns without any row, such as the global ones of a local protocol, are left out.
fn table(rows: &[&Row], columns: &[Column]) -> Table {
    let shown: Vec<&Column> =
        columns.iter().filter(|column| rows.iter().any(|row| column.holds(row))).collect();
    let header: Vec<&str> =
        ["layer", "depth", "D"].into_iter().chain(shown.iter().map(|column| column.title)).collect();
    let mut table = Table::new(&header);
    let mut layers: Vec<&Row> = Vec::new();
    for row in rows {
        if layers.iter().all(|seen| seen.layer_index != row.layer_index) {
            layers.push(row);
        }
    }
    let n_layers = layers.len();
    for layer in layers {
        let cell = |column: &&Column| {
            let found = rows.iter().find(|row| row.layer_index == layer.layer_index && column.holds(row));
            found.map_or_else(|| "-".to_owned(), |row| with_uncertainty(row.value, row.lower, row.upper))
        };
        let place = [layer.layer.clone(), format!("{:.2}", layer.depth), layer.n_features.to_string()];
        table.row(place.into_iter().chain(shown.iter().map(cell)).collect());
    }
    if Screen::is_terminal() && n_layers > 1 {
        let curve = |column: &&Column| sparkline(&column.values(rows));
        let words = [format!("1 to {n_layers}"), String::new(), String::new()];
        table.row(words.into_iter().chain(shown.iter().map(curve)).collect());
    }
    table
}

impl Column {
    /// The numbers through the layers.
    fn values(&self, rows: &[&Row]) -> Vec<Option<f64>> {
        rows.iter().filter(|row| self.holds(row)).map(|row| row.value).collect()
    }

    fn holds(&self, row: &Row) -> bool {
        row.descriptor == self.descriptor
            && row.homology_dimension == self.homology_dimension
            && row.class == self.scope
    }
}

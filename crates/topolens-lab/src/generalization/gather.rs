//! Runs as one table.

use std::path::PathBuf;

use topolens_nn::train::CheckpointCard;

use super::{HyperParameter, Measure, MeasureKind, MeasureTable, Observation};

/// The table of runs, each with what was observed of it; hyper-parameters are the settings that differ between them, save the seed. Paths
/// of the weights are left out if they are [not alike](have_unlike_paths).
pub fn gather(runs: &[(PathBuf, Observation)]) -> MeasureTable {
    let name = |path: &PathBuf| {
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    let mut table = MeasureTable {
        networks: runs.iter().map(|(path, _)| name(path)).collect(),
        test_error: runs.iter().map(|(_, run)| 1.0 - run.card.test_accuracy).collect(),
        train_error: Some(runs.iter().map(|(_, run)| run.train_error).collect()),
        ..MeasureTable::default()
    };
    for (name, of) in SETTINGS {
        let levels = runs.iter().map(|(_, run)| of(run)).collect();
        let hyper = HyperParameter { name: (*name).to_owned(), levels };
        if hyper.distinct().len() > 1 {
            table.hyper_parameters.push(hyper);
        }
    }
    let observations: Vec<&Observation> = runs.iter().map(|(_, run)| run).collect();
    add_measures(&mut table, MeasureKind::Descriptor, &observations, |run| &run.descriptors);
    if !have_unlike_paths(runs) {
        add_measures(&mut table, MeasureKind::Descriptor, &observations, |run| &run.weight_path);
    }
    add_measures(&mut table, MeasureKind::Baseline, &observations, |run| &run.baselines);
    table
}

/// Whether paths of the weights have different numbers of iterates, with which their lifespans sums grow.
pub fn have_unlike_paths(runs: &[(PathBuf, Observation)]) -> bool {
    let mut counts = runs.iter().filter_map(|(_, run)| run.n_iterates);
    counts.next().is_some_and(|first| counts.any(|other| other != first))
}

type Setting = (&'static str, fn(&Observation) -> String);

/// Settings of a run as text.
const SETTINGS: &[Setting] = &[
    ("net", |run| run.card.model.architecture.clone()),
    ("data", |run| run.card.data.clone()),
    ("width", |run| run.card.model.width.to_string()),
    ("uniform", |run| run.card.model.uniform.to_string()),
    ("nonlinearity", |run| run.card.model.nonlinearity.to_string()),
    ("shortcut", |run| run.card.model.shortcut.to_string()),
    ("optimizer", |run| optimizer(&run.card)),
    ("learning_rate", |run| run.card.settings.optimizer.learning_rate().to_string()),
    ("weight_decay", |run| run.card.settings.optimizer.weight_decay().to_string()),
    ("batch_size", |run| run.card.settings.batch_size.to_string()),
    ("epochs", |run| run.card.settings.epochs.to_string()),
    ("schedule", |run| run.card.settings.schedule.to_string()),
    ("augment", |run| run.card.settings.augment.to_string()),
    ("label_smoothing", |run| run.card.settings.label_smoothing.to_string()),
    ("random_labels", |run| run.card.settings.random_labels.to_string()),
    ("limit", |run| run.limit.map_or_else(|| "all".to_owned(), |limit| limit.to_string())),
];

/// The kind of optimiser without its rates.
fn optimizer(card: &CheckpointCard) -> String {
    let text = card.settings.optimizer.to_string();
    text.split([' ', ',', '(']).next().unwrap_or_default().to_owned()
}

fn add_measures(
    table: &mut MeasureTable,
    kind: MeasureKind,
    runs: &[&Observation],
    of: impl Fn(&Observation) -> &Vec<(String, Option<f64>)>,
) {
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in runs.iter().flat_map(|run| of(run)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let value = |run: &&Observation| {
            of(run).iter().find(|(known, _)| known == name).and_then(|(_, value)| *value)
        };
        table.measures.push(Measure { name: name.clone(), kind, values: runs.iter().map(value).collect() });
    }
}

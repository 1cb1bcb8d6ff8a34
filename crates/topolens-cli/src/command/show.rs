//! `topolens show`.

use std::path::Path;

use topolens_lab::input::load_checkpoints;
use topolens_lab::results::Results;
use topolens_lab::store::{EpochMetrics, RunFolder};

use super::loaded::network;
use super::study::print_results;
use crate::arguments::ShowArguments;
use crate::terminal::{Table, print, print_json};

pub(crate) fn run(arguments: &ShowArguments) -> anyhow::Result<()> {
    let folder = &arguments.run;
    if folder.join("profile.json").is_file() {
        let results = Results::read(folder)?;
        return if arguments.common.json { print_json(&results.document()) } else { print_results(&results) };
    }
    if folder.join("run.json").is_file() {
        return training(folder, arguments.common.json);
    }
    anyhow::bail!(
        "{}: it holds neither profile.json nor run.json; give the folder of a run or of results",
        folder.display()
    )
}

/// The epochs of a run that was not profiled.
fn training(folder: &Path, as_json: bool) -> anyhow::Result<()> {
    let (_, card) = RunFolder::open(folder)?;
    let epochs = EpochMetrics::read_all(folder)?;
    if as_json {
        return print_json(&serde_json::json!({
            "schema": "topolens.training/1", "provenance": card.provenance, "epochs": epochs,
        }));
    }
    print(&network(&load_checkpoints(folder, "last")?))?;
    let mut table = Table::new(&["epoch", "train loss", "train", "validation", "test", "seconds"]);
    let percent =
        |part: Option<f64>| part.map_or_else(|| "-".to_owned(), |part| format!("{:.2} %", 100.0 * part));
    for epoch in epochs {
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
        };
        table.row(vec![
            epoch.epoch.to_string(),
            number(epoch.train_loss, 4),
            percent(epoch.train_accuracy),
            percent(epoch.validation_accuracy),
            percent(Some(epoch.test_accuracy)),
            number(epoch.seconds, 1),
        ]);
    }
    print(&table.to_string())?;
    print("not profiled yet: `topolens profile` measures its layers")
}

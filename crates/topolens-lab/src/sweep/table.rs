//! What came of a sweep, a row per network and a row per number.

use std::path::Path;

use serde::Serialize;

use super::{Configuration, SweepFolder, SweepSpec};
use crate::Result;
use crate::profile::Row;
use crate::results::Results;
use crate::store::csv::{ROW_COLUMNS, row_fields, write_lines};

/// A trained network of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkRow {
    /// Its name: the folder under `runs/`.
    pub network: String,
    /// The settings that differ between the networks, by key.
    pub settings: Vec<(String, String)>,
    /// Epochs done.
    pub epoch: usize,
    /// Mean loss over the last epoch's batches, as they were trained on.
    pub train_loss: Option<f64>,
    /// Share of them that was classified wrongly.
    pub train_error: Option<f64>,
    /// Share of the test images that is classified wrongly.
    pub test_error: f64,
}

/// The rows of the trained networks, in the order of the sweep.
///
/// # Errors
///
/// A checkpoint is damaged.
pub fn network_rows(
    folder: &SweepFolder,
    spec: &SweepSpec,
    configurations: &[Configuration],
) -> Result<Vec<NetworkRow>> {
    let mut rows = Vec::new();
    for configuration in configurations {
        let Some(epoch) = folder.epoch_of(configuration).filter(|epoch| *epoch > 0) else { continue };
        let card = folder.card(configuration, epoch)?;
        if !folder.is_trained(configuration, card.settings.epochs) {
            continue;
        }
        let level = |key: String| {
            let level = configuration.level(&key).unwrap_or_default();
            (key, level)
        };
        rows.push(NetworkRow {
            network: configuration.name.clone(),
            settings: spec.varied().into_iter().map(level).collect(),
            epoch,
            train_loss: card.train_loss,
            train_error: card.train_accuracy.map(|accuracy| 1.0 - accuracy),
            test_error: 1.0 - card.test_accuracy,
        });
    }
    Ok(rows)
}

/// Writes `rows` as CSV: settings are columns `hp_*`, save the seed.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_network_table(path: &Path, rows: &[NetworkRow]) -> Result<()> {
    let mut header = vec!["network".to_owned()];
    if let Some(first) = rows.first() {
        header.extend(first.settings.iter().map(|(key, _)| column(key)));
    }
    header.extend(["epoch", "train_loss", "train_error", "test_error"].map(str::to_owned));
    let line = |row: &NetworkRow| {
        let mut line = vec![row.network.clone()];
        line.extend(row.settings.iter().map(|(_, level)| level.clone()));
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        line.extend([row.epoch.to_string(), number(row.train_loss), number(row.train_error)]);
        line.push(row.test_error.to_string());
        line
    };
    write_lines(path, header, rows.iter().map(line))
}

/// The column of a setting.
fn column(key: &str) -> String {
    if key == "seed" { key.to_owned() } else { format!("hp_{}", key.replace('-', "_")) }
}

/// A network with its profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiled {
    /// The network.
    pub network: NetworkRow,
    /// The rows of its profile.
    pub rows: Vec<Row>,
    /// Epochs that were profiled, each with the accuracy on test images.
    pub accuracies: Vec<(usize, f64)>,
}

/// The profiles of the networks that have one.
#[derive(Debug, Clone, Default)]
pub struct ProfileTable {
    /// In the order of the sweep.
    pub profiles: Vec<Profiled>,
}

impl ProfileTable {
    /// Reads the profile of every network of `networks` that has one.
    ///
    /// # Errors
    ///
    /// A profile is damaged.
    pub fn read(
        folder: &SweepFolder,
        configurations: &[Configuration],
        networks: &[NetworkRow],
    ) -> Result<Self> {
        let mut profiles = Vec::new();
        for network in networks {
            let own = configurations.iter().find(|configuration| configuration.name == network.network);
            let Some(configuration) = own.filter(|configuration| folder.is_profiled(configuration)) else {
                continue;
            };
            let results = Results::read(&folder.run(configuration))?;
            let mut accuracies = Vec::new();
            for epoch in results.epochs().into_iter().flatten() {
                accuracies.push((epoch, folder.card(configuration, epoch)?.test_accuracy));
            }
            let rows = results.rows().cloned().collect();
            profiles.push(Profiled { network: network.clone(), rows, accuracies });
        }
        Ok(Self { profiles })
    }

    /// Writes every number of every network as CSV.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let Some(Profiled { network: first, .. }) = self.profiles.first() else { return Ok(()) };
        let mut header = vec!["network".to_owned()];
        header.extend(first.settings.iter().map(|(key, _)| column(key)));
        header.extend(ROW_COLUMNS.map(str::to_owned));
        let lines = self.profiles.iter().flat_map(|Profiled { network, rows, .. }| {
            rows.iter().map(|row| {
                let mut line = vec![network.network.clone()];
                line.extend(network.settings.iter().map(|(_, level)| level.clone()));
                line.extend(row_fields(row));
                line
            })
        });
        write_lines(path, header, lines)
    }
}

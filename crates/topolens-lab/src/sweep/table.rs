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

/// How far a network of a sweep is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Trained, and profiled if the sweep profiles.
    Done,
    /// The last process that worked on it failed.
    Failed {
        /// What it said last.
        reason: String,
    },
    /// Not worked on yet, or interrupted.
    Waiting,
}

impl Status {
    /// The word in tables.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed { .. } => "failed",
            Self::Waiting => "waiting",
        }
    }

    /// Why it failed, if it did.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Failed { reason } => Some(reason),
            Self::Done | Self::Waiting => None,
        }
    }
}

/// A network of a sweep, trained or not.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkState {
    /// Its name: the folder under `runs/`.
    pub network: String,
    /// The settings that differ between the networks, by key.
    pub settings: Vec<(String, String)>,
    /// How far it is.
    pub status: Status,
    /// What came of the training, if it is at its end.
    pub trained: Option<NetworkRow>,
}

/// Every network of a sweep in its order, as its run folder has it.
///
/// # Errors
///
/// A checkpoint is damaged.
pub fn network_states(
    folder: &SweepFolder,
    spec: &SweepSpec,
    configurations: &[Configuration],
) -> Result<Vec<NetworkState>> {
    let state = |configuration: &Configuration| {
        let trained = trained(folder, spec, configuration)?;
        let is_profiled = spec.profile.is_none() || folder.is_profiled(configuration);
        let status = match folder.failure(configuration) {
            _ if trained.is_some() && is_profiled => Status::Done,
            Some(reason) => Status::Failed { reason },
            None => Status::Waiting,
        };
        let (network, settings) = (configuration.name.clone(), settings(spec, configuration));
        Ok(NetworkState { network, settings, status, trained })
    };
    configurations.iter().map(state).collect()
}

/// The settings that differ between the networks, by key.
fn settings(spec: &SweepSpec, configuration: &Configuration) -> Vec<(String, String)> {
    let level = |key: String| {
        let level = configuration.level(&key).unwrap_or_default();
        (key, level)
    };
    spec.varied().into_iter().map(level).collect()
}

/// What came of the training of a network, if it is at its end.
fn trained(
    folder: &SweepFolder,
    spec: &SweepSpec,
    configuration: &Configuration,
) -> Result<Option<NetworkRow>> {
    let Some(epoch) = folder.epoch_of(configuration).filter(|epoch| *epoch > 0) else { return Ok(None) };
    let card = folder.card(configuration, epoch)?;
    let is_trained = folder.is_trained(configuration, card.settings.epochs);
    Ok(is_trained.then(|| NetworkRow {
        network: configuration.name.clone(),
        settings: settings(spec, configuration),
        epoch,
        train_loss: card.train_loss,
        train_error: card.train_accuracy.map(|accuracy| 1.0 - accuracy),
        test_error: 1.0 - card.test_accuracy,
    }))
}

/// Writes a row per network as CSV: settings are columns `hp_*`, save the seed; of a network that is not trained to the end the
/// numbers are empty.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_network_table(path: &Path, networks: &[NetworkState]) -> Result<()> {
    let mut header = vec!["network".to_owned()];
    if let Some(first) = networks.first() {
        header.extend(first.settings.iter().map(|(key, _)| column(key)));
    }
    header
        .extend(["status", "epoch", "train_loss", "train_error", "test_error", "reason"].map(str::to_owned));
    let line = |state: &NetworkState| {
        let mut line = vec![state.network.clone()];
        line.extend(state.settings.iter().map(|(_, level)| level.clone()));
        line.push(state.status.label().to_owned());
        line.extend(numbers(state.trained.as_ref()));
        line.push(state.status.reason().unwrap_or_default().to_owned());
        line
    };
    write_lines(path, header, networks.iter().map(line))
}

/// Epoch, training loss, training error and test error; what is not known is empty.
fn numbers(trained: Option<&NetworkRow>) -> [String; 4] {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    [
        trained.map_or_else(String::new, |row| row.epoch.to_string()),
        number(trained.and_then(|row| row.train_loss)),
        number(trained.and_then(|row| row.train_error)),
        number(trained.map(|row| row.test_error)),
    ]
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

//! The numbers of each epoch, for people who plot them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use topolens_nn::train::{CheckpointCard, Pace};

use super::atomic::write_atomically;
use super::tensorboard::event_file;
use crate::Result;
use crate::error::Error;

/// One line of `metrics.jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// Epochs done; 0 is the untrained network.
    pub epoch: usize,
    /// Steps done.
    pub step: u64,
    /// The step size of the epoch's last step; none for epoch 0.
    pub learning_rate: Option<f64>,
    /// Mean cross entropy over the epoch's batches, as they were trained on.
    pub train_loss: Option<f64>,
    /// Accuracy over the epoch's batches, as they were trained on.
    pub train_accuracy: Option<f64>,
    /// Mean cross entropy on the validation images.
    pub validation_loss: Option<f64>,
    /// Accuracy on the validation images.
    pub validation_accuracy: Option<f64>,
    /// Accuracy on the test images.
    pub test_accuracy: f64,
    /// Images trained on in a second; none for epoch 0.
    #[serde(default)]
    pub images_per_second: Option<f64>,
    /// Wall time of the epoch, with the measurement of the accuracies; none if the run ended before it was written.
    pub seconds: Option<f64>,
    /// When the epoch was finished, in seconds since 1970.
    #[serde(default)]
    pub finished_at: f64,
}

impl EpochMetrics {
    /// The lines of `metrics.jsonl` in a run folder.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let path = folder.join("metrics.jsonl");
        let text = fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// What a checkpoint's card says, with what it does not.
    pub fn new(card: &CheckpointCard, pace: Option<Pace>, seconds: Option<f64>) -> Self {
        Self {
            epoch: card.epoch,
            step: card.step,
            learning_rate: pace.map(|pace| pace.learning_rate),
            train_loss: card.train_loss,
            train_accuracy: card.train_accuracy,
            validation_loss: card.validation.map(|validation| validation.loss),
            validation_accuracy: card.validation.map(|validation| validation.accuracy),
            test_accuracy: card.test_accuracy,
            images_per_second: pace.map(|pace| pace.images_per_second),
            seconds,
            finished_at: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0.0, |since| since.as_secs_f64()),
        }
    }
}

/// `metrics.jsonl` in a run folder: a JSON object per epoch; and, if asked for, the same as TensorBoard events.
#[derive(Debug)]
pub struct MetricsLog {
    path: PathBuf,
    events: Option<PathBuf>,
    epochs: Vec<EpochMetrics>,
}

impl MetricsLog {
    /// Opens the log of a new run in `folder`.
    ///
    /// # Errors
    ///
    /// If the file cannot be made.
    pub fn start(folder: &Path, with_events: bool) -> Result<Self> {
        Self::open(folder, None, with_events)
    }

    /// Opens the log of the run in `folder` that goes on from the checkpoint of `card`; lines of later epochs and half lines are taken
    /// off, and the line of that epoch is written if it is missing.
    ///
    /// # Errors
    ///
    /// If the file can be neither read nor made.
    pub fn resume(folder: &Path, card: &CheckpointCard, with_events: bool) -> Result<Self> {
        let mut log = Self::open(folder, Some(card.epoch), with_events)?;
        if log.epochs.last().is_none_or(|last| last.epoch < card.epoch) {
            log.append(&EpochMetrics::new(card, None, None))?;
        }
        Ok(log)
    }

    fn open(folder: &Path, done: Option<usize>, with_events: bool) -> Result<Self> {
        let path = folder.join("metrics.jsonl");
        let old = match fs::read_to_string(&path) {
            Ok(old) => old,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::io("read", &path, source)),
        };
        let parsed = |line: &str| serde_json::from_str(line).ok();
        let is_kept = |metrics: &EpochMetrics| done.is_some_and(|done| metrics.epoch <= done);
        let epochs: Vec<EpochMetrics> = old.lines().filter_map(parsed).filter(is_kept).collect();
        let mut kept = Vec::new();
        for metrics in &epochs {
            kept.extend(line(metrics, &path)?);
        }
        write_atomically(&path, &kept)?;
        let events = with_events.then(|| folder.join("events.out.tfevents.topolens"));
        Ok(Self { path, events, epochs })
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn append(&mut self, metrics: &EpochMetrics) -> Result<()> {
        let line = line(metrics, &self.path)?;
        let file = OpenOptions::new().append(true).open(&self.path);
        let written = file.and_then(|mut file| file.write_all(&line));
        written.map_err(|source| Error::io("write", &self.path, source))?;
        self.epochs.push(*metrics);
        match &self.events {
            Some(path) => write_atomically(path, &event_file(&self.epochs)),
            None => Ok(()),
        }
    }
}

/// The line of an epoch; `path` is named if it fails.
fn line(metrics: &EpochMetrics, path: &Path) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(metrics).map_err(|source| Error::io("write", path, source.into()))?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(epoch: usize) -> EpochMetrics {
        EpochMetrics {
            epoch,
            step: 10 * epoch as u64,
            learning_rate: None,
            train_loss: Some(0.5),
            train_accuracy: None,
            validation_loss: None,
            validation_accuracy: None,
            test_accuracy: 0.25,
            images_per_second: None,
            seconds: Some(1.5),
            finished_at: 1e9,
        }
    }

    fn card(epoch: usize) -> CheckpointCard {
        let shipped = crate::input::shipped_network().unwrap().card;
        CheckpointCard { epoch, ..shipped }
    }

    #[test]
    fn a_resumed_log_holds_every_epoch_once() {
        let folder = tempfile::tempdir().unwrap();
        let read = || fs::read_to_string(folder.path().join("metrics.jsonl")).unwrap();
        let mut log = MetricsLog::start(folder.path(), true).unwrap();
        (0..4).for_each(|epoch| log.append(&metrics(epoch)).unwrap());
        let whole = read();
        fs::write(folder.path().join("metrics.jsonl"), format!("{whole}{{\"epoch\": 4, \"st")).unwrap();
        let mut log = MetricsLog::resume(folder.path(), &card(1), true).unwrap();
        (2..4).for_each(|epoch| log.append(&metrics(epoch)).unwrap());
        assert_eq!(read(), whole);
        assert_eq!(serde_json::from_str::<EpochMetrics>(whole.lines().last().unwrap()).unwrap(), metrics(3));
        let events = fs::read(folder.path().join("events.out.tfevents.topolens")).unwrap();
        assert_eq!(events, event_file(&[0, 1, 2, 3].map(metrics)));
        // Killed between the checkpoint of epoch 4 and its line.
        MetricsLog::resume(folder.path(), &card(4), false).unwrap();
        let last: EpochMetrics = serde_json::from_str(read().lines().last().unwrap()).unwrap();
        assert_eq!((last.epoch, last.seconds, read().lines().count()), (4, None, 5));
        MetricsLog::start(folder.path(), false).unwrap();
        assert_eq!(read(), "");
    }
}

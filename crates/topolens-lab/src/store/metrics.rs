//! The numbers of each epoch, for people who plot them.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use topolens_nn::train::CheckpointCard;

use super::atomic::write_atomically;
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
    /// Wall time of the epoch.
    pub seconds: f64,
}

impl EpochMetrics {
    /// What a checkpoint's card says, with the two things that it does not.
    pub fn new(card: &CheckpointCard, learning_rate: Option<f64>, seconds: f64) -> Self {
        Self {
            epoch: card.epoch,
            step: card.step,
            learning_rate,
            train_loss: card.train_loss,
            train_accuracy: card.train_accuracy,
            validation_loss: card.validation.map(|validation| validation.loss),
            validation_accuracy: card.validation.map(|validation| validation.accuracy),
            test_accuracy: card.test_accuracy,
            seconds,
        }
    }
}

/// `metrics.jsonl` in a run folder: a JSON object per epoch.
#[derive(Debug)]
pub struct MetricsLog {
    path: PathBuf,
}

impl MetricsLog {
    /// Opens the log of the run in `folder` to write what follows epoch `done`; lines of later epochs and half lines are taken off.
    ///
    /// # Errors
    ///
    /// If the file can be neither read nor made.
    pub fn open(folder: &Path, done: Option<usize>) -> Result<Self> {
        let path = folder.join("metrics.jsonl");
        let old = match fs::read_to_string(&path) {
            Ok(old) => old,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(Error::io("read", &path, source)),
        };
        let is_kept = |line: &&str| {
            let metrics = serde_json::from_str::<EpochMetrics>(line);
            metrics.is_ok_and(|metrics| done.is_some_and(|done| metrics.epoch <= done))
        };
        let kept: String = old.lines().filter(is_kept).flat_map(|line| [line, "\n"]).collect();
        write_atomically(&path, kept.as_bytes())?;
        Ok(Self { path })
    }

    /// Adds a line.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn append(&self, metrics: &EpochMetrics) -> Result<()> {
        let failed = |source| Error::io("write", &self.path, source);
        let mut line = serde_json::to_vec(metrics).map_err(|source| failed(source.into()))?;
        line.push(b'\n');
        let file = OpenOptions::new().append(true).open(&self.path);
        file.and_then(|mut file| file.write_all(&line)).map_err(failed)
    }
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
            seconds: 1.5,
        }
    }

    #[test]
    fn a_resumed_log_holds_every_epoch_once() {
        let folder = tempfile::tempdir().unwrap();
        let read = || fs::read_to_string(folder.path().join("metrics.jsonl")).unwrap();
        let log = MetricsLog::open(folder.path(), None).unwrap();
        (0..4).for_each(|epoch| log.append(&metrics(epoch)).unwrap());
        let whole = read();
        fs::write(folder.path().join("metrics.jsonl"), format!("{whole}{{\"epoch\": 4, \"st")).unwrap();
        let log = MetricsLog::open(folder.path(), Some(1)).unwrap();
        (2..4).for_each(|epoch| log.append(&metrics(epoch)).unwrap());
        assert_eq!(read(), whole);
        assert_eq!(serde_json::from_str::<EpochMetrics>(whole.lines().last().unwrap()).unwrap(), metrics(3));
        MetricsLog::open(folder.path(), None).unwrap();
        assert_eq!(read(), "");
    }
}

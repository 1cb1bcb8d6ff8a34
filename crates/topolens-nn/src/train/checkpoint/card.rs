//! Networks on disk.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TrainSettings;
use crate::dataset::Normalization;
use crate::error::Error;
use crate::model::{Model, ModelSpec};

/// What the JSON file beside the weights holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckpointCard {
    /// `topolens.checkpoint/1`.
    pub schema: String,
    /// The network.
    pub model: ModelSpec,
    /// Name of the training images.
    pub data: String,
    /// Names of the classes, in the order of the logits.
    pub class_names: Vec<String>,
    /// How pixels become inputs.
    pub normalization: Normalization,
    /// How it was trained.
    pub settings: TrainSettings,
    /// Epochs done; 0 is the untrained network.
    pub epoch: usize,
    /// Mean cross entropy over the last epoch's batches; none for epoch 0.
    pub train_loss: Option<f64>,
    /// Accuracy over the last epoch's batches; none for epoch 0.
    pub train_accuracy: Option<f64>,
    /// Accuracy on the test images.
    pub test_accuracy: f64,
}

impl CheckpointCard {
    /// The schema that this version writes and reads.
    pub const SCHEMA: &str = "topolens.checkpoint/1";
}

/// A network with its card.
#[derive(Debug)]
pub struct Checkpoint {
    /// What it is.
    pub card: CheckpointCard,
    /// The network.
    pub model: Model,
}

impl Checkpoint {
    /// Reads `NAME.safetensors` and `NAME.json` beside it.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, is damaged, or belongs to another network; the message names the file and the tensor.
    pub fn load(path: &Path) -> Result<Self, Error> {
        todo!()
    }

    /// Reads the content of the two files; `name` stands for them in messages.
    ///
    /// # Errors
    ///
    /// As [`Checkpoint::load`].
    pub fn from_bytes(name: &str, weights: &[u8], card: &[u8]) -> Result<Self, Error> {
        todo!()
    }
}

/// The file of the weights after `epoch` in the folder of checkpoints: `epoch-0012.safetensors`.
pub fn checkpoint_path(folder: &Path, epoch: usize) -> PathBuf {
    folder.join(format!("epoch-{epoch:04}.safetensors"))
}

/// The epochs whose checkpoints are complete (weights and card) in `folder`, ascending, each with its file of weights.
///
/// # Errors
///
/// If the folder cannot be listed; a folder that is missing has no checkpoints.
pub fn list_checkpoints(folder: &Path) -> Result<Vec<(usize, PathBuf)>, Error> {
    todo!()
}

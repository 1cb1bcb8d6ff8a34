//! The JSON card.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::dataset::Normalization;
use crate::error::{Error, ErrorKind};
use crate::model::ModelSpec;
use crate::train::{Evaluation, TrainSettings, Watch};

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
    /// Steps done by the optimiser.
    pub step: u64,
    /// Mean of the loss that is trained with over the last epoch's batches, as they were trained on; none for epoch 0.
    pub train_loss: Option<f64>,
    /// Accuracy over the last epoch's batches, as they were trained on; none for epoch 0.
    pub train_accuracy: Option<f64>,
    /// Loss and accuracy on the validation images, if any are kept apart.
    #[serde(default)]
    pub validation: Option<Evaluation>,
    /// Accuracy on the test images.
    pub test_accuracy: f64,
    /// The best epoch so far.
    #[serde(default)]
    pub watch: Watch,
}

impl CheckpointCard {
    /// The schema that this version writes and reads.
    pub const SCHEMA: &str = "topolens.checkpoint/1";

    /// Reads the card beside the weights in `path`, not the weights.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is no card of this version.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let path = path.with_extension("json");
        let text = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a card; `file` stands for it in messages.
    pub(super) fn parse(file: &str, text: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Tagged {
            schema: String,
        }
        let failed = |error: serde_json::Error| {
            Error::malformed(file, format!("it is no card of a checkpoint ({error})"))
        };
        let tagged: Tagged = serde_json::from_slice(text).map_err(failed)?;
        if tagged.schema != Self::SCHEMA {
            let (file, found) = (file.to_owned(), tagged.schema);
            return Err(ErrorKind::WrongSchema { file, expected: Self::SCHEMA, found }.into());
        }
        serde_json::from_slice(text).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_cards_are_named() {
        let fails = |text: &str, word: &str| {
            let message = CheckpointCard::parse("a.json", text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains("a.json") && message.contains(word), "{message}");
        };
        fails("{", "no card");
        fails("[1]", "no card");
        fails(r#"{"schema": "other/2"}"#, "other/2");
        fails(r#"{"schema": "topolens.checkpoint/1"}"#, "missing field");
    }
}

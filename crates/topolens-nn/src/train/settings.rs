//! How a network is trained.

use serde::{Deserialize, Serialize};

use super::{Augment, OptimizerSettings};
use crate::error::{Error, ErrorKind};

/// Everything that determines training, to the bit, beside network and images.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::{OptimizerSettings, TrainSettings};
///
/// let settings = TrainSettings { epochs: 3, optimizer: OptimizerSettings::sgd(0.05), ..TrainSettings::default() };
/// assert_eq!((settings.batch_size, settings.seed), (128, 0));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// Epochs in all, also when training is resumed.
    pub epochs: usize,
    /// Images in a step; the last step of an epoch may have fewer.
    pub batch_size: usize,
    /// How steps are made.
    pub optimizer: OptimizerSettings,
    /// Random changes of training images.
    pub augment: Augment,
    /// Seed of the order of images and of their random changes.
    pub seed: u64,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            epochs: 5,
            batch_size: 128,
            optimizer: OptimizerSettings::adam(1e-3),
            augment: Augment::default(),
            seed: 0,
        }
    }
}

impl TrainSettings {
    /// Refuses settings that cannot work.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.batch_size == 0 {
            let (value, allowed) = (0.0, "at least 1");
            return Err(ErrorKind::OutOfRange { argument: "batch_size", value, allowed }.into());
        }
        self.optimizer.check()
    }
}

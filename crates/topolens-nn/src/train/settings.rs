//! How a network is trained.

use serde::{Deserialize, Serialize};

use super::{Augment, Loss, OptimizerSettings, Recording, Schedule};
use crate::dataset::NormalizationKind;
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
    /// How the step size changes with time.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is made small; losses on validation and test images are cross entropies whatever it is.
    #[serde(default)]
    pub loss: Loss,
    /// Share of the target that is spread over all classes (Szegedy et al. 2016).
    #[serde(default)]
    pub label_smoothing: f64,
    /// Share of the training images that are given labels drawn at random (Zhang et al. 2017): a control.
    #[serde(default)]
    pub random_labels: f64,
    /// Share of the training images, the same of every class, that are kept apart to watch the loss on.
    #[serde(default)]
    pub validation: f64,
    /// Training stops once the loss on the validation images has not fallen for this many epochs.
    #[serde(default)]
    pub patience: Option<usize>,
    /// Whether pixels are scaled by one mean and deviation or by those of each channel.
    #[serde(default)]
    pub normalization: NormalizationKind,
    /// Random changes of training images.
    pub augment: Augment,
    /// What is kept beside the end; it does not change the training.
    #[serde(default)]
    pub recording: Recording,
    /// Seed of the order of images and of their random changes.
    pub seed: u64,
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            epochs: 5,
            batch_size: 128,
            optimizer: OptimizerSettings::adam(1e-3),
            schedule: Schedule::default(),
            loss: Loss::default(),
            label_smoothing: 0.0,
            random_labels: 0.0,
            validation: 0.0,
            patience: None,
            normalization: NormalizationKind::Scalar,
            augment: Augment::default(),
            recording: Recording::default(),
            seed: 0,
        }
    }
}

impl TrainSettings {
    /// Refuses settings that cannot work.
    pub(super) fn check(&self) -> Result<(), Error> {
        let in_range = |argument, value: f64, is_allowed: bool, allowed| {
            let error = ErrorKind::OutOfRange { argument, value, allowed };
            if is_allowed { Ok(()) } else { Err(Error::from(error)) }
        };
        let share = |argument, value: f64| {
            in_range(argument, value, (0.0..1.0).contains(&value), "at least 0 and below 1")
        };
        in_range("batch_size", self.batch_size as f64, self.batch_size > 0, "at least 1")?;
        share("label_smoothing", self.label_smoothing)?;
        share("validation", self.validation)?;
        let random_labels = self.random_labels;
        in_range("random_labels", random_labels, (0.0..=1.0).contains(&random_labels), "from 0 to 1")?;
        if let Some(patience) = self.patience {
            in_range("validation", self.validation, self.validation > 0.0, "above 0 if patience is given")?;
            in_range("patience", patience as f64, patience > 0, "at least 1")?;
        }
        self.loss.check()?;
        self.augment.check()?;
        self.recording.check()?;
        self.schedule.check()?;
        self.optimizer.check()
    }
}

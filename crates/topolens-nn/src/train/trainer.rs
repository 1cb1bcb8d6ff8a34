//! The loop over epochs and batches.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::{Checkpoint, TrainEvent, TrainSettings};
use crate::dataset::Dataset;
use crate::error::Error;
use crate::model::ModelSpec;

/// Trains a network and writes a checkpoint after every epoch, epoch 0 being the untrained network.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use topolens_nn::train::{TrainSettings, Trainer};
/// use topolens_nn::{ModelSpec, dataset};
///
/// let train = dataset::embedded(true)?.subset(&[0, 1, 2, 3])?;
/// let test = dataset::embedded(false)?.subset(&[0, 1])?;
/// let spec = ModelSpec { width: 4, ..ModelSpec::new("small-cnn", train.image_shape(), train.n_classes()) };
/// let settings = TrainSettings { epochs: 1, ..TrainSettings::default() };
/// let folder = tempfile::tempdir().unwrap();
/// let trainer = Trainer::new(&train, &test, settings)?;
/// let last = trainer.train(&spec, folder.path(), &mut |_event| {}, &AtomicBool::new(false))?;
/// assert_eq!(last.card.epoch, 1);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug)]
pub struct Trainer<'a> {
    train: &'a Dataset,
    test: &'a Dataset,
    settings: TrainSettings,
}

impl<'a> Trainer<'a> {
    /// Will train on `train` and measure accuracy on `test`.
    ///
    /// # Errors
    ///
    /// If the settings are out of range, or the two sets differ in image shape or classes.
    pub fn new(train: &'a Dataset, test: &'a Dataset, settings: TrainSettings) -> Result<Self, Error> {
        todo!()
    }

    /// Trains a new network; checkpoints of an earlier run in `folder` are replaced as epochs are reached.
    ///
    /// Between batches `interrupt` is looked at; the checkpoint of the last finished epoch stays usable.
    ///
    /// # Errors
    ///
    /// If the network does not fit the images, the loss diverges, a checkpoint cannot be written, or interrupted.
    pub fn train(
        &self,
        spec: &ModelSpec,
        folder: &Path,
        events: &mut dyn FnMut(TrainEvent),
        interrupt: &AtomicBool,
    ) -> Result<Checkpoint, Error> {
        todo!()
    }

    /// Goes on from the last checkpoint in `folder`, to the same bits as if training had never stopped.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`]; and if there is no checkpoint, or it was trained with other settings (save `epochs`) or on
    /// other images.
    pub fn resume(
        &self,
        folder: &Path,
        events: &mut dyn FnMut(TrainEvent),
        interrupt: &AtomicBool,
    ) -> Result<Checkpoint, Error> {
        todo!()
    }
}

//! The loop over epochs and batches.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::checkpoint::{last_checkpoint, remove_after};
use super::optimizer::OptimizerState;
use super::order::{augment_seed, shuffled};
use super::{Checkpoint, CheckpointCard, TrainEvent, TrainSettings, accuracy};
use crate::dataset::{Dataset, Normalization};
use crate::error::{Error, ErrorKind};
use crate::model::{Model, ModelSpec};
use crate::network::Network;
use crate::tape::Tape;
use crate::tensor::Tensor;

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
    normalization: Normalization,
}

/// Who listens, and who may stop it.
struct Caller<'a> {
    events: &'a mut dyn FnMut(TrainEvent),
    interrupt: &'a AtomicBool,
}

/// Sums over the batches of an epoch.
#[derive(Debug, Clone, Copy)]
struct EpochSums {
    loss: f64,
    n_correct: usize,
    n_images: usize,
}

impl EpochSums {
    fn train_loss(self) -> f64 {
        self.loss / self.n_images as f64
    }

    fn train_accuracy(self) -> f64 {
        self.n_correct as f64 / self.n_images as f64
    }
}

impl<'a> Trainer<'a> {
    /// Will train on `train` and measure accuracy on `test`.
    ///
    /// # Errors
    ///
    /// If the settings are out of range, the two sets differ in image shape or classes, or all training pixels are equal.
    pub fn new(train: &'a Dataset, test: &'a Dataset, settings: TrainSettings) -> Result<Self, Error> {
        settings.check()?;
        let differ = |what, train: String, test: String| ErrorKind::DataDiffers { what, train, test };
        if train.image_shape() != test.image_shape() {
            let shapes = [train, test].map(|set| format!("{:?}", set.image_shape()));
            let [train, test] = shapes;
            return Err(differ("image shape", train, test).into());
        }
        if train.class_names() != test.class_names() {
            let [train, test] = [train, test].map(|set| set.class_names().join(", "));
            return Err(differ("classes", train, test).into());
        }
        Ok(Self { train, test, settings, normalization: train.normalization()? })
    }

    /// Trains a new network; checkpoints of an earlier run in `folder` are removed.
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
        let model: Model = spec.build()?;
        self.check_model(&model)?;
        let start = Instant::now();
        let optimizer = OptimizerState::new(self.settings.optimizer, &model.graph().parameters);
        let test_accuracy = accuracy(&model, self.test, self.normalization)?;
        let untrained = Checkpoint { card: self.card(spec.clone(), test_accuracy), model };
        remove_after(folder, 0)?;
        untrained.save(folder, &optimizer)?;
        let mut caller = Caller { events, interrupt };
        self.announce(&untrained, &mut caller);
        caller.epoch(&untrained.card, start);
        self.train_epochs(untrained, optimizer, folder, &mut caller)
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
        let (mut checkpoint, optimizer) = Checkpoint::load_with_optimizer(&last_checkpoint(folder)?)?;
        self.check_resumed(&checkpoint.card)?;
        checkpoint.card.settings = self.settings.clone();
        let mut caller = Caller { events, interrupt };
        self.announce(&checkpoint, &mut caller);
        self.train_epochs(checkpoint, optimizer, folder, &mut caller)
    }

    fn check_model(&self, model: &Model) -> Result<(), Error> {
        let (expected, got) = (self.train.image_shape(), model.input_shape());
        if expected != got {
            let (expected, got) = (expected.to_vec(), got.to_vec());
            return Err(ErrorKind::ShapeMismatch { argument: "input_shape", expected, got }.into());
        }
        if model.spec().n_classes != self.train.n_classes() {
            let (expected, got) = (vec![self.train.n_classes()], vec![model.spec().n_classes]);
            return Err(ErrorKind::ShapeMismatch { argument: "n_classes", expected, got }.into());
        }
        Ok(())
    }

    fn check_resumed(&self, card: &CheckpointCard) -> Result<(), Error> {
        let differ = |setting, checkpoint: String, given: String| -> Result<(), Error> {
            Err(ErrorKind::SettingsDiffer { setting, checkpoint, given }.into())
        };
        let (old, new) = (&card.settings, &self.settings);
        if old.batch_size != new.batch_size {
            return differ("batch_size", old.batch_size.to_string(), new.batch_size.to_string());
        }
        if old.optimizer != new.optimizer {
            return differ("optimizer", old.optimizer.to_string(), new.optimizer.to_string());
        }
        if old.augment != new.augment {
            return differ("augment", format!("{:?}", old.augment), format!("{:?}", new.augment));
        }
        if old.seed != new.seed {
            return differ("seed", old.seed.to_string(), new.seed.to_string());
        }
        if card.normalization != self.normalization || card.class_names != self.train.class_names() {
            return differ("data", card.data.clone(), self.train.name().to_owned());
        }
        Ok(())
    }

    /// The card of the untrained network.
    fn card(&self, model: ModelSpec, test_accuracy: f64) -> CheckpointCard {
        CheckpointCard {
            schema: CheckpointCard::SCHEMA.to_owned(),
            model,
            data: self.train.name().to_owned(),
            class_names: self.train.class_names().to_vec(),
            normalization: self.normalization,
            settings: self.settings.clone(),
            epoch: 0,
            step: 0,
            train_loss: None,
            train_accuracy: None,
            test_accuracy,
        }
    }

    fn announce(&self, checkpoint: &Checkpoint, caller: &mut Caller<'_>) {
        (caller.events)(TrainEvent::Started {
            first_epoch: checkpoint.card.epoch + 1,
            last_epoch: self.settings.epochs,
            n_batches: self.n_batches(),
            n_parameters: checkpoint.model.n_parameters(),
        });
    }

    fn n_batches(&self) -> usize {
        self.train.len().div_ceil(self.settings.batch_size)
    }

    fn train_epochs(
        &self,
        mut checkpoint: Checkpoint,
        mut optimizer: OptimizerState,
        folder: &Path,
        caller: &mut Caller<'_>,
    ) -> Result<Checkpoint, Error> {
        let mut tape = Tape::new();
        for epoch in checkpoint.card.epoch + 1..=self.settings.epochs {
            let start = Instant::now();
            let sums = self.train_epoch(&mut checkpoint.model, &mut optimizer, &mut tape, (epoch, caller))?;
            let card = &mut checkpoint.card;
            (card.epoch, card.step) = (epoch, optimizer.step());
            (card.train_loss, card.train_accuracy) = (Some(sums.train_loss()), Some(sums.train_accuracy()));
            card.test_accuracy = accuracy(&checkpoint.model, self.test, self.normalization)?;
            checkpoint.save(folder, &optimizer)?;
            caller.epoch(&checkpoint.card, start);
        }
        Ok(checkpoint)
    }

    fn train_epoch(
        &self,
        model: &mut Model,
        optimizer: &mut OptimizerState,
        tape: &mut Tape<f32>,
        (epoch, caller): (usize, &mut Caller<'_>),
    ) -> Result<EpochSums, Error> {
        let start = Instant::now();
        let order = shuffled(self.train.len(), self.settings.seed, epoch);
        let mut sums = EpochSums { loss: 0.0, n_correct: 0, n_images: 0 };
        for (number, indices) in order.chunks(self.settings.batch_size).enumerate() {
            if caller.interrupt.load(Ordering::Relaxed) {
                return Err(ErrorKind::Interrupted.into());
            }
            let (batch, labels) = self.batch(indices, epoch, sums.n_images)?;
            let step = model.train_step(tape, &batch, &labels);
            if !step.loss.is_finite() {
                return Err(ErrorKind::LossDiverged { epoch, batch: number + 1 }.into());
            }
            optimizer.apply(&mut model.graph_mut().parameters, tape, &step.leaves);
            sums.loss += step.loss * indices.len() as f64;
            sums.n_correct += step.n_correct;
            sums.n_images += indices.len();
            (caller.events)(TrainEvent::Batch {
                epoch,
                batch: number + 1,
                n_batches: self.n_batches(),
                loss: step.loss,
                images_per_second: sums.n_images as f64 / start.elapsed().as_secs_f64(),
            });
        }
        Ok(sums)
    }

    /// The images `indices`, changed at random as those at places `first` … of the epoch.
    fn batch(&self, indices: &[usize], epoch: usize, first: usize) -> Result<(Tensor, Vec<usize>), Error> {
        let mut batch = self.train.batch(indices, self.normalization)?;
        let [black, _] = self.normalization.bounds();
        self.settings.augment.apply(&mut batch, black, augment_seed(self.settings.seed, epoch), first);
        Ok((batch, indices.iter().map(|index| self.train.labels()[*index]).collect()))
    }
}

impl Caller<'_> {
    fn epoch(&mut self, card: &CheckpointCard, start: Instant) {
        (self.events)(TrainEvent::Epoch {
            epoch: card.epoch,
            train_loss: card.train_loss,
            train_accuracy: card.train_accuracy,
            test_accuracy: card.test_accuracy,
            seconds: start.elapsed().as_secs_f64(),
        });
    }
}

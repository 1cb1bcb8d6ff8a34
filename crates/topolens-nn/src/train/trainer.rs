//! The loop over epochs and batches.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::checkpoint::{last_checkpoint, remove, remove_after};
use super::loader::{Batch, Loader};
use super::optimizer::OptimizerState;
use super::schedule::Moment;
use super::split::Split;
use super::trajectory::Trajectory;
use super::{
    Checkpoint, CheckpointCard, Decay, Evaluation, Pace, TrainEvent, TrainSettings, Watch, accuracy,
};
use crate::dataset::{Dataset, Normalization};
use crate::error::{Error, ErrorKind};
use crate::model::{Model, ModelSpec, Objective};
use crate::network::Network;
use crate::tape::Tape;

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
    split: Split,
    normalization: Normalization,
}

/// Who listens, and who may stop it.
struct Caller<'a> {
    events: &'a mut dyn FnMut(TrainEvent),
    interrupt: &'a AtomicBool,
}

/// What moves while an epoch passes.
struct Pass<'a> {
    checkpoint: &'a mut Checkpoint,
    optimizer: &'a mut OptimizerState,
    trajectory: Option<&'a mut Trajectory>,
    tape: &'a mut Tape<f32>,
    folder: &'a Path,
}

/// Sums over the batches of an epoch, the step size of the last, and the time they took.
#[derive(Debug, Clone, Copy, Default)]
struct EpochSums {
    loss: f64,
    n_correct: usize,
    n_images: usize,
    learning_rate: f64,
    seconds: f64,
}

impl EpochSums {
    fn pace(self) -> Pace {
        let images_per_second = self.n_images as f64 / self.seconds;
        Pace { learning_rate: self.learning_rate, images_per_second }
    }

    fn train_loss(self) -> f64 {
        self.loss / self.n_images as f64
    }

    fn train_accuracy(self) -> f64 {
        self.n_correct as f64 / self.n_images as f64
    }
}

/// What to say of two lists of classes that differ: the names that the other does not have, or the order.
fn only_one_has(train: &[String], test: &[String]) -> [String; 2] {
    const MOST: usize = 10;
    let of = |own: &[String], other: &[String]| {
        let mut names: Vec<&str> =
            own.iter().filter(|name| !other.contains(name)).map(String::as_str).collect();
        let n_more = names.len().saturating_sub(MOST);
        names.truncate(MOST);
        let n_classes = own.len();
        match names.len() {
            0 => format!("{n_classes}, the other part has them too"),
            _ if n_more > 0 => {
                format!("{n_classes}, only here {} and {n_more} more", names.join(", "))
            }
            _ => format!("{n_classes}, only here {}", names.join(", ")),
        }
    };
    [of(train, test), of(test, train)]
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
            let [train, test] = only_one_has(train.class_names(), test.class_names());
            return Err(differ("classes", train, test).into());
        }
        let split = Split::new(train, &settings)?;
        let normalization = if split.validation.is_empty() {
            train.normalization_of(settings.normalization)?
        } else {
            train.subset(&split.training)?.normalization_of(settings.normalization)?
        };
        Ok(Self { train, test, settings, split, normalization })
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
        self.train_from(spec.build()?, folder, events, interrupt)
    }

    /// Trains on from the weights of `model`; checkpoints of an earlier run in `folder` are removed.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`].
    pub fn train_from(
        &self,
        model: Model,
        folder: &Path,
        events: &mut dyn FnMut(TrainEvent),
        interrupt: &AtomicBool,
    ) -> Result<Checkpoint, Error> {
        self.check(&model)?;
        let start = Instant::now();
        let optimizer = OptimizerState::new(self.settings.optimizer, &model.graph().parameters);
        let test_accuracy = accuracy(&model, self.test, &self.normalization)?;
        let untrained =
            Checkpoint { card: self.card(model.spec().clone(), test_accuracy), model, trajectory: None };
        remove_after(folder, 0)?;
        untrained.save(folder, &optimizer)?;
        let mut caller = Caller { events, interrupt };
        self.announce(&untrained, &mut caller);
        caller.epoch(&untrained.card, start, None);
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
        let last = last_checkpoint(folder)?;
        let (mut checkpoint, optimizer) = Checkpoint::load_with_optimizer(&last)
            .map_err(|error| ErrorKind::CannotGoOn { reason: error.to_string(), path: last })?;
        self.check_resumed(&checkpoint.card)?;
        checkpoint.card.settings = self.settings.clone();
        let mut caller = Caller { events, interrupt };
        self.announce(&checkpoint, &mut caller);
        self.train_epochs(checkpoint, optimizer, folder, &mut caller)
    }

    /// Whether `model` can be trained so: it fits images and classes, and its output the loss.
    ///
    /// # Errors
    ///
    /// It cannot.
    pub fn check(&self, model: &Model) -> Result<(), Error> {
        let (expected, got) = (self.train.image_shape(), model.input_shape());
        if expected != got {
            let (expected, got) = (expected.to_vec(), got.to_vec());
            return Err(ErrorKind::ShapeMismatch { argument: "input_shape", expected, got }.into());
        }
        if model.spec().n_classes != self.train.n_classes() {
            let (expected, got) = (vec![self.train.n_classes()], vec![model.spec().n_classes]);
            return Err(ErrorKind::ShapeMismatch { argument: "n_classes", expected, got }.into());
        }
        if self.settings.loss.margin().is_some() && model.spec().cosine_scale.is_none() {
            let architecture = model.spec().architecture.clone();
            return Err(ErrorKind::NoCosines { argument: "loss", architecture }.into());
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
        if old.schedule != new.schedule {
            return differ("schedule", old.schedule.to_string(), new.schedule.to_string());
        }
        if new.schedule.decay == Decay::Cosine && old.epochs != new.epochs {
            let checkpoint = format!("{}, on which the cosine schedule depends,", old.epochs);
            return differ("epochs", checkpoint, new.epochs.to_string());
        }
        for (setting, old, new) in [
            ("label_smoothing", old.label_smoothing, new.label_smoothing),
            ("random_labels", old.random_labels, new.random_labels),
            ("validation", old.validation, new.validation),
        ] {
            if old.to_bits() != new.to_bits() {
                return differ(setting, old.to_string(), new.to_string());
            }
        }
        if old.loss != new.loss {
            return differ("loss", old.loss.to_string(), new.loss.to_string());
        }
        if old.patience != new.patience {
            return differ("patience", format!("{:?}", old.patience), format!("{:?}", new.patience));
        }
        if old.augment != new.augment {
            return differ("augment", old.augment.to_string(), new.augment.to_string());
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
            normalization: self.normalization.clone(),
            settings: self.settings.clone(),
            epoch: 0,
            step: 0,
            train_loss: None,
            train_accuracy: None,
            validation: None,
            test_accuracy,
            watch: Watch::default(),
        }
    }

    fn announce(&self, checkpoint: &Checkpoint, caller: &mut Caller<'_>) {
        (caller.events)(TrainEvent::Started {
            first_epoch: checkpoint.card.epoch + 1,
            last_epoch: self.settings.epochs,
            n_batches: self.loader().n_batches(),
            n_images: self.split.training.len(),
            n_parameters: checkpoint.model.n_parameters(),
        });
    }

    fn loader(&self) -> Loader<'_> {
        let (images, split) = (self.train, &self.split);
        Loader { images, split, normalization: &self.normalization, settings: &self.settings }
    }

    fn train_epochs(
        &self,
        mut checkpoint: Checkpoint,
        mut optimizer: OptimizerState,
        folder: &Path,
        caller: &mut Caller<'_>,
    ) -> Result<Checkpoint, Error> {
        let mut tape = Tape::new();
        let mut trajectory =
            self.settings.recording.trajectory.map(|settings| match &checkpoint.trajectory {
                Some(rows) => Trajectory::from_tensor(settings, rows),
                None => Trajectory::new(settings),
            });
        for epoch in checkpoint.card.epoch + 1..=self.settings.epochs {
            if let Some(stopped) = self.stopped_early(&checkpoint.card) {
                (caller.events)(stopped);
                break;
            }
            let start = Instant::now();
            let n_plateaus = checkpoint.card.watch.n_plateaus;
            let mut pass = Pass {
                checkpoint: &mut checkpoint,
                optimizer: &mut optimizer,
                trajectory: trajectory.as_mut(),
                tape: &mut tape,
                folder,
            };
            let sums = self.train_epoch(&mut pass, (epoch, n_plateaus), caller)?;
            self.judge(&mut checkpoint, (epoch, optimizer.step()), sums)?;
            checkpoint.trajectory = trajectory.as_ref().map(Trajectory::tensor);
            checkpoint.save(folder, &optimizer)?;
            remove(folder, |old| old < epoch && !self.settings.recording.keeps(old))?;
            caller.epoch(&checkpoint.card, start, Some(sums.pace()));
        }
        Ok(checkpoint)
    }

    /// What there is to say if patience is at its end.
    fn stopped_early(&self, card: &CheckpointCard) -> Option<TrainEvent> {
        let (epoch, best_epoch) = (card.epoch, card.watch.best_epoch);
        let is_over = self.settings.patience.is_some_and(|patience| epoch >= best_epoch + patience);
        (epoch > 0 && is_over).then_some(TrainEvent::StoppedEarly { epoch, best_epoch })
    }

    /// Measures the network after an epoch and writes it onto the card.
    fn judge(
        &self,
        checkpoint: &mut Checkpoint,
        (epoch, step): (usize, u64),
        sums: EpochSums,
    ) -> Result<(), Error> {
        let (model, card) = (&checkpoint.model, &mut checkpoint.card);
        (card.epoch, card.step) = (epoch, step);
        (card.train_loss, card.train_accuracy) = (Some(sums.train_loss()), Some(sums.train_accuracy()));
        if !self.split.validation.is_empty() {
            let indices = &self.split.validation;
            card.validation = Some(Evaluation::of(model, self.train, indices, &self.normalization)?);
        }
        card.test_accuracy = accuracy(model, self.test, &self.normalization)?;
        let watched = card.validation.map_or(sums.train_loss(), |validation| validation.loss);
        let patience = match self.settings.schedule.decay {
            Decay::Plateau { patience, .. } => Some(patience),
            _ => None,
        };
        card.watch.see(epoch, watched, patience);
        Ok(())
    }

    fn train_epoch(
        &self,
        pass: &mut Pass<'_>,
        (epoch, n_plateaus): (usize, u32),
        caller: &mut Caller<'_>,
    ) -> Result<EpochSums, Error> {
        let start = Instant::now();
        let (loader, mut sums) = (self.loader(), EpochSums::default());
        let n_batches = loader.n_batches();
        loader.with_batches(epoch, |batches| {
            for (batch, number) in batches.iter().zip(1..) {
                if caller.interrupt.load(Ordering::Relaxed) {
                    return Err(ErrorKind::Interrupted.into());
                }
                let loss = self.step(pass, &batch?, n_plateaus, &mut sums)?;
                if !loss.is_finite() {
                    return Err(ErrorKind::LossDiverged { epoch, batch: number }.into());
                }
                sums.seconds = start.elapsed().as_secs_f64();
                let images_per_second = sums.pace().images_per_second;
                (caller.events)(TrainEvent::Batch {
                    epoch,
                    batch: number,
                    n_batches,
                    loss,
                    images_per_second,
                });
            }
            Ok(sums)
        })
    }

    /// Makes one step and gives the mean loss of its batch; no weight moves if that is not a finite number.
    fn step(
        &self,
        pass: &mut Pass<'_>,
        batch: &Batch,
        n_plateaus: u32,
        sums: &mut EpochSums,
    ) -> Result<f64, Error> {
        let model = &mut pass.checkpoint.model;
        let (smoothing, loss) = (self.settings.label_smoothing, self.settings.loss);
        let objective = Objective { smoothing, margin: loss.margin() };
        let step = model.train_step(pass.tape, &batch.images, &batch.labels, objective);
        if !step.loss.is_finite() {
            return Ok(step.loss);
        }
        let (epochs, steps_per_epoch) = (self.settings.epochs, self.loader().n_batches());
        let now = Moment { step: pass.optimizer.step(), steps_per_epoch, epochs, n_plateaus };
        let share = self.settings.schedule.share(now);
        pass.optimizer.apply(&mut model.graph_mut().parameters, pass.tape, &step.leaves, share);
        sums.loss += step.loss * batch.labels.len() as f64;
        sums.n_correct += step.n_correct;
        sums.n_images += batch.labels.len();
        sums.learning_rate = share * self.settings.optimizer.learning_rate();
        self.record(pass)?;
        Ok(step.loss)
    }

    /// Records the weights after a step as far as that was asked for.
    fn record(&self, pass: &mut Pass<'_>) -> Result<(), Error> {
        let model = &pass.checkpoint.model;
        if let Some(trajectory) = &mut pass.trajectory {
            trajectory.record(&model.graph().parameters);
        }
        let step = pass.optimizer.step();
        if self.settings.recording.steps.contains(&step) {
            let test_accuracy = accuracy(model, self.test, &self.normalization)?;
            let card = CheckpointCard { step, test_accuracy, ..pass.checkpoint.card.clone() };
            let snapshot = Checkpoint { card, model: model.clone(), trajectory: None };
            snapshot.save_step(pass.folder)?;
        }
        Ok(())
    }
}

impl Caller<'_> {
    fn epoch(&mut self, card: &CheckpointCard, start: Instant, pace: Option<Pace>) {
        let (card, seconds) = (Box::new(card.clone()), start.elapsed().as_secs_f64());
        (self.events)(TrainEvent::Epoch { card, pace, seconds });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_classes_those_are_told_that_one_part_lacks() {
        let names = |range: std::ops::Range<usize>| range.map(|at| at.to_string()).collect::<Vec<_>>();
        let [train, test] = only_one_has(&names(0..1000), &names(0..200));
        assert_eq!(train, "1000, only here 200, 201, 202, 203, 204, 205, 206, 207, 208, 209 and 790 more");
        assert_eq!(test, "200, the other part has them too");
        assert_eq!(only_one_has(&names(0..2), &names(1..3)), ["2, only here 0", "2, only here 2"]);
    }
}

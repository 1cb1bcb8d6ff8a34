//! `topolens train`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use serde_json::json;
use topolens_lab::input::{LoadedData, Split, choose_classes, load_data, of_named_classes};
use topolens_lab::store::atomic::write_atomically;
use topolens_lab::store::{EpochMetrics, MetricsLog, Provenance, RunCard, RunFolder, npy_bytes};
use topolens_nn::dataset::{Dataset, Fit, NormalizationKind};
use topolens_nn::train::{
    Augment, Checkpoint, CheckpointCard, OptimizerSettings, Recording, Schedule, TrainEvent, TrainSettings,
    Trainer, TrajectorySettings, list_checkpoints, load_weights,
};
use topolens_nn::{Model, ModelSpec};

use super::study::command_line;
use crate::arguments::{NormalizationName, TrainArguments};
use crate::interrupt;
use crate::output_files::ensure_folder;
use crate::terminal::{EpochProgress, duration, note, print, print_json};

pub(crate) fn run(arguments: &TrainArguments) -> anyhow::Result<()> {
    let interrupt = interrupt::listen(arguments.common.watched)?;
    // The profile in the folder of a run is of its network; in another folder it is of another.
    let own: &[&str] = if arguments.out.join("run.json").exists() { &["profile.json"] } else { &[] };
    ensure_folder(&arguments.out, own)?;
    let checkpoint =
        if arguments.resume { resume(arguments, interrupt)? } else { start(arguments, interrupt)? };
    let card = &checkpoint.card;
    if arguments.common.json {
        return print_json(&json!({ "schema": "topolens.train/1", "run": arguments.out, "card": card }));
    }
    print(&format!(
        "{}: {} after epoch {}, test accuracy {:.2} %\nnext: topolens profile {0}",
        arguments.out.display(),
        card.model.architecture,
        card.epoch,
        100.0 * card.test_accuracy
    ))
}

fn start(arguments: &TrainArguments, interrupt: &AtomicBool) -> anyhow::Result<Checkpoint> {
    let classes = Classes::Matching(&arguments.classes);
    let data = TrainingData::load(&arguments.data, classes, [arguments.limit, arguments.test_limit])?;
    let spec = network_spec(arguments, &data.train.images)?;
    let destination = Destination {
        folder: &arguments.out,
        overwrite: arguments.overwrite,
        with_events: arguments.tensorboard,
    };
    let mut model = spec.build()?;
    if let Some(path) = &arguments.weights {
        load_weights(&mut model, path).context("--weights")?;
    }
    train(model, &settings(arguments)?, &data, destination, interrupt)
}

/// The network that is asked for, for images like these.
pub(super) fn network_spec(arguments: &TrainArguments, images: &Dataset) -> anyhow::Result<ModelSpec> {
    let mut spec = ModelSpec::new(&arguments.net, images.image_shape(), images.n_classes());
    if arguments.uniform {
        spec = spec.uniform();
    }
    let nonlinearity = arguments.nonlinearity.as_deref().map(str::parse).transpose()?;
    Ok(ModelSpec {
        nonlinearity: nonlinearity.unwrap_or(spec.nonlinearity),
        shortcut: arguments.shortcut.parse()?,
        width: arguments.width.map_or(spec.width, usize::from),
        cosine_scale: arguments.cosine_scale.or(spec.cosine_scale),
        seed: arguments.common.seed,
        ..spec
    })
}

/// The images of a run.
pub(super) struct TrainingData {
    pub(super) train: LoadedData,
    pub(super) test: LoadedData,
    /// How many of the first training and test images are taken; all without it.
    limits: [Option<usize>; 2],
}

/// The classes that are trained on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Classes<'a> {
    /// Those that match a pattern; all without patterns.
    Matching(&'a [String]),
    /// Those with these names.
    Named(&'a [String]),
}

impl TrainingData {
    pub(super) fn load(name: &str, classes: Classes<'_>, limits: [Option<usize>; 2]) -> anyhow::Result<Self> {
        for (flag, limit) in ["--limit", "--test-limit"].into_iter().zip(limits) {
            anyhow::ensure!(limit != Some(0), "{flag}: one image at least is needed");
        }
        let load = |split| load_data(name, split, Fit::default()).context("--data");
        let (mut train, mut test) = (load(Split::Train)?, load(Split::Test)?);
        if let Some(notice) = &train.notice {
            note(notice);
        }
        for part in [&mut train, &mut test] {
            part.images = classes.of(part.images.clone())?;
        }
        for (part, limit) in [&mut train, &mut test].into_iter().zip(limits) {
            if let Some(limit) = limit {
                let first: Vec<usize> = (0..limit.min(part.images.len())).collect();
                part.images = part.images.subset(&first)?;
            }
        }
        Ok(Self { train, test, limits })
    }
}

impl Classes<'_> {
    fn of(self, images: Dataset) -> anyhow::Result<Dataset> {
        Ok(match self {
            Self::Matching([]) => images,
            Self::Matching(patterns) => {
                images.of_classes(&choose_classes("--classes", images.class_names(), patterns)?)?
            }
            Self::Named(names) => of_named_classes(images, names)?,
        })
    }
}

/// Where a run is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Destination<'a> {
    pub(super) folder: &'a Path,
    pub(super) overwrite: bool,
    /// Metrics as TensorBoard events too.
    pub(super) with_events: bool,
}

/// Makes the run folder and trains.
pub(super) fn train(
    model: Model,
    settings: &TrainSettings,
    data: &TrainingData,
    Destination { folder, overwrite, with_events }: Destination<'_>,
    interrupt: &AtomicBool,
) -> anyhow::Result<Checkpoint> {
    let stamp = data.train.stamp.clone();
    let name = stamp.name.trim_end_matches(":train").to_owned();
    let provenance = Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_line(),
        seed: settings.seed,
        network: format!("{} ({})", model.spec().architecture, model.spec().nonlinearity),
        data: stamp,
    };
    let [limit, test_limit] = data.limits;
    let schema = RunCard::SCHEMA.to_owned();
    let card = RunCard { schema, provenance, data: name.clone(), limit, test_limit };
    let (train, test) = (data.train.images.clone().named(&name), &data.test.images);
    // Refuses settings that cannot work before an earlier run is replaced.
    let trainer = Trainer::new(&train, test, settings.clone())?;
    trainer.check(&model)?;
    let _lock = RunFolder::lock(folder)?;
    let run = RunFolder::create(folder, &card, overwrite)?;
    let mut progress = Progress::new(MetricsLog::start(folder, with_events)?);
    let trained =
        trainer.train_from(model, &run.checkpoints(), &mut |event| progress.hear(&event), interrupt)?;
    progress.finish()?;
    write_trajectory(folder, &trained)?;
    Ok(trained)
}

fn resume(arguments: &TrainArguments, interrupt: &AtomicBool) -> anyhow::Result<Checkpoint> {
    let (run, card) = RunFolder::open(&arguments.out)?;
    let _lock = RunFolder::lock(&arguments.out)?;
    let (_, last) = list_checkpoints(&run.checkpoints())?
        .pop()
        .with_context(|| format!("{} has no checkpoint to go on from", arguments.out.display()))?;
    let card_of_last = CheckpointCard::load(&last)?;
    let epoch = card_of_last.epoch;
    let epochs = arguments.epochs.map_or(card_of_last.settings.epochs, |epochs| epochs as usize);
    if epoch >= epochs {
        note(&format!("epoch {epoch} is done already; give --epochs more than {epoch} to go on"));
    }
    let settings = TrainSettings { epochs, ..card_of_last.settings.clone() };
    let classes = Classes::Named(&card_of_last.class_names);
    let data = TrainingData::load(&card.data, classes, [card.limit, card.test_limit])?;
    let train = data.train.images.clone().named(&card.data);
    let trainer = Trainer::new(&train, &data.test.images, settings)?;
    let mut progress =
        Progress::new(MetricsLog::resume(&arguments.out, &card_of_last, arguments.tensorboard)?);
    let trained = trainer.resume(&run.checkpoints(), &mut |event| progress.hear(&event), interrupt)?;
    progress.finish()?;
    write_trajectory(&arguments.out, &trained)?;
    Ok(trained)
}

pub(super) fn settings(arguments: &TrainArguments) -> anyhow::Result<TrainSettings> {
    let mut optimizer: OptimizerSettings = arguments.optimizer.parse().context("--optimizer")?;
    if let Some(learning_rate) = arguments.learning_rate {
        optimizer = optimizer.with_learning_rate(learning_rate);
    }
    if let Some(weight_decay) = arguments.weight_decay {
        optimizer = optimizer.with_weight_decay(weight_decay);
    }
    let decay = arguments.schedule.parse().context("--schedule")?;
    let schedule = Schedule { warmup_epochs: arguments.warmup as usize, decay };
    let mut augment = Augment::default();
    for name in &arguments.augment {
        augment.add(name).context("--augment")?;
    }
    Ok(TrainSettings {
        epochs: arguments.epochs(),
        batch_size: arguments.batch_size as usize,
        optimizer,
        schedule,
        loss: arguments.loss.parse().context("--loss")?,
        label_smoothing: arguments.label_smoothing,
        random_labels: arguments.random_labels.unwrap_or(0.0),
        validation: arguments.validation.unwrap_or(if arguments.patience.is_some() { 0.1 } else { 0.0 }),
        patience: arguments.patience.map(|patience| patience as usize),
        normalization: match arguments.normalization {
            NormalizationName::Scalar => NormalizationKind::Scalar,
            NormalizationName::PerChannel => NormalizationKind::PerChannel,
        },
        augment,
        recording: recording(arguments),
        seed: arguments.common.seed,
    })
}

fn recording(arguments: &TrainArguments) -> Recording {
    let dimension = arguments.trajectory_dimension as usize;
    let of_iterates = |n: u32| TrajectorySettings { n_iterates: n as usize, dimension };
    Recording {
        epochs: arguments.checkpoints.clone(),
        steps: arguments.checkpoint_steps.clone(),
        trajectory: arguments.trajectory.map(of_iterates),
    }
}

/// Writes the path of the weights, if it was recorded, to `trajectory.npy`.
fn write_trajectory(folder: &Path, checkpoint: &Checkpoint) -> anyhow::Result<()> {
    let Some(rows) = &checkpoint.trajectory else { return Ok(()) };
    let path = folder.join("trajectory.npy");
    let bytes = npy_bytes(rows.values(), rows.n_items())?;
    write_atomically(&path, &bytes)?;
    note(&format!("the last {} iterates of the weights are in {}", rows.n_items(), path.display()));
    Ok(())
}

/// Shows training as it goes and logs its numbers.
struct Progress {
    log: MetricsLog,
    logged: topolens_lab::Result<()>,
    n_images: usize,
    last_epoch: usize,
    bar: Option<EpochProgress>,
}

impl Progress {
    fn new(log: MetricsLog) -> Self {
        Self { log, logged: Ok(()), n_images: 0, last_epoch: 0, bar: None }
    }

    fn hear(&mut self, event: &TrainEvent) {
        match event {
            TrainEvent::Started { last_epoch, n_parameters, n_images, .. } => {
                (self.last_epoch, self.n_images) = (*last_epoch, *n_images);
                note(&format!("{n_parameters} parameters, {n_images} images"));
            }
            TrainEvent::Batch { epoch, batch, n_batches, loss, images_per_second } => {
                let (n_images, last) = (self.n_images, self.last_epoch);
                let bar = self.bar.get_or_insert_with(|| EpochProgress::new(*epoch, last, n_images));
                let done = n_images * batch / n_batches.max(&1);
                let left = n_images * (last - epoch + 1) - done;
                let left = duration(left as f64 / images_per_second);
                bar.update(done, &format!("loss {loss:.3}, {images_per_second:.0} images/s, {left} left"));
            }
            TrainEvent::Epoch { card, pace, seconds } => {
                let metrics = EpochMetrics::new(card, *pace, Some(*seconds));
                if self.logged.is_ok() {
                    self.logged = self.log.append(&metrics);
                }
                let line = self.line(&metrics);
                match self.bar.take() {
                    Some(bar) => bar.finish(&line),
                    None => note(&line),
                }
            }
            TrainEvent::StoppedEarly { epoch, best_epoch } => note(&format!(
                "stopped after epoch {epoch}: the loss on the validation images was least after epoch {best_epoch}"
            )),
            _ => {}
        }
    }

    fn line(&self, metrics: &EpochMetrics) -> String {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let mut parts = Vec::new();
        parts.extend(metrics.train_loss.map(|loss| format!("loss {loss:.4}")));
        parts.extend(metrics.train_accuracy.map(|share| format!("accuracy train {}", percent(share))));
        parts.extend(metrics.validation_accuracy.map(|share| format!("validation {}", percent(share))));
        parts.push(format!("test {}", percent(metrics.test_accuracy)));
        parts.extend(metrics.seconds.map(|seconds| format!("{seconds:.1} s")));
        if let Some(speed) = metrics.images_per_second {
            parts.push(format!("{speed:.0} images/s"));
            let n_left = self.last_epoch.saturating_sub(metrics.epoch);
            if n_left > 0 {
                let seconds = metrics.seconds.unwrap_or_default();
                parts.push(format!("{} left", duration(seconds * n_left as f64)));
            }
        }
        format!("epoch {}/{}: {}", metrics.epoch, self.last_epoch, parts.join(", "))
    }

    /// Whether all numbers were logged.
    fn finish(self) -> topolens_lab::Result<()> {
        self.logged
    }
}

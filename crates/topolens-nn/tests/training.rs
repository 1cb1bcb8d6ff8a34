//! Training, checkpoints, resuming.
#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "tests compare exact numbers and stop at surprises"
)]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use topolens_nn::dataset::{self, Dataset};
use topolens_nn::train::{
    Augment, Checkpoint, Decay, Loss, OptimizerSettings, Recording, Schedule, TrainEvent, TrainSettings,
    Trainer, TrajectorySettings, accuracy, checkpoint_path, list_checkpoints,
};
use topolens_nn::{Error, ModelSpec, Network};

fn images() -> (Dataset, Dataset) {
    let part = |train, n: usize| {
        let set = dataset::embedded(train).unwrap();
        let step = set.len() / n;
        set.subset(&(0..n).map(|index| index * step).collect::<Vec<_>>()).unwrap()
    };
    (part(true, 150), part(false, 50))
}

fn spec() -> ModelSpec {
    ModelSpec { width: 4, seed: 1, ..ModelSpec::new("resnet8", [28, 28, 1], 10) }
}

fn settings(epochs: usize) -> TrainSettings {
    let augment = Augment { flip: true, shift: true, rotate: 10.0, cutout: 4, ..Augment::default() };
    TrainSettings { epochs, batch_size: 32, augment, seed: 5, ..TrainSettings::default() }
}

fn train(settings: TrainSettings, folder: &Path) -> Checkpoint {
    let (train, test) = images();
    let trainer = Trainer::new(&train, &test, settings).unwrap();
    trainer.train(&spec(), folder, &mut |_| {}, &AtomicBool::new(false)).unwrap()
}

fn resume(settings: TrainSettings, folder: &Path) -> Result<Checkpoint, Error> {
    let (train, test) = images();
    Trainer::new(&train, &test, settings)?.resume(folder, &mut |_| {}, &AtomicBool::new(false))
}

fn bytes(folder: &Path, epoch: usize) -> Vec<u8> {
    std::fs::read(checkpoint_path(folder, epoch)).unwrap()
}

#[test]
fn a_few_steps_lower_the_loss() {
    for optimizer in [OptimizerSettings::adam(3e-3), OptimizerSettings::sgd(0.05)] {
        let folder = tempfile::tempdir().unwrap();
        let (train, test) = images();
        let settings = TrainSettings { epochs: 4, batch_size: 30, optimizer, ..TrainSettings::default() };
        let mut losses = Vec::new();
        let mut hear = |event| {
            if let TrainEvent::Epoch { card, .. } = event {
                losses.extend(card.train_loss);
            }
        };
        let trainer = Trainer::new(&train, &test, settings).unwrap();
        trainer.train(&spec(), folder.path(), &mut hear, &AtomicBool::new(false)).unwrap();
        assert_eq!(losses.len(), 4);
        assert!(losses[3] < 0.8 * losses[0], "{losses:?}");
    }
}

#[test]
fn arcface_trains_what_has_cosines_and_refuses_what_has_none() {
    let (train, test) = images();
    let arcface = TrainSettings {
        epochs: 3,
        batch_size: 30,
        loss: Loss::ArcFace { margin: 0.5 },
        ..TrainSettings::default()
    };
    let spec =
        ModelSpec { width: 8, cosine_scale: Some(16), ..ModelSpec::new("mobilefacenet", [28, 28, 1], 10) };
    let run = |settings: TrainSettings, spec: &ModelSpec, folder: &Path| {
        let mut losses = Vec::new();
        let mut hear = |event| {
            if let TrainEvent::Epoch { card, .. } = event {
                losses.extend(card.train_loss);
            }
        };
        let trainer = Trainer::new(&train, &test, settings)?;
        trainer.train(spec, folder, &mut hear, &AtomicBool::new(false)).map(|last| (last, losses))
    };
    let folder = tempfile::tempdir().unwrap();
    let (last, losses) = run(arcface.clone(), &spec, folder.path()).unwrap();
    assert!(losses[2] < losses[0], "{losses:?}");
    assert_eq!(last.card.settings.loss, arcface.loss);
    // The margin is in the loss that was trained with: without it the first epoch has a smaller one.
    let plain = TrainSettings { loss: Loss::CrossEntropy, ..arcface.clone() };
    let other = tempfile::tempdir().unwrap();
    assert!(run(plain, &spec, other.path()).unwrap().1[0] < losses[0] - 1.0);
    let resumed = TrainSettings { epochs: 4, loss: Loss::ArcFace { margin: 0.4 }, ..arcface.clone() };
    let trainer = Trainer::new(&train, &test, resumed).unwrap();
    let message =
        trainer.resume(folder.path(), &mut |_| {}, &AtomicBool::new(false)).unwrap_err().to_string();
    assert!(message.contains("arcface:0.5") && message.contains("arcface:0.4"), "{message}");
    let resnet = ModelSpec::new("resnet8", [28, 28, 1], 10);
    let message = run(arcface, &resnet, other.path()).unwrap_err().to_string();
    assert!(message.contains("`loss`") && message.contains("mobilefacenet"), "{message}");
}

#[test]
fn a_resumed_run_ends_with_the_same_bits() {
    let plateau = Schedule { warmup_epochs: 1, decay: Decay::Plateau { patience: 0, factor: 0.5 } };
    let step = Schedule { decay: "step:1".parse().unwrap(), ..Schedule::default() };
    for (optimizer, schedule) in
        [(OptimizerSettings::adam(1e-3), step), (OptimizerSettings::sgd(0.5), plateau)]
    {
        let [whole, parts] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let with = |epochs| TrainSettings {
            optimizer,
            schedule: schedule.clone(),
            label_smoothing: 0.1,
            random_labels: 0.2,
            validation: 0.2,
            ..settings(epochs)
        };
        train(with(3), whole.path());
        train(with(1), parts.path());
        let last = resume(with(3), parts.path()).unwrap();
        assert_eq!(last.card.epoch, 3);
        assert!(bytes(whole.path(), 3) == bytes(parts.path(), 3));
        assert!(bytes(whole.path(), 3) != bytes(whole.path(), 2));
    }
}

#[test]
fn only_what_was_asked_for_is_kept_and_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording { epochs: Some(vec![1]), steps: vec![2, 7], trajectory: None };
    train(TrainSettings { recording, ..settings(3) }, folder.path());
    let epochs: Vec<usize> =
        list_checkpoints(folder.path()).unwrap().iter().map(|(epoch, _)| *epoch).collect();
    assert_eq!(epochs, [1, 3]);
    for (step, epoch) in [(2, 0), (7, 1)] {
        let path = folder.path().join(format!("step-{step:08}.safetensors"));
        let snapshot = Checkpoint::load(&path).unwrap();
        assert_eq!((snapshot.card.step, snapshot.card.epoch), (step, epoch));
    }
    let whole = tempfile::tempdir().unwrap();
    train(settings(3), whole.path());
    assert!(bytes(folder.path(), 3) == bytes(whole.path(), 3));
}

#[test]
fn the_path_of_the_weights_goes_on_when_a_run_is_resumed() {
    let [whole, parts] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let trajectory = Some(TrajectorySettings { n_iterates: 7, dimension: 50 });
    let with = |epochs| TrainSettings {
        recording: Recording { trajectory, ..Recording::default() },
        ..settings(epochs)
    };
    let at_once = train(with(2), whole.path()).trajectory.unwrap();
    train(with(1), parts.path());
    let resumed = resume(with(2), parts.path()).unwrap().trajectory.unwrap();
    assert_eq!((at_once.shape(), &at_once), (&[7, 50][..], &resumed));
    // Few weights are not projected: the last row is the weights themselves.
    let small = ModelSpec { width: 1, ..ModelSpec::new("mlp1", [28, 28, 1], 10) };
    let (train, test) = images();
    let trajectory = Some(TrajectorySettings { n_iterates: 1, dimension: 10_000 });
    let settings =
        TrainSettings { recording: Recording { trajectory, ..Recording::default() }, ..settings(1) };
    let trainer = Trainer::new(&train, &test, settings).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let last = trainer.train(&small, folder.path(), &mut |_| {}, &AtomicBool::new(false)).unwrap();
    let rows = last.trajectory.unwrap();
    assert_eq!(rows.shape(), [1, last.model.n_parameters()]);
    let content = bytes(folder.path(), 1);
    let file = safetensors::SafeTensors::deserialize(&content).unwrap();
    let bias = file.tensor("output.bias").unwrap();
    let bias: Vec<f32> =
        bias.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    assert_eq!(rows.values()[rows.len() - 10..], bias);
}

#[test]
fn a_damaged_checkpoint_is_not_gone_on_from_but_the_one_before_is() {
    let [damaged, whole] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    train(settings(2), damaged.path());
    train(settings(3), whole.path());
    let path = checkpoint_path(damaged.path(), 2);
    let content = bytes(damaged.path(), 2);
    std::fs::write(&path, &content[..content.len() / 2]).unwrap();
    let message = resume(settings(3), damaged.path()).unwrap_err().to_string();
    assert!(message.contains("truncated") && message.contains("remove"), "{message}");
    std::fs::remove_file(path.with_extension("json")).unwrap();
    std::fs::remove_file(&path).unwrap();
    resume(settings(3), damaged.path()).unwrap();
    assert!(bytes(damaged.path(), 3) == bytes(whole.path(), 3));
}

#[test]
fn threads_do_not_change_bits() {
    let folders = [1, 2].map(|n| {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| train(settings(1), folder.path()));
        folder
    });
    assert!(bytes(folders[0].path(), 1) == bytes(folders[1].path(), 1));
}

#[test]
fn the_seed_decides_the_order() {
    let [a, b] = [5, 6].map(|seed| {
        let folder = tempfile::tempdir().unwrap();
        train(TrainSettings { seed, augment: Augment::default(), ..settings(1) }, folder.path());
        bytes(folder.path(), 1)
    });
    assert!(a != b);
}

#[test]
fn an_interrupted_run_keeps_its_last_epoch() {
    let [stopped, whole] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (train_set, test) = images();
    let flag = AtomicBool::new(false);
    let mut hear = |event| {
        if matches!(event, TrainEvent::Batch { epoch: 2, batch: 2, .. }) {
            flag.store(true, Ordering::Relaxed);
        }
    };
    let trainer = Trainer::new(&train_set, &test, settings(3)).unwrap();
    let error = trainer.train(&spec(), stopped.path(), &mut hear, &flag).unwrap_err();
    assert!(error.is_interrupted());
    let epochs: Vec<usize> =
        list_checkpoints(stopped.path()).unwrap().iter().map(|(epoch, _)| *epoch).collect();
    assert_eq!(epochs, [0, 1]);
    resume(settings(3), stopped.path()).unwrap();
    train(settings(3), whole.path());
    assert!(bytes(whole.path(), 3) == bytes(stopped.path(), 3));
}

#[test]
fn a_loaded_network_is_the_saved_one() {
    let folder = tempfile::tempdir().unwrap();
    let trained = train(settings(1), folder.path());
    let loaded = Checkpoint::load(&checkpoint_path(folder.path(), 1)).unwrap();
    assert_eq!(loaded.card, trained.card);
    let (_, test) = images();
    let batch = test.batch(&[0, 1, 2], &loaded.card.normalization).unwrap();
    assert_eq!(loaded.model.forward(&batch, &[]).unwrap(), trained.model.forward(&batch, &[]).unwrap());
    let measured = accuracy(&loaded.model, &test, &loaded.card.normalization).unwrap();
    assert!((measured - loaded.card.test_accuracy).abs() < 1e-12);
    let untrained = Checkpoint::load(&checkpoint_path(folder.path(), 0)).unwrap();
    assert_eq!((untrained.card.epoch, untrained.card.train_loss), (0, None));
}

#[test]
fn weights_are_stored_in_the_order_of_pytorch() {
    let folder = tempfile::tempdir().unwrap();
    train(settings(1), folder.path());
    let content = bytes(folder.path(), 0);
    let file = safetensors::SafeTensors::deserialize(&content).unwrap();
    assert_eq!(file.tensor("stem.conv.weight").unwrap().shape(), [4, 1, 3, 3]);
    assert_eq!(file.tensor("output.weight").unwrap().shape(), [10, 16]);
    assert_eq!(file.tensor("block1.norm1.running_var").unwrap().shape(), [4]);
}

#[test]
fn damaged_and_foreign_checkpoints_are_named() {
    let folder = tempfile::tempdir().unwrap();
    train(settings(1), folder.path());
    let path = checkpoint_path(folder.path(), 1);
    let (weights, card) =
        (std::fs::read(&path).unwrap(), std::fs::read(path.with_extension("json")).unwrap());
    let fails = |weights: &[u8], card: &str, words: &[&str]| {
        let message =
            Checkpoint::from_bytes("a.safetensors", weights, card.as_bytes()).unwrap_err().to_string();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    let card = String::from_utf8(card).unwrap();
    fails(&weights[..weights.len() - 1], &card, &["a.safetensors", "truncated"]);
    fails(&weights[..4], &card, &["a.safetensors"]);
    fails(b"not a file of tensors", &card, &["a.safetensors"]);
    fails(&weights, "{}", &["a.json"]);
    fails(&weights, &card.replace("checkpoint/1", "checkpoint/9"), &["a.json", "checkpoint/9"]);
    fails(&weights, &card.replace("resnet8", "resnet20"), &["a.safetensors", "block2.conv1.weight"]);
    fails(&weights, &card.replace("resnet8", "small-cnn"), &["a.safetensors", "block1.conv.weight"]);
    fails(
        &weights,
        &card.replace("\"width\": 4", "\"width\": 5"),
        &["stem.conv.weight", "[4, 1, 3, 3]", "[5, 1, 3, 3]"],
    );
    fails(&weights, &card.replace("\"width\": 4", "\"width\": 400000"), &["width"]);
    let last = weights.len() - 4;
    let mut poisoned = weights.clone();
    poisoned[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    fails(&poisoned, &card, &["NaN"]);
    assert!(
        Checkpoint::load(&folder.path().join("gone.safetensors")).unwrap_err().to_string().contains("gone")
    );
}

#[test]
fn only_complete_checkpoints_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    assert!(list_checkpoints(&folder.path().join("missing")).unwrap().is_empty());
    train(settings(1), folder.path());
    std::fs::write(checkpoint_path(folder.path(), 2), "half written").unwrap();
    std::fs::write(folder.path().join("epoch-x.safetensors"), "").unwrap();
    let listed = list_checkpoints(folder.path()).unwrap();
    assert_eq!(listed.iter().map(|(epoch, _)| *epoch).collect::<Vec<_>>(), [0, 1]);
    train(settings(0), folder.path());
    assert_eq!(list_checkpoints(folder.path()).unwrap().len(), 1);
}

#[test]
fn resuming_with_other_settings_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(resume(settings(1), folder.path()).unwrap_err().to_string().contains("no checkpoint"));
    train(settings(1), folder.path());
    for (other, word) in [
        (TrainSettings { batch_size: 31, ..settings(2) }, "batch_size"),
        (TrainSettings { optimizer: OptimizerSettings::adam(0.5), ..settings(2) }, "optimizer"),
        (TrainSettings { augment: Augment::default(), ..settings(2) }, "augment"),
        (TrainSettings { seed: 9, ..settings(2) }, "seed"),
        (TrainSettings { label_smoothing: 0.1, ..settings(2) }, "label_smoothing"),
        (TrainSettings { random_labels: 1.0, ..settings(2) }, "random_labels"),
        (TrainSettings { validation: 0.5, ..settings(2) }, "validation"),
        (TrainSettings { validation: 0.5, patience: Some(1), ..settings(2) }, "validation"),
        (
            TrainSettings { schedule: Schedule { warmup_epochs: 1, ..Schedule::default() }, ..settings(2) },
            "schedule",
        ),
    ] {
        let message = resume(other, folder.path()).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
}

/// The end of a half cosine belongs to its epochs: more of them would be another run.
#[test]
fn a_cosine_is_not_drawn_out() {
    let folder = tempfile::tempdir().unwrap();
    let cosine = Schedule { warmup_epochs: 0, decay: Decay::Cosine };
    let with = |epochs| TrainSettings { schedule: cosine.clone(), ..settings(epochs) };
    train(with(1), folder.path());
    let message = resume(with(2), folder.path()).unwrap_err().to_string();
    assert!(message.contains("`epochs`") && message.contains("cosine"), "{message}");
}

#[test]
fn patience_ends_at_the_epochs_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    // Labels drawn at random: what is learnt from them soon makes the validation loss worse.
    let settings = TrainSettings {
        optimizer: OptimizerSettings::adam(0.01),
        random_labels: 1.0,
        validation: 0.3,
        patience: Some(2),
        ..settings(40)
    };
    let (train, test) = images();
    let mut stopped = None;
    let mut losses = Vec::new();
    let mut hear = |event| match event {
        TrainEvent::Epoch { card, .. } => losses.extend(card.validation.map(|validation| validation.loss)),
        TrainEvent::StoppedEarly { epoch, best_epoch } => stopped = Some((epoch, best_epoch)),
        _ => {}
    };
    let trainer = Trainer::new(&train, &test, settings).unwrap();
    let last = trainer.train(&spec(), folder.path(), &mut hear, &AtomicBool::new(false)).unwrap();
    let (epoch, best_epoch) = stopped.unwrap();
    assert_eq!((epoch, last.card.epoch), (best_epoch + 2, losses.len()));
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((losses[best_epoch - 1] / least - 1.0).abs() < 1e-3, "{losses:?}");
    let again = trainer.resume(folder.path(), &mut |_| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!(again.card, last.card);
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let (train, test) = images();
    let bad = |settings| Trainer::new(&train, &test, settings).unwrap_err().to_string();
    assert!(bad(TrainSettings { batch_size: 0, ..settings(1) }).contains("batch_size"));
    assert!(
        bad(TrainSettings { optimizer: OptimizerSettings::sgd(-1.0), ..settings(1) })
            .contains("learning_rate")
    );
    assert!(bad(TrainSettings { label_smoothing: 1.0, ..settings(1) }).contains("label_smoothing"));
    assert!(bad(TrainSettings { random_labels: f64::NAN, ..settings(1) }).contains("random_labels"));
    assert!(bad(TrainSettings { validation: 1e-6, ..settings(1) }).contains("validation"));
    assert!(bad(TrainSettings { validation: -0.1, ..settings(1) }).contains("validation"));
    assert!(bad(TrainSettings { patience: Some(3), ..settings(1) }).contains("patience"));
    let names = (0..10).map(|class| class.to_string()).collect();
    let other = Dataset::new("other", [2, 2, 1], vec![0, 1, 2, 3], vec![0], names).unwrap();
    let message = Trainer::new(&train, &other, settings(1)).unwrap_err().to_string();
    assert!(message.contains("image shape"), "{message}");
    let trainer = Trainer::new(&train, &test, settings(1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |spec: ModelSpec| {
        trainer.train(&spec, folder.path(), &mut |_| {}, &AtomicBool::new(false)).unwrap_err()
    };
    assert!(run(ModelSpec { n_classes: 3, ..spec() }).to_string().contains("n_classes"));
    assert!(run(ModelSpec { input_shape: [8, 8, 1], ..spec() }).to_string().contains("input_shape"));
    let huge = TrainSettings { optimizer: OptimizerSettings::sgd(1e30), ..settings(2) };
    let trainer = Trainer::new(&train, &test, huge).unwrap();
    let error = trainer.train(&spec(), folder.path(), &mut |_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(error.to_string().contains("smaller learning rate"), "{error}");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let trainer = Trainer::new(&train, &test, settings(1)).unwrap();
    let error =
        trainer.train(&spec(), &file.join("below"), &mut |_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(error.to_string().contains("below"), "{error}");
}

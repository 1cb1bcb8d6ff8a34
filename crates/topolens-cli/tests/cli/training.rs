//! `topolens train`: settings from flags and files, what is written, and what happens when it is stopped.

use serde_json::Value;

use crate::bench::Bench;

const QUICK: &str = "train --net small-cnn --width 4 --limit 200 --batch-size 50";

fn weights(bench: &Bench, run: &str, epoch: usize) -> Vec<u8> {
    std::fs::read(bench.path(run).join(format!("checkpoints/epoch-{epoch:04}.safetensors"))).unwrap()
}

#[test]
fn a_file_of_settings_is_the_same_as_its_flags() {
    let bench = Bench::new();
    let text = "net = 'small-cnn'\nwidth = 4\nlimit = 200\nbatch-size = 50\nepochs = 2\nschedule = 'cosine'\nwarmup = 1\n\
        label-smoothing = 0.1\naugment = ['flip', 'rotate=10']\nvalidation = 0.2\nout = 'file'\ntensorboard = true\n";
    bench.file("run.toml", text);
    let from_file = bench.json("train --config run.toml");
    let flags =
        "--schedule cosine --warmup 1 --label-smoothing 0.1 --augment flip,rotate=10 --validation 0.2";
    let from_flags = bench.json(&format!("{QUICK} --epochs 2 {flags} --out flags"));
    assert_eq!(from_file["card"], from_flags["card"]);
    assert!(weights(&bench, "file", 2) == weights(&bench, "flags", 2));
    assert!(bench.path("file/events.out.tfevents.topolens").is_file());
    assert!(!bench.path("flags/events.out.tfevents.topolens").exists());
    let again = bench.json("train --config run.toml --seed 7 --out other");
    assert_eq!(again["card"]["settings"]["seed"], 7);
    let lines = std::fs::read_to_string(bench.path("flags/metrics.jsonl")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["epoch"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(lines[2]["validation_loss"].is_number() && lines[2]["learning_rate"].is_number());
}

#[test]
fn settings_that_cannot_work_are_named() {
    let bench = Bench::new();
    bench.file("unknown.toml", "nett = 'resnet8'").file("broken.toml", "net = ");
    assert!(bench.refused("train --config unknown.toml --out run").contains("--nett"));
    assert!(bench.refused("train --config broken.toml --out run").contains("broken.toml"));
    assert!(bench.refused("train --config missing.toml --out run").contains("missing.toml"));
    for (flags, word) in [
        ("--schedule sometimes", "--schedule"),
        ("--label-smoothing 1.5", "--label-smoothing"),
        ("--validation 2", "--validation"),
        ("--random-labels=2", "--random-labels"),
        ("--augment blur", "--augment"),
        ("--augment rotate=1000", "--augment rotate"),
        ("--patience 0", "--patience"),
        ("--trajectory 0", "--trajectory"),
    ] {
        let message = bench.refused(&format!("{QUICK} {flags} --out run"));
        assert!(message.contains(word), "{flags}: {message}");
        assert!(!bench.path("run").exists(), "{flags}");
    }
}

#[test]
fn weights_from_elsewhere_are_where_training_starts() {
    let bench = Bench::new();
    bench.json(&format!("{QUICK} --epochs 1 --out first"));
    let file = "first/checkpoints/epoch-0001.safetensors";
    let imported = bench.json(&format!("{QUICK} --weights {file} --epochs 0 --out imported"));
    let first: Value =
        serde_json::from_slice(&std::fs::read(bench.path("first/checkpoints/epoch-0001.json")).unwrap())
            .unwrap();
    assert_eq!(imported["card"]["test_accuracy"], first["test_accuracy"]);
    let message = bench.refused(&format!("train --net resnet8 --limit 200 --weights {file} --out other"));
    assert!(message.contains("--weights") && message.contains("modules"), "{message}");
    assert!(!bench.path("other").exists());
}

#[test]
fn the_path_of_the_weights_is_a_cloud() {
    let bench = Bench::new();
    bench.json(&format!(
        "{QUICK} --epochs 3 --trajectory 10 --trajectory-dimension 40 --checkpoints 0 --out run"
    ));
    let document = bench.json("dimension run/trajectory.npy --estimator two-nn");
    assert_eq!((&document["n_points"], &document["n_features"]), (&10.into(), &40.into()));
    let kept = std::fs::read_dir(bench.path("run/checkpoints")).unwrap().count();
    assert_eq!(kept, 4, "two files of epoch 0 and of the last");
}

#[test]
#[cfg(unix)]
fn a_killed_training_loses_at_most_its_epoch() {
    let bench = Bench::new();
    bench.json(&format!("{QUICK} --epochs 30 --out whole"));
    for (signal, code) in [("-KILL", None), ("-TERM", Some(130))] {
        let mut training = bench.start(&format!("{QUICK} --epochs 30 --out run --overwrite"));
        while !bench.path("run/checkpoints/epoch-0002.json").exists() {
            assert!(training.try_wait().unwrap().is_none(), "ended early");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let killed = std::process::Command::new("kill").args([signal, &training.id().to_string()]).status();
        assert!(killed.unwrap().success());
        assert_eq!(training.wait().unwrap().code(), code, "{signal}");
        let resumed = bench.json("train --resume --epochs 30 --out run");
        assert_eq!(resumed["card"]["epoch"], 30);
        assert!(weights(&bench, "run", 30) == weights(&bench, "whole", 30), "{signal}");
        let lines = std::fs::read_to_string(bench.path("run/metrics.jsonl")).unwrap();
        assert_eq!(lines.lines().count(), 31, "{signal}");
        std::fs::remove_dir_all(bench.path("run")).unwrap();
    }
}

/// A limit of the size of files stands for a disk without room: writing fails half-way in either case.
#[test]
#[cfg(unix)]
fn a_full_disk_loses_nothing_that_was_written() {
    let bench = Bench::new();
    bench.json(&format!("{QUICK} --epochs 2 --out run"));
    bench.json(&format!("{QUICK} --epochs 3 --out whole"));
    let script = format!(
        "trap '' XFSZ; ulimit -f 4; exec {} train --resume --epochs 3 --out run",
        env!("CARGO_BIN_EXE_topolens")
    );
    let mut command = std::process::Command::new("sh");
    let output = command.args(["-c", &script]).current_dir(bench.path("")).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("cannot write") && message.contains("epoch-0003"), "{message}");
    let names: Vec<String> = std::fs::read_dir(bench.path("run/checkpoints"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
    bench.json("train --resume --epochs 3 --out run");
    assert!(weights(&bench, "run", 3) == weights(&bench, "whole", 3));
}

#[test]
fn a_damaged_checkpoint_says_what_to_remove() {
    let bench = Bench::new();
    bench.json(&format!("{QUICK} --epochs 2 --out run"));
    let content = weights(&bench, "run", 2);
    bench.file("run/checkpoints/epoch-0002.safetensors", &content[..content.len() / 2]);
    let message = bench.refused("train --resume --epochs 3 --out run");
    assert!(message.contains("epoch-0002.safetensors") && message.contains("remove"), "{message}");
}

/// Every family, on images that it can learn by heart; run by `cargo xtask nightly`.
#[test]
#[ignore = "takes half an hour: cargo xtask nightly"]
fn every_family_learns_two_thousand_images() {
    let bench = Bench::new();
    for (net, flags) in [
        ("small-cnn", ""),
        ("resnet8", ""),
        ("preresnet8", ""),
        ("se-resnet8", ""),
        ("plain8", ""),
        ("vgg6", "--width 32"),
        ("vgg11", "--width 16"),
        ("mobilenetv2", "--width 16"),
        ("mobilefacenet", "--width 32"),
        ("lenet", ""),
        ("mlp3", ""),
        ("convmixer4", "--width 128"),
        ("vit4", "--width 128 --optimizer adamw --warmup 2"),
    ] {
        let line =
            format!("train --net {net} {flags} --limit 2000 --batch-size 64 --epochs 40 --schedule cosine");
        let trained = bench.json(&format!("{line} --checkpoints 0 --out {net}"));
        let accuracy = trained["card"]["train_accuracy"].as_f64().unwrap();
        assert!(accuracy >= 0.95, "{net}: {accuracy}");
    }
}

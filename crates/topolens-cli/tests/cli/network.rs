//! `topolens train`, `profile`, `demo` and `data` on the embedded images.

use serde_json::Value;

use crate::bench::Bench;

const QUICK: &str = "train --net small-cnn --limit 200 --epochs 2 --batch-size 50 --out run";

fn rows(document: &Value) -> &Vec<Value> {
    document["rows"].as_array().unwrap()
}

#[test]
fn train_then_profile_writes_a_run_that_can_be_read() {
    let bench = Bench::new();
    let trained = bench.json(QUICK);
    assert_eq!(trained["card"]["epoch"], 2);
    for epoch in 0..=2 {
        assert!(bench.path(&format!("run/checkpoints/epoch-{epoch:04}.safetensors")).is_file());
    }
    let document = bench.json("profile run --points 100 --epochs 0,2");
    assert_eq!(document["schema"], "topolens.profile/1");
    let stored: Value =
        serde_json::from_slice(&std::fs::read(bench.path("run/profile.json")).unwrap()).unwrap();
    assert_eq!(stored, document);
    for file in ["report.html", "profile.parquet", "diagrams.json"] {
        assert!(bench.path("run").join(file).metadata().unwrap().len() > 1000, "{file}");
    }
    assert!(std::fs::read_dir(bench.path("run/figures")).unwrap().count() >= 2);
    let page = std::fs::read_to_string(bench.path("run/report.html")).unwrap();
    assert!(page.contains("id=\"loops\"") && page.contains("data-name=\"loops-block1-epoch-2\""));
    assert!(page.contains("<image ") && !page.contains("data-name=\"loops-block1-epoch-0\""));
    let output = rows(&document).iter().rev().find(|row| row["descriptor"] == "lifespans-sum").unwrap();
    assert_eq!(
        (&output["depth"], &output["layer"], &output["epoch"]),
        (&1.0.into(), &"output".into(), &2.into())
    );
    for row in rows(&document) {
        assert!(row["value"].is_number() || row["reason"].is_string(), "{row}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let bench = Bench::new();
    let profile = |run: &str, threads: u8| {
        let train = QUICK.replace("--out run", &format!("--out {run} --threads {threads}"));
        assert_eq!(bench.run(&train).code, Some(0));
        let document = bench.json(&format!("profile {run} --points 60 --threads {threads}"));
        let weights = std::fs::read(bench.path(run).join("checkpoints/epoch-0002.safetensors")).unwrap();
        (document["rows"].clone(), weights)
    };
    assert_eq!(profile("one", 1), profile("two", 2));
}

#[test]
fn resume_goes_on_and_overwrite_starts_anew() {
    let bench = Bench::new();
    bench.json(QUICK);
    assert!(bench.refused(QUICK).contains("--resume"));
    let resumed = bench.json("train --out run --resume --epochs 3");
    assert_eq!(resumed["card"]["epoch"], 3);
    let straight = QUICK.replace("--epochs 2", "--epochs 3").replace("--out run", "--out straight");
    bench.json(&straight);
    let weights =
        |run: &str| std::fs::read(bench.path(run).join("checkpoints/epoch-0003.safetensors")).unwrap();
    assert_eq!(weights("run"), weights("straight"));
    let whole = weights("straight");
    for extension in ["safetensors", "json"] {
        std::fs::remove_file(bench.path(&format!("straight/checkpoints/epoch-0003.{extension}"))).unwrap();
    }
    // A run that is resumed knows how many epochs it has.
    assert_eq!(bench.json("train --out straight --resume")["card"]["epoch"], 3);
    assert_eq!(weights("straight"), whole);
    bench.json(&format!("{QUICK} --overwrite"));
    assert!(!bench.path("run/checkpoints/epoch-0003.safetensors").exists());
}

#[test]
fn a_truncated_checkpoint_is_named() {
    let bench = Bench::new();
    bench.json(QUICK);
    let path = bench.path("run/checkpoints/epoch-0002.safetensors");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(bench.refused("profile run").contains("epoch-0002.safetensors"));
    assert!(bench.refused("profile run --epochs 7").contains("epoch 7"));
    assert!(bench.refused("profile run --epochs first").contains("--epochs"));
    assert_eq!(bench.run("profile run --epochs 1 --points 60").code, Some(0));
}

#[test]
fn the_shipped_network_has_learned() {
    let document = Bench::new().json("profile --points 200 --layers block*,output --protocol global");
    let network = document["provenance"]["network"].as_str().unwrap();
    let accuracy: f64 = network.split("accuracy ").nth(1).unwrap().trim_end_matches(" %").parse().unwrap();
    assert!(accuracy > 80.0, "{network}");
    assert!(rows(&document).iter().all(|row| row["class"] == "global"));
}

#[test]
fn a_folder_of_pictures_is_a_data_set() {
    let bench = Bench::new();
    for (class, shade) in [("bright", 200_u8), ("dark", 20)] {
        std::fs::create_dir_all(bench.path("pictures").join(class)).unwrap();
        for picture in 0..6_u8 {
            let image =
                image::GrayImage::from_fn(16, 16, |x, y| image::Luma([shade + picture + (x * y % 7) as u8]));
            image.save(bench.path(&format!("pictures/{class}/{picture}.png"))).unwrap();
        }
    }
    let trained = bench.json("train --net small-cnn --data pictures --epochs 1 --batch-size 4 --out run");
    assert_eq!(trained["card"]["class_names"], serde_json::json!(["bright", "dark"]));
}

#[test]
fn data_lists_what_is_known() {
    let bench = Bench::new();
    let document = bench.json("data list");
    let names: Vec<&str> = document["data_sets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["fashion-mnist-6k", "fashion-mnist", "mnist", "cifar10", "orl"]);
    assert_eq!(bench.json("data verify embedded")["status"], "embedded");
    assert!(bench.refused("data verify cifar10").contains("topolens data fetch cifar10"));
}

#[test]
fn help_shows_examples() {
    for command in
        ["", "demo", "train", "profile", "diagram", "dimension", "compare", "verify", "selftest", "data"]
    {
        let said = Bench::new().run(&format!("{command} --help"));
        assert_eq!(said.code, Some(0));
        assert!(said.stdout.contains("topolens"), "{command}");
        assert!(command.is_empty() || said.stdout.contains("Examples:"), "{command}: {}", said.stdout);
    }
}

#[test]
fn a_demo_never_replaces_a_run_of_another_command() {
    let bench = Bench::new();
    let made = bench.run("train --net small-cnn --limit 60 --epochs 1 --out run");
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let before = std::fs::read(bench.path("run/checkpoints/epoch-0001.safetensors")).unwrap();
    assert!(bench.refused("demo --out run").contains("already holds a run"));
    assert_eq!(std::fs::read(bench.path("run/checkpoints/epoch-0001.safetensors")).unwrap(), before);
}

#[test]
fn a_new_run_takes_the_old_results_away() {
    let bench = Bench::new();
    bench.run("train --net small-cnn --limit 60 --epochs 1 --out run");
    bench.file("run/report.html", "old").file("run/figures/old.svg", "old").file("run/notes.txt", "mine");
    let again = bench.run("train --net small-cnn --limit 60 --epochs 1 --out run --overwrite");
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(!bench.path("run/report.html").exists() && !bench.path("run/figures").exists());
    assert!(bench.path("run/notes.txt").exists());
}

#[test]
fn settings_beside_resume_are_refused() {
    let bench = Bench::new();
    assert!(bench.refused("train --resume --net resnet8 --out run").contains("--net"));
    assert!(bench.refused("profile --epochs 3").contains("--epochs"));
}

#[test]
#[cfg(unix)]
fn an_interrupted_training_ends_with_130_and_keeps_its_checkpoints() {
    let bench = Bench::new();
    let mut training = bench.start("train --net small-cnn --limit 500 --epochs 1000 --out run");
    while !bench.path("run/checkpoints/epoch-0001.json").exists() {
        assert!(training.try_wait().unwrap().is_none(), "ended early");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let signal = std::process::Command::new("kill").args(["-INT", &training.id().to_string()]).status();
    assert!(signal.unwrap().success());
    let said = training.wait_with_output().unwrap();
    assert_eq!(said.status.code(), Some(130), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(bench.json("profile run --points 60")["rows"].is_array());
}

//! `topolens sweep`, `dynamics` and `generalize`: many networks, planned, trained, compared.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::bench::{Bench, ensure_described};

const SWEEP: &str = "title = 'small'\nstudy = 'STUDY'\n[train]\nnet = 'small-cnn'\nwidth = 4\nlimit = 200\ntest-limit = 100\n\
                     batch-size = 50\nepochs = 2\n[factors]\nlearning-rate = [0.001, 0.01, 0.05]\nseed = [0, 1]\n\
                     [profile]\ntraining-images = true\npoints = 60\nprotocol = 'global'\n";

fn sweep(study: &str) -> Bench {
    let bench = Bench::new();
    bench.file("sweep.toml", SWEEP.replace("STUDY", study));
    bench
}

fn tables(bench: &Bench, folder: &str) -> Vec<Vec<u8>> {
    let read = |name| fs::read(bench.path(folder).join(name)).unwrap();
    let mut tables = ["networks.csv", "profiles.csv"].map(read).to_vec();
    tables.push(without_origin(&String::from_utf8(read("report.html")).unwrap()));
    tables
}

/// The page without what is another in every run: the command, the time, and the word that is made of the page.
fn without_origin(page: &str) -> Vec<u8> {
    let is_same =
        |line: &&str| ["<dt>command<", "<dt>time<", "nonce"].iter().all(|word| !line.contains(word));
    page.lines().filter(is_same).collect::<Vec<&str>>().join("\n").into_bytes()
}

#[test]
fn a_sweep_stopped_and_gone_on_with_ends_in_the_same_tables() {
    let bench = sweep("layers");
    let whole = bench.json("sweep sweep.toml --out whole --jobs 2");
    assert_eq!(whole["networks"].as_array().unwrap().len(), 6);
    assert_eq!(whole["failed"].as_array().unwrap().len(), 0);
    ensure_described(&whole);
    for (round, pause) in [300, 900, 1500].into_iter().enumerate() {
        let mut child = Command::new(env!("CARGO_BIN_EXE_topolens"))
            .args(["sweep", "sweep.toml", "--out", "parts"])
            .current_dir(bench.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(round > 3 || bench.path("parts").exists() || pause < 1000);
    }
    bench.json("sweep sweep.toml --out parts --jobs 1");
    assert!(tables(&bench, "parts") == tables(&bench, "whole"));
    // A network that lacks its last epoch is trained on.
    let run = fs::read_dir(bench.path("parts/runs")).unwrap().next().unwrap().unwrap().path();
    let last = |end: &str| run.join(format!("checkpoints/epoch-0002.{end}"));
    for end in ["safetensors", "json"] {
        fs::remove_file(last(end)).unwrap();
    }
    bench.json("sweep sweep.toml --out parts");
    assert!(last("safetensors").is_file() && tables(&bench, "parts") == tables(&bench, "whole"));
    let csv = String::from_utf8(fs::read(bench.path("whole/networks.csv")).unwrap()).unwrap();
    assert!(
        csv.starts_with(
            "network,hp_learning_rate,seed,status,epoch,train_loss,train_error,test_error,reason\n"
        ),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 7);
}

#[test]
fn shards_share_the_work_and_the_whole_gathers_it() {
    let bench = sweep("dynamics");
    let first = bench.json("sweep sweep.toml --out parts --shard 1/2");
    assert_eq!(first["networks"].as_array().unwrap().len(), 3);
    let csv = String::from_utf8(fs::read(bench.path("parts/networks.csv")).unwrap()).unwrap();
    assert_eq!([",done,2,", ",waiting,,"].map(|word| csv.matches(word).count()), [3, 3], "{csv}");
    let all = bench.json("sweep sweep.toml --out parts --shard 2/2");
    assert_eq!(all["networks"].as_array().unwrap().len(), 6);
    let again = bench.json("sweep sweep.toml --out parts");
    assert_eq!(again["networks"], all["networks"]);
    let page = String::from_utf8(fs::read(bench.path("parts/report.html")).unwrap()).unwrap();
    assert!(page.contains("test accuracy") && page.contains("learning-rate 0.001"), "{}", &page[..2000]);
}

#[test]
fn a_network_that_fails_leaves_the_others_alone() {
    let bench = Bench::new();
    let text = SWEEP.replace("STUDY", "layers").replace("[0.001, 0.01, 0.05]", "[0.001, 1e30]");
    bench.file(
        "sweep.toml",
        text.replace("epochs = 2", "epochs = 2\noptimizer = 'sgd'").replace("[0, 1]", "[0]"),
    );
    let said = bench.run("sweep sweep.toml --out run");
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("failed") && said.stderr.contains("log.txt"), "{}", said.stderr);
    let csv = String::from_utf8(fs::read(bench.path("run/networks.csv")).unwrap()).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines.len() == 3 && lines[1].contains(",0,done,2,"), "{csv}");
    let reason = lines[2].split_once(",0,failed,,,,,").unwrap().1.trim_matches('"');
    assert!(!reason.is_empty() && said.stderr.contains(reason), "{csv}: {}", said.stderr);
    let page = String::from_utf8(fs::read(bench.path("run/report.html")).unwrap()).unwrap();
    let failed = page.split_once("Networks that failed").unwrap().1;
    assert!(failed.contains("<th scope=\"row\">learning-rate-1"), "{failed}");
    // Once only those are left that fail, they are counted and named as before.
    let again = bench.run("sweep sweep.toml --out run");
    assert!(again.stderr.contains("1 of 2 networks failed"), "{}", again.stderr);
    assert_eq!(fs::read(bench.path("run/networks.csv")).unwrap(), csv.as_bytes());
}

#[test]
fn plans_and_refusals_train_nothing() {
    let bench = sweep("layers");
    let plan = bench.json("sweep sweep.toml --out run --dry-run");
    ensure_described(&plan);
    assert_eq!(plan["networks"].as_array().unwrap().len(), 6);
    assert!(plan["seconds"].as_f64().unwrap() > 0.0 && plan["bytes"].as_u64().unwrap() > 0);
    assert!(!bench.path("run").exists());
    for (from, to, word) in [
        ("width = 4", "widht = 4", "widht"),
        ("learning-rate = [0.001, 0.01, 0.05]", "learning-rate = [0.1, 0.1]", "same settings"),
        ("learning-rate = [0.001, 0.01, 0.05]", "learning-rate = [1, 1.0]", "same settings"),
        ("limit = 200", "limit = 'many'", "many"),
        ("points = 60", "pionts = 60", "pionts"),
        ("epochs = 2", "epochs = 2\nout = 'x'", "out"),
        ("net = 'small-cnn'", "net = 'smal-cnn'", "smal-cnn"),
    ] {
        bench.file("bad.toml", SWEEP.replace("STUDY", "layers").replace(from, to));
        let message = bench.refused("sweep bad.toml --out run");
        assert!(message.contains(word), "{to}: {message}");
    }
    assert!(bench.refused("sweep paper-e9 --out run").contains("paper-e1"));
    assert!(bench.refused("sweep sweep.toml --out run --shard 3/2").contains("--shard"));
    assert!(bench.refused("sweep sweep.toml --out run --size quick").contains("--size"));
    bench.file("taken", "a file");
    for folder in ["/proc", "taken"] {
        let message = bench.refused(&format!("sweep sweep.toml --out {folder}"));
        assert!(
            message.contains(&format!("{folder}: cannot write")) && message.contains("another --out"),
            "{message}"
        );
    }
    bench.json("sweep sweep.toml --out run --shard 1/6");
    bench.file("other.toml", SWEEP.replace("STUDY", "layers").replace("epochs = 2", "epochs = 3"));
    assert!(bench.refused("sweep other.toml --out run").contains("another sweep"));
    for inside in ["run/runs/b", "run/../run/runs/b/c"] {
        assert!(bench.refused(&format!("sweep other.toml --out {inside}")).contains("outside of its runs/"));
    }
    assert!(!bench.path("run/runs/b").exists());
    // A file of settings beside a folder of runs is no sweep.
    fs::create_dir_all(bench.path("runs")).unwrap();
    assert!(bench.json("sweep sweep.toml --out runs/mine --dry-run")["networks"].is_array());
}

#[test]
fn runs_become_a_table_a_verdict_and_a_predictor() {
    let bench = sweep("generalization");
    bench.json("sweep sweep.toml --out runs");
    let found = bench.json("generalize runs --out found");
    assert_eq!(found["schema"], "topolens.generalization/1");
    ensure_described(&found);
    assert_eq!(found["n_networks"], 6);
    let measures = found["measures"].as_array().unwrap();
    for field in ["pearson", "spearman", "kendall"] {
        let has_interval = |measure: &Value| {
            let is_one = measure[field]["value"].as_f64().unwrap().abs() > 1.0 - 1e-12;
            ["lower", "upper"].iter().all(|end| measure[field][end].is_number() != is_one)
        };
        assert!(measures.iter().all(has_interval), "{field}: {measures:?}");
    }
    let names: Vec<&str> = measures.iter().filter_map(|measure| measure["measure"].as_str()).collect();
    assert!(
        names.contains(&"weight-norm") && names.contains(&"lifespans-sum-h0:global@last-hidden"),
        "{names:?}"
    );
    assert!(!found["verdict"].as_array().unwrap().is_empty());
    let again = bench.json("generalize found/measures.csv --out again");
    let raw = |value: &Value| {
        let mut all: Vec<String> = value["measures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|measure| format!("{} {}", measure["measure"], measure["pearson"]))
            .collect();
        all.sort();
        all
    };
    assert_eq!(raw(&again), raw(&found));
    let run = fs::read_dir(bench.path("runs/runs")).unwrap().next().unwrap().unwrap().file_name();
    let told = bench.json(&format!("generalize --predict runs/runs/{} --out found", run.to_str().unwrap()));
    ensure_described(&told);
    let predicted = told["networks"][0]["predicted"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&predicted));
    let other = bench.refused("generalize --predict runs --out found --points 50");
    assert!(other.contains("--points") && other.contains("60 points"), "{other}");
    bench.json("generalize --predict runs --out found --points 60");
    let other = bench.refused("generalize runs --out found --points 50");
    assert!(other.contains("on 60 points") && other.contains("leave --points out"), "{other}");
    bench.json("generalize runs --out found --points 60");
    assert!(bench.refused("generalize --predict runs --out nowhere").contains("predictor.json"));
    bench.file("found/predictor.json", "{");
    assert!(bench.refused("generalize --predict runs --out found").contains("predictor.json"));
    assert!(
        bench.path("found/report.html").is_file() && bench.path("found/figures/prediction.png").is_file()
    );
}

#[test]
fn paths_of_weights_of_many_runs_are_measures() {
    let bench = Bench::new();
    let text = SWEEP.replace("STUDY", "generalization").replace("epochs = 2", "epochs = 2\ntrajectory = 8");
    bench.file("sweep.toml", text.replace("batch-size = 50", "batch-size = 25"));
    bench.json("sweep sweep.toml --out runs");
    let names = |found: &Value| -> Vec<String> {
        let measures = found["measures"].as_array().unwrap().iter();
        measures.map(|measure| measure["measure"].as_str().unwrap().to_owned()).collect()
    };
    let found = bench.json("generalize runs --out found");
    let sum =
        found["measures"].as_array().unwrap().iter().find(|m| m["measure"] == "weight-path-lifespans-sum");
    let sum = sum.unwrap_or_else(|| panic!("{:?}", names(&found)));
    assert!(sum["kind"] == "descriptor" && sum["gap"]["spearman"]["value"].is_number(), "{sum}");
    assert!(names(&found).contains(&"weight-path-positive-magnitude".to_owned()));
    // Eight iterates are too few for a dimension.
    assert!(!names(&found).contains(&"weight-path-ph-dimension".to_owned()));
    let csv = String::from_utf8(fs::read(bench.path("found/measures.csv")).unwrap()).unwrap();
    assert!(csv.contains("weight-path-ph-dimension"), "{}", csv.lines().next().unwrap());
    let other = "train --net small-cnn --width 4 --limit 200 --test-limit 100 --batch-size 25 --epochs 2 --trajectory 14 --out other";
    bench.json(other);
    bench.json("profile other --training-images --points 60 --protocol global");
    let said = bench.run("generalize runs other --out found --json");
    let found: Value = serde_json::from_str(&said.stdout).unwrap();
    assert!(said.stderr.contains("different numbers of iterates"), "{}", said.stderr);
    assert!(names(&found).iter().all(|name| !name.starts_with("weight-path")));
}

#[test]
fn a_correlation_of_one_has_no_interval() {
    let bench = Bench::new();
    let error = [0.1, 0.15, 0.3, 0.2, 0.25, 0.12];
    let rows = error.map(|error: f64| format!("{error},{},{}\n", error.exp(), (40.0 * error).sin()));
    bench.file("measures.csv", format!("test_error,monotone,other\n{}", rows.concat()));
    let found = bench.json("generalize measures.csv --out found");
    let measures = found["measures"].as_array().unwrap();
    let of = |name| &measures.iter().find(|measure| measure["measure"] == name).unwrap()["spearman"];
    assert!((of("monotone")["value"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    assert!(of("monotone")["lower"].is_null() && of("monotone")["upper"].is_null(), "{found}");
    assert!(of("other")["lower"].is_number());
    let said = bench.run("generalize measures.csv --out found");
    let page = String::from_utf8(fs::read(bench.path("found/report.html")).unwrap()).unwrap();
    for told in [said.stdout, page] {
        // On the page the word is a link to its meaning.
        assert!(
            told.replace("</a>", "").contains("Spearman 1.00; after")
                || told.contains(">Spearman</a> 1.00; after"),
            "{told}"
        );
    }
}

#[test]
fn descriptors_of_test_images_are_refused() {
    let bench = sweep("generalization");
    bench.json("sweep sweep.toml --out runs");
    let run = fs::read_dir(bench.path("runs/runs")).unwrap().next().unwrap().unwrap().file_name();
    let run = format!("runs/runs/{}", run.to_str().unwrap());
    bench.json(&format!("profile {run} --points 60 --protocol global"));
    let message = bench.refused("generalize runs --out found");
    assert!(message.contains("training") && message.contains("--allow-test-data"), "{message}");
    bench.json("generalize runs --out found --allow-test-data");
    bench.json(&format!("profile {run} --training-images --points 50 --protocol global"));
    let message = bench.refused("generalize runs --out found");
    assert!(message.contains("points"), "{message}");
}

#[test]
fn a_run_has_dynamics_and_a_path_of_weights() {
    let bench = Bench::new();
    bench.json(
        "train --net small-cnn --width 4 --limit 200 --batch-size 20 --epochs 3 --trajectory 30 --out run",
    );
    let profile = bench.json("profile run --training-images --points 60 --protocol global --out profile");
    let data = profile["provenance"]["data"]["name"].as_str().unwrap();
    assert!(data.contains(":train, the first 200"), "{data}");
    let found = bench.json("dynamics run --points 60 --protocol global");
    assert_eq!(found["schema"], "topolens.dynamics/1");
    ensure_described(&found);
    let page = String::from_utf8(fs::read(bench.path("run/dynamics/report.html")).unwrap()).unwrap();
    let heading = page.split_once("<h1>").unwrap().1.split_once("</h1>").unwrap().0;
    assert!(heading.starts_with("run: small-cnn") && heading.contains("epochs 0, 1, 2, 3"), "{heading}");
    assert_eq!(found["accuracies"].as_array().unwrap().len(), 4);
    assert_eq!(found["weights"]["iterates"], 30.0);
    assert!(found["weights"]["E0"].as_f64().unwrap() > 0.0);
    for file in ["report.html", "dynamics.json", "profile.csv", "figures/01-e0.svg", "figures/01-map-e0.png"]
    {
        assert!(bench.path("run/dynamics").join(file).is_file(), "{file}");
    }
    let checkpoints = ["epoch-0000", "epoch-0003"].map(|name| format!("run/checkpoints/{name}.safetensors"));
    let steps =
        bench.json(&format!("dynamics {} --points 60 --protocol global --out steps", checkpoints.join(" ")));
    let network = steps["provenance"]["network"].as_str().unwrap();
    assert!(
        network.starts_with("2 steps") && network.contains("epoch 0") && network.contains("epoch 3"),
        "{network}"
    );
    let rows = steps["rows"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["epoch"] == 0) && rows.iter().any(|row| row["epoch"] == 3));
    assert!(bench.refused("dynamics nowhere").contains("nowhere"));
}

//! `topolens show`, and the files that results are written into.

use serde_json::Value;
use topolens_lab::input::{Layout, SavedActivations};
use topolens_nn::tap::Readout;

use crate::bench::{Bench, testdata};

fn profiled() -> Bench {
    let bench = Bench::new();
    let activations = testdata("activations/stored.npz").display().to_string();
    bench.run(&format!("profile {activations} --layers block2,output --out results"));
    bench
}

#[test]
fn results_are_printed_again_as_they_were() {
    let bench = Bench::new();
    let activations = testdata("activations/stored.npz").display().to_string();
    let first = bench.run(&format!("profile {activations} --out results"));
    let again = bench.run("show results");
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    let (tables, _) = first.stdout.split_once("\nwritten:").unwrap();
    assert_eq!(again.stdout.trim_end(), tables.trim_end());
    assert!(again.stderr.contains("warning"));
    let stored: Value =
        serde_json::from_slice(&std::fs::read(bench.path("results/profile.json")).unwrap()).unwrap();
    assert_eq!(bench.json("show results"), stored);
}

#[test]
fn what_is_no_run_is_refused() {
    let bench = Bench::new();
    assert!(bench.refused("show nowhere").contains("profile.json"));
    bench.file("a/profile.json", "{}");
    assert!(bench.refused("show a").contains("holds no results"));
    bench.file("a/profile.json", r#"{"schema": "other", "provenance": {}, "warnings": [], "rows": []}"#);
    assert!(bench.refused("show a").contains("holds no results"));
}

#[test]
fn the_table_is_also_text() {
    let bench = profiled();
    let text = std::fs::read_to_string(bench.path("results/profile.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert_eq!((&header[0], &header[7], &header[13]), ("layer", "value", "stamp"));
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let document = bench.json("show results");
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(records.len(), rows.len());
    for (record, row) in records.iter().zip(rows) {
        assert_eq!(record[5], *row["descriptor"].as_str().unwrap());
        assert_eq!(record[7].parse::<f64>().ok(), row["value"].as_f64());
        assert!(record[13].starts_with("topolens ") && record[13].contains("seed 0"));
    }
}

#[test]
fn diagrams_are_matrices_of_births_and_deaths() {
    let bench = profiled();
    let diagrams = SavedActivations::open(&bench.path("results/diagrams.npz"), None, &[]);
    // Diagrams have as many rows as they like, so that they are no layers of the same samples.
    assert!(diagrams.unwrap_err().to_string().contains("must be the same sample"));
    let document: Value =
        serde_json::from_slice(&std::fs::read(bench.path("results/diagrams.json")).unwrap()).unwrap();
    let listed = &document["layers"][0];
    assert_eq!(listed["layer"], "block2");
    let archive = std::fs::File::open(bench.path("results/diagrams.npz")).unwrap();
    let mut archive = zip::ZipArchive::new(archive).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(
        names,
        ["provenance.json", "block2/H0.npy", "block2/H1.npy", "output/H0.npy", "output/H1.npy"]
    );
    let path = bench.path("h0.npy");
    std::io::copy(&mut archive.by_name("block2/H0.npy").unwrap(), &mut std::fs::File::create(&path).unwrap())
        .unwrap();
    let saved = SavedActivations::open(&path, None, &[]).unwrap();
    let expected = listed["diagrams"][0]["intervals"].as_array().unwrap();
    assert_eq!(saved.layers[0].shape, [expected.len(), 2]);
    let finite: Vec<usize> = (0..expected.len()).filter(|at| !expected[*at][1].is_null()).collect();
    let cloud = saved.layers[0].cloud::<f64>(&finite, Readout::Flatten, Layout::ChannelsLast).unwrap();
    for (row, at) in cloud.values().chunks(2).zip(&finite) {
        let interval = serde_json::json!(row);
        assert_eq!(&interval, &expected[*at]);
    }
    assert!(bench.path("results/figures/e0.pdf").exists());
}

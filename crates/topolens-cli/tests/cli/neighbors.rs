//! `topolens neighbors`.

use crate::bench::{Bench, testdata};

/// 1000 points of 200 features.
fn wide(bench: &Bench) {
    let rows: Vec<Vec<f64>> = (0..1000)
        .map(|row| {
            (0..200).map(|column| (f64::from(row) * 0.37 + f64::from(row * column) * 0.11).sin()).collect()
        })
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    bench.npy("wide.npy", &rows);
}

#[test]
fn a_file_that_does_not_fit_gives_the_same_neighbors() {
    let bench = Bench::new();
    wide(&bench);
    let whole = bench.json("neighbors wide.npy --neighbors 5 --distances a.npy --indices b.npy");
    let parts = bench
        .run("neighbors wide.npy --neighbors 5 --json --memory 3M --distances new/c.npy --indices d.npy");
    assert!(parts.stderr.contains("does not fit") && parts.stderr.contains("4 parts"), "{}", parts.stderr);
    assert_eq!(whole, serde_json::from_str::<serde_json::Value>(&parts.stdout).unwrap());
    for (one, other) in [("a.npy", "new/c.npy"), ("b.npy", "d.npy")] {
        assert_eq!(std::fs::read(bench.path(one)).unwrap(), std::fs::read(bench.path(other)).unwrap());
    }
    assert_eq!((whole["n_points"].as_u64(), whole["n_repeated"].as_u64()), (Some(1000), Some(0)));
    let dimension = bench.json("dimension wide.npy --estimator two-nn");
    assert_eq!(whole["estimates"][0]["value"], dimension["estimates"][0]["value"]);
    assert!(bench.refused("neighbors wide.npy --memory 3M --metric cosine").contains("--metric cosine"));
    assert!(bench.refused("neighbors wide.npy --memory 1M").contains("--memory"));
}

#[test]
fn what_cannot_be_done_is_said() {
    let bench = Bench::new();
    let points = testdata("intrinsic_dimension/cube5_in_20.npy");
    let refused = |rest: &str| bench.refused(&format!("neighbors {} {rest}", points.display()));
    assert!(refused("--neighbors 400").contains("400"));
    assert!(refused("--neighbors 0").contains("--neighbors"));
    assert!(refused("--distances a.npy --indices a.npy").contains("same file"));
    bench.npy("repeated.npy", &[&[0.0, 1.0], &[0.0, 1.0], &[2.0, 0.0], &[5.0, 5.0]]);
    let found = bench.json("neighbors repeated.npy --neighbors 2");
    assert_eq!(found["n_repeated"], 2);
}

//! `topolens dimension`.

use serde_json::Value;

use crate::bench::{Bench, testdata};

#[test]
fn scikit_dimension_agrees() {
    let text = std::fs::read(testdata("intrinsic_dimension/estimates.json")).unwrap();
    let reference: Value = serde_json::from_slice(&text).unwrap();
    for cloud in ["sphere10", "gauss20"] {
        let points = testdata(&format!("intrinsic_dimension/{cloud}.npy"));
        let found = Bench::new().json(&format!("dimension {} --estimator two-nn,mle", points.display()));
        assert_eq!(found["schema"], "topolens.dimension/1");
        for (at, name, key) in [(0, "two-nn", "TwoNN"), (1, "mle", "MLE_k20")] {
            let estimate = &found["estimates"][at];
            let expected = reference["clouds"][cloud]["estimates"][key].as_f64().unwrap();
            let value = estimate["value"].as_f64().unwrap();
            assert_eq!(estimate["estimator"], name);
            assert!((value / expected - 1.0).abs() < 1e-3, "{cloud} {name}: {value}, expected {expected}");
            assert!(estimate["standard_error"].as_f64().unwrap() > 0.0);
        }
    }
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let points = testdata("intrinsic_dimension/sphere10.npy");
    let line = |rest: &str| format!("dimension {} --estimator ph-dimension --json {rest}", points.display());
    let bench = Bench::new();
    assert_eq!(bench.run(&line("--threads 1")).stdout, bench.run(&line("--threads 2")).stdout);
    assert_ne!(bench.run(&line("--seed 1")).stdout, bench.run(&line("--seed 2")).stdout);
}

#[test]
fn an_estimator_that_is_undefined_leaves_the_others() {
    let bench = Bench::new();
    // Every point of a lattice has its two nearest neighbours equally far.
    let rows: Vec<[f64; 2]> = (0..64).map(|i| [f64::from(i % 8), f64::from(i / 8)]).collect();
    let rows: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
    bench.npy("lattice.npy", &rows);
    let document = bench.json("dimension lattice.npy");
    let estimates = document["estimates"].as_array().unwrap();
    assert!(estimates[0]["value"].is_null() && estimates[0]["reason"].as_str().unwrap().contains("two-nn"));
    assert!(estimates[1]["value"].as_f64().unwrap() > 1.0);
    assert!(bench.refused("dimension lattice.npy --estimator two-nn").contains("two-nn"));
}

#[test]
fn no_neighbors_is_said_as_such() {
    let bench = Bench::new();
    bench.npy("two.npy", &[&[0.0], &[1.0], &[3.0]]);
    assert!(bench.refused("dimension two.npy --estimator mle --neighbors 0").contains("--neighbors"));
}

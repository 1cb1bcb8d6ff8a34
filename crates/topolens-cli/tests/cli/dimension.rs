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

#[test]
fn every_estimator_is_listed_and_may_be_asked_for_at_once() {
    let bench = Bench::new();
    let listed = bench.json("dimension --list");
    let listed = listed["estimators"].as_array().unwrap();
    assert!(bench.run("dimension --list").stdout.contains("two-nn"));
    let points = testdata("intrinsic_dimension/sphere10.npy");
    let found = bench.json(&format!("dimension {} --estimator all", points.display()));
    let found = found["estimates"].as_array().unwrap();
    assert_eq!(found.len(), listed.len());
    assert!(found.iter().filter(|estimate| estimate["value"].is_null()).count() < 2);
    for (estimate, known) in found.iter().zip(listed) {
        assert_eq!(estimate["estimator"], known["estimator"]);
        let is_told = estimate["reason"].as_str().is_some_and(|reason| reason.contains("undefined"));
        assert!(estimate["value"].as_f64().is_some_and(|value| value >= 0.0) || is_told, "{estimate}");
    }
}

#[test]
fn values_at_points_are_a_column_each() {
    let bench = Bench::new();
    let points = testdata("intrinsic_dimension/sphere10.npy");
    let line = format!("dimension {} --estimator two-nn,mle --pointwise at.csv", points.display());
    assert_eq!(bench.run(&line).code, Some(0));
    let text = std::fs::read_to_string(bench.path("at.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines.len()), ("mle", 401));
    assert!(lines[1..].iter().all(|line| line.parse::<f64>().unwrap() > 1.0));
    let none = format!("dimension {} --estimator two-nn --pointwise at.csv", points.display());
    assert!(bench.refused(&none).contains("--pointwise"));
}

#[test]
fn dimension_over_scales_is_drawn() {
    let bench = Bench::new();
    let points = testdata("intrinsic_dimension/sphere10.npy");
    let line = format!("dimension {} --estimator gride --plot scales.svg --draw always", points.display());
    let said = bench.run(&line);
    assert!(said.stdout.contains("gride over scales") && said.stdout.contains('━'), "{}", said.stdout);
    assert!(std::fs::read_to_string(bench.path("scales.svg")).unwrap().contains("Intrinsic dimension"));
    let scales = bench.json(&format!("dimension {} --estimator gride", points.display()));
    let distances: Vec<f64> = scales["scales"]["gride"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scale| scale["distance"].as_f64().unwrap())
        .collect();
    assert!(distances.len() > 3 && distances.is_sorted(), "{distances:?}");
    let line = format!("dimension {} --estimator gride,mle --out found/d.json", points.display());
    assert_eq!(bench.run(&line).code, Some(0));
    let page = std::fs::read_to_string(bench.path("found/d.html")).unwrap();
    for part in
        ["of 2 estimators", "<figure data-name=\"scales\">", "<dt>sphere10.npy blake3</dt>", "<dt>time</dt>"]
    {
        assert!(page.contains(part), "{part}");
    }
    let without = format!("dimension {} --estimator mle --plot scales.svg", points.display());
    assert!(bench.refused(&without).contains("gride"));
}

#[test]
fn files_to_write_do_not_replace_the_points_or_each_other() {
    let bench = Bench::new();
    bench.npy("points.npy", &[&[0.0], &[1.0], &[3.0], &[3.5]]);
    assert!(bench.refused("dimension points.npy --out points.npy").contains("would replace the points"));
    assert!(bench.refused("dimension points.npy --out a.csv --pointwise a.csv").contains("same file"));
}

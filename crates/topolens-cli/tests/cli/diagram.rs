//! `topolens diagram`.

use serde_json::{Value, json};

use crate::bench::{Bench, testdata};

#[test]
fn triangle_by_hand() {
    let bench = Bench::new();
    bench.file("points.csv", "x,y\n0,0\n3,0\n3,4\n");
    let document = bench.json("diagram points.csv");
    assert_eq!(document["schema"], "topolens.diagram/1");
    assert_eq!(document["n_points"], 3);
    assert_eq!(document["diagrams"][0]["dimension"], 0);
    assert_eq!(document["diagrams"][0]["intervals"], json!([[0.0, 3.0], [0.0, 4.0], [0.0, null]]));
    assert_eq!(document["diagrams"][1], json!({ "dimension": 1, "intervals": [] }));
}

#[test]
fn square_has_one_loop_also_as_distances() {
    let bench = Bench::new();
    bench.npy("points.npy", &[&[0.0, 0.0], &[1.0, 0.0], &[1.0, 1.0], &[0.0, 1.0]]);
    let root = 2.0_f64.sqrt();
    bench.npy(
        "distances.npy",
        &[&[0.0, 1.0, root, 1.0], &[1.0, 0.0, 1.0, root], &[root, 1.0, 0.0, 1.0], &[1.0, root, 1.0, 0.0]],
    );
    let from_points = bench.json("diagram points.npy");
    assert_eq!(from_points["diagrams"][1]["intervals"], json!([[1.0, root]]));
    assert_eq!(from_points, bench.json("diagram distances.npy --metric precomputed"));
}

#[test]
fn reference_barcode_through_the_command() {
    let expected: Value =
        serde_json::from_slice(&std::fs::read(testdata("barcodes/sphere_n150_d3_h2_z2.json")).unwrap())
            .unwrap();
    let points = testdata("barcodes/sphere_n150_d3_h2_z2.npy");
    let found = Bench::new().json(&format!("diagram {} --max-homology-dimension 2", points.display()));
    for dimension in 0..3 {
        let pairs = |intervals: &Value| {
            let pair = |interval: &Value| {
                (interval[1].as_f64().unwrap_or(f64::INFINITY), interval[0].as_f64().unwrap())
            };
            let mut pairs: Vec<(f64, f64)> = intervals.as_array().unwrap().iter().map(pair).collect();
            pairs.sort_by(|a, b| a.partial_cmp(b).unwrap());
            pairs
        };
        let (ours, theirs) =
            (pairs(&found["diagrams"][dimension]["intervals"]), pairs(&expected["diagrams"][dimension]));
        assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(&theirs) {
            assert!((a.0 - b.0).abs() <= 1e-5 * b.0 || a.0.is_infinite() && b.0.is_infinite(), "{a:?} {b:?}");
            assert!((a.1 - b.1).abs() <= 1e-5 * b.1.max(1e-9), "{a:?} {b:?}");
        }
    }
}

#[test]
fn one_point_and_equal_points_have_one_essential_class() {
    let bench = Bench::new();
    bench.file("one.csv", "1,2\n").file("equal.csv", "1,2\n1,2\n1,2\n");
    for file in ["one.csv", "equal.csv"] {
        let document = bench.json(&format!("diagram {file}"));
        assert_eq!(document["diagrams"][0]["intervals"], json!([[0.0, null]]));
        assert_eq!(document["diagrams"][1]["intervals"], json!([]));
    }
}

#[test]
fn a_constant_column_changes_nothing() {
    let bench = Bench::new();
    bench.file("plain.csv", "0,0\n1,2\n4,1\n3,3\n").file("constant.csv", "0,5,0\n1,5,2\n4,5,1\n3,5,3\n");
    assert_eq!(bench.json("diagram plain.csv"), bench.json("diagram constant.csv"));
}

#[test]
fn threads_do_not_change_a_bit_and_out_writes_the_same() {
    let bench = Bench::new();
    let points = testdata("barcodes/relu_n250_d64_h1_z2.npy");
    let one = bench.run(&format!("diagram {} --json --threads 1", points.display()));
    let two = bench.run(&format!("diagram {} --json --threads 2 --out two.json", points.display()));
    assert_eq!(one.stdout, two.stdout);
    assert_eq!(std::fs::read_to_string(bench.path("two.json")).unwrap(), one.stdout);
}

#[test]
fn components_alone_are_those_of_both_dimensions() {
    let bench = Bench::new();
    let rows: Vec<[f64; 2]> = (0..40).map(|i| [f64::from(i * i % 17), f64::from(i * 7 % 13)]).collect();
    let rows: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
    bench.npy("points.npy", &rows);
    for threshold in ["", " --threshold 2"] {
        let alone = bench.json(&format!("diagram points.npy --max-homology-dimension 0{threshold}"));
        let both = bench.json(&format!("diagram points.npy{threshold}"));
        assert_eq!(alone["diagrams"][0], both["diagrams"][0]);
    }
    bench.refused("diagram points.npy --max-homology-dimension 0 --threshold -1");
}

//! `topolens compare`.

use crate::bench::{Bench, testdata};

/// Rows of a spiral, turned and scaled by `factor`, and of its noise.
fn rows(n: u32, turn: f64, factor: f64) -> Vec<[f64; 3]> {
    let point = |at: u32| {
        let t = 0.37 * f64::from(at);
        let (x, y, z) = (t.sin() * (1.0 + 0.1 * t), (1.7 * t).cos(), (0.3 * t).sin());
        [factor * (turn.cos() * x - turn.sin() * y), factor * (turn.sin() * x + turn.cos() * y), factor * z]
    };
    (0..n).map(point).collect()
}

fn write(bench: &Bench, name: &str, rows: &[[f64; 3]]) {
    bench.file(&format!("{}/.keep", name.rsplit_once('/').map_or(".", |(folder, _)| folder)), "");
    bench.npy(name, &rows.iter().map(<[f64; 3]>::as_slice).collect::<Vec<_>>());
}

#[test]
fn a_turned_cloud_is_the_same_by_every_measure_that_says_so() {
    let bench = Bench::new();
    write(&bench, "a.npy", &rows(80, 0.0, 1.0));
    write(&bench, "b.npy", &rows(80, 0.9, 5.0));
    let found = bench.json("compare a.npy b.npy --measure cka-debiased,procrustes,rtd,neighborhood-overlap");
    assert_eq!(found["schema"], "topolens.comparison/1");
    let value = |at: usize| found["comparisons"][at]["value"].as_f64().unwrap();
    assert!((value(0) - 1.0).abs() < 1e-9 && value(1).abs() < 1e-9 && value(2).abs() < 1e-6);
    assert!((value(3) - 1.0).abs() < 1e-9);
    assert!(found["comparisons"][0]["p_value"].as_f64().unwrap() < 0.06);
    let said = bench.run("compare a.npy b.npy");
    assert!(said.code == Some(0) && said.stdout.contains("information-imbalance"), "{}", said.stdout);
}

#[test]
fn flags_of_images_are_refused_beside_files() {
    let bench = Bench::new();
    write(&bench, "a.npy", &rows(80, 0.0, 1.0));
    assert!(bench.refused("compare a.npy a.npy --points 40").contains("--points: all rows"));
    assert!(bench.refused("compare a.npy a.npy --data cifar10").contains("--data: saved activations"));
}

#[test]
fn folders_are_layers_in_the_order_of_their_numbers() {
    let bench = Bench::new();
    for (layer, n_turns) in [(2, 0.0), (10, 1.0)] {
        let shifted: Vec<[f64; 3]> = rows(60, 0.0, 1.0)
            .iter()
            .enumerate()
            .map(|(at, p)| [p[0], p[1], p[2] + n_turns * (at as f64 * f64::from(layer)).sin() * 3.0])
            .collect();
        write(&bench, &format!("a/layer{layer}.npy"), &shifted);
        write(&bench, &format!("b/layer{layer}.npy"), &shifted);
    }
    let found = bench.json("compare a b --plot cka.svg --out out/cka.json");
    assert_eq!(found["rows"]["layers"], serde_json::json!(["layer2", "layer10"]));
    assert_eq!(found["best_on_diagonal"], 2);
    assert!(std::fs::read_to_string(bench.path("cka.svg")).unwrap().contains("layer10"));
    assert!(bench.path("out/cka.json").exists());
    let page = std::fs::read_to_string(bench.path("out/cka.html")).unwrap();
    assert!(page.contains("2 of 2 layers are most alike") && page.contains("<dt>command</dt>"), "{page}");
    assert!(bench.refused("compare a b --out out/cka.html").contains("name the same file"));
    write(&bench, "one.npy", &rows(60, 0.0, 1.0));
    bench.json("compare one.npy one.npy --measure cka-debiased --out one.json");
    let page = std::fs::read_to_string(bench.path("one.html")).unwrap();
    assert!(page.contains("which chance does not reach") && page.contains("<dt>one.npy blake3</dt>"));
    assert!(bench.run("compare a").stdout.contains("2 of 2 layers"));
    assert!(bench.refused("compare a b --measure cka,rtd").contains("--measure"));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let bench = Bench::new();
    write(&bench, "a.npy", &rows(30, 0.0, 1.0));
    write(&bench, "few.npy", &rows(20, 0.0, 1.0));
    assert!(bench.refused("compare a.npy few.npy --measure cka").contains("30"));
    assert!(bench.refused("compare a.npy a.npy --measure cosine").contains("cka"));
    assert!(bench.refused("compare a.npy missing.npy").contains("missing.npy"));
    assert!(bench.refused("compare a.npy a.npy --plot p.svg --measure cka").contains("--plot"));
    assert!(bench.refused("compare a.npy few.npy --out a.npy").contains("would replace"));
    assert!(bench.run("compare --list").stdout.contains("procrustes"));
    let ball = testdata("intrinsic_dimension/ball5_in_10_n30.npy");
    let wide = bench.json(&format!("compare a.npy {}", ball.display()));
    let comparisons = wide["comparisons"].as_array().unwrap();
    assert!(comparisons.iter().any(|found| found["value"].is_null() && found["reason"].is_string()));
}

//! Activations that another program saved: `layers`, `profile` and `compare` of them.

use serde_json::Value;

use crate::bench::{Bench, testdata};

fn at(name: &str) -> String {
    testdata(&format!("activations/{name}")).display().to_string()
}

/// The value of a descriptor of each layer's global cloud.
fn values(profile: &Value, descriptor: &str) -> Vec<f64> {
    let rows = profile["rows"].as_array().unwrap().iter();
    let wanted = rows.filter(|row| {
        row["descriptor"] == descriptor && row["class"] == "global" && row["homology_dimension"] == 0
    });
    wanted.map(|row| row["value"].as_f64().unwrap()).collect()
}

#[test]
fn the_same_activations_give_the_same_profile_in_every_format() {
    let bench = Bench::new();
    let profile = |name: &str| {
        bench.json(&format!("profile {} --layers conv1,*block2,*block10,output --out {name}.out", at(name)))
    };
    let first = values(&profile("stored.npz"), "lifespans-sum");
    assert_eq!(first.len(), 4);
    for name in ["compressed.npz", "folder", "all.safetensors", "all.h5"] {
        assert_eq!(values(&profile(name), "lifespans-sum"), first, "{name}");
    }
    for file in ["report.html", "profile.parquet", "diagrams.json"] {
        assert!(bench.path("all.h5.out").join(file).exists());
    }
}

#[test]
fn clouds_are_kept_measured_again_and_never_written_over_what_is_none() {
    let bench = Bench::new();
    let first =
        bench.json(&format!("profile {} --layers conv1,output --keep-clouds --out a", at("stored.npz")));
    let again = bench.json("profile a/clouds.npz --out b");
    assert_eq!(values(&again, "lifespans-sum"), values(&first, "lifespans-sum"));
    assert!(!bench.path("b/clouds.npz").exists());
    assert!(bench.refused("compare a b").contains("a: holds results and no activations"));
    let own = bench.run("profile a/clouds.npz --keep-clouds --out a");
    assert!(own.code == Some(2) && own.stderr.contains("is what is measured"), "{}", own.stderr);
    std::fs::write(bench.path("b/clouds.npz"), "mine").unwrap();
    let refused = bench.run(&format!("profile {} --keep-clouds --out b", at("stored.npz")));
    assert!(refused.code == Some(2) && refused.stderr.contains("no archive of clouds"), "{}", refused.stderr);
    let without = bench.run(&format!("profile {} --layers conv1 --out a", at("stored.npz")));
    assert!(without.stderr.contains("clouds of an earlier profile"), "{}", without.stderr);
    assert!(!bench.path("a/clouds.npz").exists());
}

#[test]
fn layers_are_listed_and_what_is_none_is_told() {
    let bench = Bench::new();
    let listed = bench.json(&format!("layers {}", at("stored.npz")));
    let names: Vec<&str> =
        listed["layers"].as_array().unwrap().iter().map(|layer| layer["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["conv1", "block2", "block10", "output"]);
    assert_eq!(listed["layers"][0]["shape"], serde_json::json!([4, 5, 3]));
    let listed = bench.json(&format!("layers {} --layout nhwc", at("stored.npz")));
    assert_eq!(listed["layers"][0]["shape"], serde_json::json!([3, 4, 5]));
    assert!(
        bench.run(&format!("layers {}", at("stored.npz"))).stderr.contains("passed over epoch (shape [])")
    );
    let left =
        bench.json(&format!("profile {} --layers !*2 --layers !conv1,!block1? --out left", at("stored.npz")));
    assert!(left["rows"].as_array().unwrap().iter().all(|row| row["layer"] == "output"));
}

#[test]
fn a_layer_that_is_constant_but_for_rounding_has_no_shape() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("layers")).unwrap();
    // The number after 0.125, as a sum in another order gives it.
    let flat: String =
        (0..40).map(|i| if i % 3 == 0 { "0.125,0.5\n" } else { "0.12500000000000003,0.5\n" }).collect();
    bench.file("layers/flat.csv", flat);
    let wide: Vec<String> = (0..40).map(|i| format!("{},{}", i % 7, i % 11)).collect();
    bench.file("layers/wide.csv", wide.join("\n"));
    let profile = bench.json("profile layers --scaling none --out out");
    assert_eq!(values(&profile, "lifespans-sum")[..1], [0.0]);
    let of_flat = profile["rows"].as_array().unwrap().iter().filter(|row| row["layer"] == "flat");
    let dimensions: Vec<&Value> =
        of_flat.filter(|row| row["descriptor"] == "two-nn" || row["descriptor"] == "mle").collect();
    assert!(
        dimensions.len() == 2
            && dimensions.iter().all(|row| row["value"].is_null() && row["reason"].is_string())
    );
    let warned = profile["warnings"].as_array().unwrap().iter().any(|warning| {
        let warning = warning.as_str().unwrap();
        warning.contains("the same, but for rounding, in flat:")
    });
    assert!(warned, "{}", profile["warnings"]);
}

#[test]
fn more_samples_than_were_asked_for_are_told() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("layers")).unwrap();
    std::fs::copy(at("folder/block10.npy"), bench.path("layers/block10.npy")).unwrap();
    bench.file("names.txt", "a\nb\nc\nd\ne\nf\n".repeat(2));
    let said = bench.run("profile layers --labels names.txt --points 3");
    assert!(
        said.stderr.contains("6 samples are measured, not 3: as many of each of 6 classes"),
        "{}",
        said.stderr
    );
    let said = bench.run("profile layers --labels names.txt --points 6");
    assert!(!said.stderr.contains("samples are measured"), "{}", said.stderr);
}

#[test]
fn tokens_are_points_with_the_class_of_their_sample() {
    let bench = Bench::new();
    let tokens =
        bench.json(&format!("profile {} --layers block2 --readout tokens:4 --out out", at("stored.npz")));
    let classes: Vec<(&str, u64)> = tokens["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["descriptor"] == "lifespans-sum" && row["homology_dimension"] == 0)
        .filter_map(|row| Some((row["class"]["class"].as_str()?, row["n_points"].as_u64()?)))
        .collect();
    assert_eq!(classes, [("4", 16), ("5", 16), ("6", 16)]);
}

#[test]
fn sources_are_compared_with_each_other() {
    let bench = Bench::new();
    let (a, b) = (at("stored.npz"), at("all.safetensors"));
    let found = bench.json(&format!("compare {a} {b} --layers conv1,block2"));
    assert_eq!(found["rows"]["layers"], serde_json::json!(["conv1", "block2"]));
    assert!((found["values"][0][0].as_f64().unwrap() - 1.0).abs() < 1e-9);
    assert_eq!(found["best_on_diagonal"], 2);
}

#[test]
fn without_labels_there_is_one_cloud_and_a_hint() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("layers")).unwrap();
    std::fs::copy(at("folder/block10.npy"), bench.path("layers/block10.npy")).unwrap();
    let said = bench.run("profile layers --json");
    assert!(said.code == Some(0) && said.stderr.contains("--labels"), "{}", said.stderr);
    assert!(!said.stdout.contains("\"local\""));
    assert!(bench.refused("profile layers --protocol local").contains("--labels"));
    bench.file("names.txt", "a\nb\n".repeat(6));
    let said = bench.run("profile layers --labels names.txt --json");
    assert!(said.code == Some(0) && said.stdout.contains("\"class\":\"b\""), "{}", said.stderr);
    bench.file("few.txt", "a\nb\n");
    assert!(bench.refused("profile layers --labels few.txt").contains("has 2"));
}

#[test]
fn what_does_not_go_with_saved_activations_is_refused() {
    let bench = Bench::new();
    let activations = at("stored.npz");
    let refused = |flags: &str| bench.refused(&format!("profile {activations} {flags}"));
    assert!(refused("--data cifar10").contains("--data"));
    assert!(refused("--untrained 2").contains("--untrained"));
    assert!(refused("--training-images").contains("--training-images: saved activations"));
    assert!(
        bench.refused(&format!("dynamics {activations} --training-images")).contains("--training-images")
    );
    assert!(refused("--mean 0.5").contains("--mean"));
    assert!(refused("--points 13").contains("--points"));
    assert!(refused("--readout median").contains("tokens:N"));
    assert!(refused("--layers nothing*").contains("conv1, block2"));
    assert!(bench.refused("profile --labels a.npy").contains("only for saved activations"));
    assert!(bench.refused(&format!("profile {}", at("hostile/objects.npz"))).contains("pickle"));
    assert!(bench.refused(&format!("profile {}", at("hostile/claims.npy"))).contains("truncated"));
    bench.file("model.pth", "x");
    assert!(bench.refused("profile model.pth").contains("pickle"));
}

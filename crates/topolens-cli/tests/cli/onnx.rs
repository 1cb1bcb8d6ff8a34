//! Networks from ONNX files: `topolens layers`, `profile` and `compare`.

use std::path::{Path, PathBuf};

use crate::bench::Bench;

fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/onnx").join(name)
}

/// A workplace with `clothes.onnx`, which takes the embedded images.
fn bench() -> Bench {
    let bench = Bench::new();
    std::fs::copy(model("clothes.onnx"), bench.path("clothes.onnx")).unwrap();
    bench
}

#[test]
fn layers_have_names_shapes_and_depths() {
    let bench = bench();
    let document = bench.json("layers clothes.onnx");
    assert_eq!(document["schema"], "topolens.layers/1");
    let layers = document["layers"].as_array().unwrap();
    assert_eq!(layers[0]["shape"], serde_json::json!([13, 13, 4]));
    assert_eq!(layers[0]["kind"], "convolution");
    let last = layers.last().unwrap();
    assert_eq!((&last["shape"], &last["relative_depth"]), (&serde_json::json!([10]), &1.0.into()));
    assert_eq!(last["default"], true);
    assert!(bench.run("layers clothes.onnx").stdout.contains("* measured by default"));
    assert!(bench.json("layers")["layers"].as_array().unwrap().len() > 20);
}

#[test]
fn a_profile_states_what_the_network_takes_and_engines_agree() {
    let bench = bench();
    std::fs::write(bench.path("card.toml"), "mean = 127.5\nstd = [127.5]\nscale = 255\n").unwrap();
    let profile = |flags: &str| {
        bench.json(&format!(
            "profile clothes.onnx --data fashion-mnist-6k --points 100 --protocol global {flags}"
        ))
    };
    let by_flags = profile("--mean 0.5 --std 0.5 --out a");
    let by_card = profile("--config card.toml --engine rten --out b");
    assert!(by_flags["provenance"]["network"].as_str().unwrap().contains("clothes.onnx (tape engine)"));
    let rows = |document: &serde_json::Value| document["rows"].as_array().unwrap().clone();
    let [left, right] = [rows(&by_flags), rows(&by_card)];
    assert_eq!(left.len(), right.len());
    for (left, right) in left.iter().zip(&right).filter(|(row, _)| row["descriptor"] == "lifespans-sum") {
        let [a, b] = [left, right].map(|row| row["value"].as_f64().unwrap());
        assert!((a - b).abs() <= 1e-4 * a.abs(), "{left} {right}");
    }
}

#[test]
fn an_untrained_network_is_at_chance_and_that_is_said() {
    let bench = bench();
    let done =
        bench.run("profile clothes.onnx --data fashion-mnist-6k --points 60 --protocol global --out a");
    assert_eq!(done.code, Some(0));
    assert!(
        done.stderr.contains("no preprocessing given") && done.stderr.contains("chance"),
        "{}",
        done.stderr
    );
}

#[test]
fn two_networks_are_compared() {
    let bench = bench();
    let same = "compare clothes.onnx clothes.onnx --data fashion-mnist-6k --points 60 --mean 0.3 --std 0.3";
    assert_eq!(bench.run(same).code, Some(0));
}

#[test]
fn what_cannot_be_is_refused() {
    let bench = bench();
    std::fs::write(bench.path("noise.onnx"), [7; 300]).unwrap();
    assert!(bench.refused("layers noise.onnx").contains("noise.onnx"));
    assert!(bench.refused("layers missing.onnx").contains("missing.onnx"));
    assert!(bench.refused("profile clothes.onnx").contains("--data"));
    assert!(bench.refused("profile clothes.onnx --data fashion-mnist-6k --engine gpu").contains("--engine"));
    #[cfg(not(feature = "ort"))]
    assert!(bench.refused("layers clothes.onnx --engine ort").contains("--features ort"));
    assert!(bench.refused("profile clothes.onnx --data fashion-mnist-6k --mean 1,2").contains("--mean"));
    assert!(bench.refused("profile clothes.onnx --data fashion-mnist-6k --std 0").contains("--std"));
    assert!(bench.refused("profile clothes.onnx --data fashion-mnist-6k --scale 0").contains("--scale"));
    assert!(
        bench.refused("profile clothes.onnx --data fashion-mnist-6k --untrained 1").contains("--untrained")
    );
    assert!(bench.refused("profile --mean 1").contains("only for ONNX files"));
    assert!(bench.refused("compare a.npy b.npy --scale 255").contains("only for ONNX files"));
}

/// A workplace with networks that take more than images.
fn several() -> Bench {
    let bench = Bench::new();
    for name in ["inputs.onnx", "inputs-where.onnx", "inputs-open.onnx"] {
        std::fs::copy(model(name), bench.path(name)).unwrap();
    }
    bench
}

const FILLED: &str =
    "--input images --constant time=0.5,label=2,mask=0.75 --constant features=-1 --constant switch=true";

#[test]
fn inputs_beside_the_images_are_filled_by_flags_or_by_a_card() {
    let bench = several();
    let data = "--data fashion-mnist-6k --points 60 --protocol global --mean 0.3";
    let by_flags = bench.json(&format!("profile inputs.onnx {data} {FILLED} --out a"));
    let network = by_flags["provenance"]["network"].as_str().unwrap();
    assert!(
        network.contains("images into images, time = 0.5") && network.contains("switch = 1"),
        "{network}"
    );
    let words = r#"constant = ["time=0.5", "label=2", "mask=0.75", "features=-1", "switch=true"]"#;
    bench.file("filled.toml", format!("input = \"images\"\n{words}\n"));
    let by_config = bench.json(&format!("profile inputs.onnx {data} --config filled.toml --out b"));
    assert_eq!(by_config["rows"], by_flags["rows"]);
    bench.file("inputs.toml", format!("mean = 0.3\ninput = \"images\"\n{words}\n"));
    let data = "--data fashion-mnist-6k --points 60 --protocol global";
    let by_card = bench.json(&format!("profile inputs.onnx {data} --engine rten --out c"));
    assert!(by_card["provenance"]["network"].as_str().unwrap().contains("time = 0.5"));
    let layers = bench.json("layers inputs.onnx");
    assert_eq!(layers["layers"], bench.json(&format!("layers inputs.onnx {FILLED}"))["layers"]);
}

#[test]
fn inputs_that_are_open_are_listed_with_the_flags_to_add() {
    let bench = several();
    let message = bench.refused("layers inputs.onnx");
    let flags = "--input images --constant time=VALUE --constant label=VALUE --constant mask=VALUE \
                 --constant features=VALUE --constant switch=VALUE";
    assert!(message.contains(flags) && message.contains("label: int64, n"), "{message}");
    let added = flags.replace("VALUE", "1");
    assert_eq!(bench.run(&format!("layers inputs.onnx {added}")).code, Some(0));
    assert!(bench.run("layers inputs-where.onnx --constant switch=1").stderr.contains("Where"));
    assert!(bench.refused("layers inputs-where.onnx --constant switch=1 --engine tape").contains("Where"));
    for (flags, words) in [
        ("--constant switch", ["--constant", "NAME=VALUE"]),
        ("--constant =1", ["--constant", "NAME=VALUE"]),
        ("--constant switch=on", ["--constant", "neither a number nor true or false"]),
        ("--constant switch=nan", ["--constant", "no finite number"]),
        ("--constant switch=-inf", ["--constant", "no finite number"]),
        ("--constant switch=0.5", ["--constant", "bool"]),
        ("--constant other=0.5", ["--constant", "other"]),
        ("--input picture --constant switch=1", ["--input", "picture"]),
        ("--input switch --constant images=1", ["--input", "bool"]),
    ] {
        let message = bench.refused(&format!("layers inputs-where.onnx {flags}"));
        assert!(words.iter().all(|word| message.contains(word)), "{flags}: {message}");
    }
    let message = bench.refused("layers inputs-open.onnx --constant tokens=1");
    assert!(
        message.contains("--constant") && message.contains("tokens") && message.contains("words"),
        "{message}"
    );
    assert!(bench.refused("layers --constant a=1").contains("only for ONNX files"));
    assert!(bench.refused("profile --input a").contains("only for ONNX files"));
    bench.file("inputs.toml", "constant = \"time\"");
    let message = bench.refused("layers inputs.onnx");
    assert!(message.contains("inputs.toml") && message.contains("NAME=VALUE"), "{message}");
}

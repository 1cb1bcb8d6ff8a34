//! `topolens verify`, and training on some classes with ArcFace.

use serde_json::{Value, json};

use crate::bench::{Bench, ensure_described, testdata};

/// Five pictures of each person in `folder`, of `side` × `side` − 2 pixels: the person is a pattern, the picture changes its brightness.
fn draw(bench: &Bench, folder: &str, persons: &[u32], side: u32) {
    for &person in persons {
        let below = bench.path(&format!("{folder}/p{person}"));
        std::fs::create_dir_all(&below).unwrap();
        for picture in 0..5 {
            let pixel = |x, y| {
                let pattern = (x * (person + 2) + y * (2 * person + 1)) % 13;
                image::Luma([(pattern * 14 + picture * 9 + (x * y + picture) % 5) as u8])
            };
            image::GrayImage::from_fn(side, side - 2, pixel)
                .save(below.join(format!("{picture}.pgm")))
                .unwrap();
        }
    }
}

const TRAIN: &str =
    "train --net mobilefacenet --width 8 --loss arcface:0.3 --cosine-scale 16 --batch-size 8 --data faces";

/// A bench with the faces p1 to p12, and `run`, which was trained on the first six.
fn bench() -> (Bench, Value) {
    let bench = Bench::new();
    draw(&bench, "faces", &(1..=12).collect::<Vec<_>>(), 16);
    let trained = bench.json(&format!("{TRAIN} --classes p1..p6 --epochs 2 --out run"));
    (bench, trained)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn persons_left_out_of_training_are_verified_apart() {
    let (bench, trained) = bench();
    let card = &trained["card"];
    assert_eq!(card["class_names"], json!(["p1", "p2", "p3", "p4", "p5", "p6"]));
    assert_eq!(card["settings"]["loss"], json!({ "name": "arcface", "margin": 0.3 }));
    assert_eq!((&card["model"]["cosine_scale"], &card["model"]["n_classes"]), (&16.into(), &6.into()));
    let document = bench.json("verify run --faces faces --out v");
    ensure_described(&document);
    let written: Value =
        serde_json::from_slice(&std::fs::read(bench.path("v/verify.json")).unwrap()).unwrap();
    assert_eq!(written, document);
    assert!(bench.path("v/report.html").is_file());
    assert_eq!((&document["layer"], &document["left_out"]), (&json!("embedding"), &json!([])));
    let groups = document["groups"].as_array().unwrap();
    assert_eq!(groups[0]["persons"], json!(["p10", "p11", "p12", "p7", "p8", "p9"]));
    for (group, familiarity) in groups.iter().zip(["unseen", "seen"]) {
        assert_eq!(group["familiarity"], familiarity);
        assert_eq!((&group["n_genuine"], &group["n_impostor"]), (&60.into(), &(15 * 25).into()));
        assert!(number(&group["area"]["lower"]) <= number(&group["area"]["value"]));
        // 375 impostor pairs tell one in ten, not one in a hundred.
        let rates = &group["true_accept_rates"];
        assert!(rates[0]["true_accept_rate"]["value"].is_number());
        assert_eq!(
            (&rates[1]["true_accept_rate"], &rates[1]["n_impostor_needed"]),
            (&Value::Null, &3000.into())
        );
        assert!((number(&group["area"]["value"]) - area_of_pairs(&bench, familiarity)).abs() < 1e-12);
    }
    let table = bench.run("verify run --faces faces --out v");
    assert!(table.stdout.contains("375 of 3000 pairs") && table.stdout.contains("6 persons not in training"));
}

/// The share of genuine pairs above impostor pairs, ties half, over all of them.
fn area_of_pairs(bench: &Bench, familiarity: &str) -> f64 {
    let text = std::fs::read_to_string(bench.path("v/pairs.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let cosines = |genuine: &str| -> Vec<f64> {
        let own = rows.iter().filter(|row| row[0] == familiarity && row[1] == genuine);
        own.map(|row| row[2].parse().unwrap()).collect()
    };
    let (genuine, impostor) = (cosines("true"), cosines("false"));
    let wins = genuine.iter().flat_map(|g| {
        impostor.iter().map(move |i| {
            if g > i {
                1.0
            } else if g < i {
                0.0
            } else {
                0.5
            }
        })
    });
    wins.sum::<f64>() / (genuine.len() * impostor.len()) as f64
}

#[test]
fn a_run_on_some_classes_goes_on_and_is_profiled_on_these() {
    let (bench, _) = bench();
    let resumed = bench.json("train --out run --resume --epochs 3");
    assert_eq!(
        (&resumed["card"]["epoch"], resumed["card"]["class_names"].as_array().unwrap().len()),
        (&3.into(), 6)
    );
    let profile =
        bench.json("profile run --training-images --points 24 --protocol global --layers embedding --out p");
    assert_eq!(profile["provenance"]["data"]["name"], "faces:train, 6 of 12 classes");
    assert_eq!(profile["provenance"]["data"]["n_images"], 24);
}

#[test]
fn who_was_in_training_can_be_said() {
    let (bench, _) = bench();
    let document = bench.json("verify run --faces faces --persons p7,p1? --out v");
    assert_eq!(document["groups"][0]["persons"], json!(["p10", "p11", "p12", "p7"]));
    assert_eq!(document["groups"][1]["persons"], json!(["p1", "p2", "p3", "p4", "p5", "p6"]));
    // One person alone makes no pair of two.
    let document = bench.json("verify run --faces faces --persons p7 --out v");
    assert_eq!(
        (&document["groups"][0]["familiarity"], &document["left_out"][0]["familiarity"]),
        (&json!("seen"), &json!("unseen"))
    );
    ensure_described(&document);
    let said = bench.run("verify run --faces faces --persons p7 --out v");
    assert!(said.stdout.contains("Nothing is said of persons who were not in training"), "{}", said.stdout);
}

#[test]
fn networks_of_other_tools_are_verified_by_their_output() {
    let bench = Bench::new();
    draw(&bench, "faces", &[1, 2, 3], 28);
    for person in 1..=3 {
        for picture in 0..5 {
            let path = bench.path(&format!("faces/p{person}/{picture}.pgm"));
            let drawn = image::open(&path).unwrap();
            drawn.resize_exact(28, 28, image::imageops::FilterType::Nearest).save(&path).unwrap();
        }
    }
    std::fs::copy(testdata("onnx/clothes.onnx"), bench.path("clothes.onnx")).unwrap();
    let document = bench.json("verify clothes.onnx --faces faces --mean 0.5 --std 0.5 --out v");
    ensure_described(&document);
    assert_eq!(
        (&document["groups"][0]["familiarity"], &document["groups"][0]["n_genuine"]),
        (&json!("unknown"), &30.into())
    );
    let said = bench.run("verify clothes.onnx --faces faces --out v --persons p1..p2");
    assert!(said.stdout.contains("2 persons not in training"), "{}", said.stdout);
}

#[test]
fn faces_that_cannot_be_verified_are_named() {
    let (bench, _) = bench();
    draw(&bench, "one", &[1], 16);
    draw(&bench, "large", &[1, 2], 20);
    for person in [1, 2] {
        let from = bench.path(&format!("faces/p{person}/0.pgm"));
        std::fs::create_dir_all(bench.path(&format!("single/p{person}"))).unwrap();
        std::fs::copy(from, bench.path(&format!("single/p{person}/0.pgm"))).unwrap();
    }
    bench.file("none/p1/a.txt", "no picture");
    for (flags, words) in [
        ("--faces one", &["--faces", "one person"][..]),
        ("--faces single", &["--faces", "genuine"]),
        ("--faces large", &["--faces", "[18, 20, 1]", "[14, 16, 1]"]),
        ("--faces none", &["--faces", "one folder per class"]),
        ("--faces absent", &["--faces", "absent"]),
        ("--faces orl", &["--faces", "topolens data fetch orl"]),
        ("--faces faces --persons x*", &["--persons", "p10"]),
        ("--faces faces --layer nothing", &["--layer", "embedding.conv"]),
        ("--faces faces --layer block*", &["--layer", "give one"]),
        ("--faces faces --mean 0.5", &["--mean"]),
        ("", &["--faces"]),
    ] {
        let message = bench.refused(&format!("verify run {flags} --out v"));
        assert!(words.iter().all(|word| message.contains(word)), "{flags}: {message}");
    }
    bench.json("train --net small-cnn --width 4 --data faces --epochs 0 --out plain");
    assert!(bench.refused("verify plain --faces faces").contains("--layer"));
    bench.file("faces/p7/broken.pgm", "P5 16 14 255 ");
    let document = bench.json("verify run --faces faces --out v");
    assert!(document["notice"].as_str().unwrap().contains("1 of 61 pictures"), "{document}");
    assert_eq!(document["groups"][0]["n_genuine"], 60);
}

#[test]
fn losses_classes_and_scales_that_do_not_fit_are_named() {
    let bench = Bench::new();
    draw(&bench, "faces", &[1, 2], 16);
    for (flags, word) in [
        ("--net resnet8 --loss arcface", "--loss"),
        ("--net mobilefacenet --loss arcface:2", "--loss"),
        ("--net mobilefacenet --loss hinge", "arcface:MARGIN"),
        ("--net resnet8 --cosine-scale 8", "--cosine-scale"),
        ("--net mobilefacenet --cosine-scale 0", "--cosine-scale"),
        ("--net mobilefacenet --classes q*", "--classes"),
        ("--net mobilefacenet --classes p1..p3", "p1, p2"),
        ("--net mobilefacenet --nonlinearity softplus", "prelu"),
    ] {
        let message = bench.refused(&format!("train --data faces {flags} --out run"));
        assert!(message.contains(word), "{flags}: {message}");
        assert!(!bench.path("run/run.json").exists(), "{flags}");
    }
}

//! `topolens spoof` on drawn faces.

use std::fmt::Write;

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::bench::{Bench, ensure_described, testdata};

/// A head with eyes and a mouth, another for each person, a little moved in each image.
fn face(person: u32, image: u32) -> RgbImage {
    let [wide, high] = [9.0 + f64::from(person % 4), 12.0 + f64::from(person / 4 % 3)];
    let (x0, y0) = (14.0 + 0.7 * f64::from(image), 14.0 - 0.5 * f64::from(image));
    RgbImage::from_fn(28, 28, |x, y| {
        let (u, v) = (f64::from(x) - x0, f64::from(y) - y0);
        let is_eye = (v + 4.0).abs() < 1.5 && (u.abs() - 3.0 - f64::from(person % 3)).abs() < 1.2;
        let is_mouth = (v - 5.0).abs() < 1.0 && u.abs() < 2.0 + f64::from(person % 5);
        let is_head = (u / wide).powi(2) + (v / high).powi(2) < 1.0;
        let shade = if is_eye || is_mouth {
            20
        } else if is_head {
            150 + 6 * (person % 12)
        } else {
            60
        };
        Rgb([shade as u8; 3])
    })
}

fn with_faces(n_persons: u32, n_images: u32) -> Bench {
    let bench = Bench::new();
    for person in 0..n_persons {
        std::fs::create_dir_all(bench.path(&format!("live/p{person}"))).unwrap();
        for image in 0..n_images {
            face(person, image).save(bench.path(&format!("live/p{person}/{image}.png"))).unwrap();
        }
    }
    bench
}

fn spoof(rest: &str) -> String {
    let model = testdata("../assets/networks/resnet8-fashion-mnist-6k.safetensors");
    format!("spoof {} --live live {rest} --permutations 19 --layers block2,output", model.display())
}

#[test]
fn live_faces_are_compared_with_simulated_prints() {
    let bench = with_faces(14, 2);
    bench.run("simulate-attack --kind print --live live --out print --preset strong");
    bench.run("simulate-attack --kind camera-only --live live --out camera");
    let rest = "--attack print --control camera --aligned --detector mahalanobis,knn --out";
    let found = bench.json(&spoof(&format!("{rest} a")));
    assert_eq!(found["schema"], "topolens.spoof/1");
    ensure_described(&found);
    let kinds = found["kinds"].as_array().unwrap();
    let words: Vec<&Value> = kinds.iter().map(|kind| &kind["role"]).collect();
    assert_eq!(words, ["live", "attack", "control"]);
    assert_eq!((&kinds[1]["simulated"], &kinds[1]["n_persons"]), (&true.into(), &14.into()));
    let rows = found["rows"].as_array().unwrap();
    let value = |kind: &str, layer: &str, of: &str, quantity: &str| {
        let row = rows.iter().find(|row| {
            row["kind"] == kind && row["layer"] == layer && row["of"] == of && row["quantity"] == quantity
        });
        row.unwrap_or_else(|| panic!("{kind} {layer} {of} {quantity}")).clone()
    };
    let own = value("print", "output", "between", "neighbors-of-own-side");
    assert_eq!(own["n_points"], 14);
    assert!(own["p_adjusted"].as_f64().unwrap() >= own["p_value"].as_f64().unwrap());
    // Everybody's live faces beside those of others are mixed.
    let level = value("live", "output", "between", "neighbors-of-own-side");
    assert!((level["value"].as_f64().unwrap() - 0.5).abs() < 0.25, "{level}");
    assert!(value("print", "block2", "paired", "rtd")["value"].as_f64().unwrap() > 0.0);
    let detection = &found["detection"]["evaluations"][0];
    assert_eq!(detection["apcer"][0]["kind"], "print (simulated)");
    assert!(detection["area"]["value"].as_f64().unwrap() > 0.6, "{detection}");
    assert_eq!(detection["control"][0]["n_images"], 28);
    for file in ["report.html", "layers.csv", "scores.csv", "spoof.json", "figures/examples.svg"] {
        assert!(bench.path("a").join(file).is_file(), "{file}");
    }
    let again = bench.json(&spoof(&format!("{rest} b --threads 1")));
    assert_eq!((&again["rows"], &again["detection"]), (&found["rows"], &found["detection"]));
    let table = bench.run(&spoof("--attack print --aligned --out c")).stdout;
    assert!(
        table.contains("print (simulated)") && table.contains("say nothing of genuine prints"),
        "{table}"
    );
}

#[test]
fn scores_of_another_detector_stand_beside() {
    let bench = with_faces(12, 2);
    bench.run("simulate-attack --kind replay --live live --out replay");
    let mut lines = "kind,name,score\n".to_owned();
    for person in 0..12 {
        for image in 0..2 {
            writeln!(lines, "live,p{person}/{image}.png,0\nreplay,p{person}/{image}.jpg,1").unwrap();
        }
    }
    bench.file("judge.csv", &lines);
    let rest = "--attack replay --aligned --detector knn --baseline judge.csv";
    let found = bench.json(&spoof(rest));
    let baseline = &found["detection"]["evaluations"][1];
    assert_eq!((&baseline["detector"], baseline["acer"]["value"].as_f64()), (&"judge".into(), Some(0.0)));
    bench.file("judge.csv", "kind,name,score\n");
    assert!(bench.refused(&spoof(rest)).contains("--baseline: judge.csv: it has no score for"));
}

#[test]
fn what_cannot_be_compared_is_refused_or_counted() {
    let bench = with_faces(8, 3);
    bench.run("simulate-attack --kind print --live live --out print");
    let refused = |rest: &str, word: &str| {
        let message = bench.refused(&spoof(rest));
        assert!(message.contains(word), "{message}");
    };
    refused("--attack print", "--aligned");
    refused("--attack nowhere --aligned", "--attack: nowhere is no folder");
    refused(
        "--attack print --aligned --out live/results",
        "--out: live/results lies in the folder of images live",
    );
    std::fs::create_dir_all(bench.path("flat")).unwrap();
    face(0, 0).save(bench.path("flat/0.png")).unwrap();
    refused("--attack flat --aligned", "--attack: persons of flat");
    refused("--attack print --attack x=print --attack print --aligned", "twice");
    refused("--attack print --aligned --points 5", "--points");
    refused("--attack print --landmarks nowhere.json", "nowhere.json");
    refused("--attack print --bounds 0", "--bounds");
    refused("--attack print --bounds 2", "no face box");
    refused("--attack print --aligned --readout tokens:4", "--readout");
    std::fs::create_dir_all(bench.path("empty")).unwrap();
    refused("--attack empty --aligned", "--attack: empty holds no images");
    // A picture that is none is left out and counted; eight persons are too few for detectors.
    bench.file("print/p0/0.jpg", "no picture");
    let found = bench.json(&spoof("--attack print --aligned"));
    assert_eq!(found["left_out"][0]["name"], "p0/0.jpg");
    assert_eq!(found["detection"], Value::Null);
    assert!(found["no_detection"].as_str().unwrap().contains("8 persons where 10"));
    let one = with_faces(1, 30);
    one.run("simulate-attack --kind print --live live --out print");
    let message = one.refused(&spoof("--attack print --aligned"));
    assert!(message.contains("1 person where 6 are needed"), "{message}");
}

#[test]
fn a_data_set_is_read_by_its_layout() {
    let bench = with_faces(12, 2);
    bench.run("simulate-attack --kind print --live live --out set/spoof-print");
    std::fs::rename(bench.path("live"), bench.path("set/live")).unwrap();
    let model = testdata("../assets/networks/resnet8-fashion-mnist-6k.safetensors");
    let line = |rest: &str| {
        format!("spoof {} --data set {rest} --aligned --permutations 19 --layers output", model.display())
    };
    let found = bench.json(&line("--detector knn"));
    assert_eq!(
        (&found["kinds"][1]["name"], &found["kinds"][1]["simulated"]),
        (&"spoof-print".into(), &true.into())
    );
    assert!(bench.refused(&line("--layout nuaa")).contains("client_train_raw.txt"));
    assert!(bench.refused(&line("--layout oulu")).contains("celeba-spoof"));
}

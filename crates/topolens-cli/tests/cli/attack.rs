//! `topolens attack` and `detect` on the shipped network.

use serde_json::Value;

use crate::bench::{Bench, ensure_described};

const QUICK: &str = "attack --points 100 --layers block3,output --epsilon 0.02,0.06";

fn cells<'a>(document: &'a Value, method: &str) -> Vec<&'a Value> {
    document["curve"].as_array().unwrap().iter().filter(|cell| cell["method"] == method).collect()
}

fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap()
}

#[test]
fn an_attack_is_measured_beside_the_clean_images_and_noise() {
    let bench = Bench::new();
    let document = bench.json(&format!("{QUICK} --method fgsm --out a --pointwise points.csv"));
    assert_eq!(document["schema"], "topolens.attack/1");
    ensure_described(&document);
    let (clean, fgsm, noise) =
        (cells(&document, "clean"), cells(&document, "fgsm"), cells(&document, "noise"));
    assert_eq!([clean.len(), fgsm.len(), noise.len()], [1, 2, 2]);
    assert!(number(clean[0], "success") == 0.0 && number(clean[0], "accuracy") > 0.7);
    assert!(number(fgsm[1], "success") > number(noise[1], "success") + 0.2);
    assert!(number(fgsm[1], "accuracy") < number(fgsm[0], "accuracy"));
    assert!(number(fgsm[1], "f1") < number(clean[0], "f1"));
    let n_images = &document["images"];
    let n_drawn = n_images["attacked"].as_u64().unwrap() + n_images["already_wrong"].as_u64().unwrap();
    assert_eq!(n_drawn, 100);
    let rows = document["rows"].as_array().unwrap();
    let of = |method: &str, descriptor: &str| {
        let found = rows
            .iter()
            .find(|row| row["method"] == method && row["descriptor"] == descriptor && row["depth"] == 1.0);
        number(found.unwrap(), "value")
    };
    assert_eq!((of("clean", "displacement"), of("clean", "rtd-to-clean")), (0.0, 0.0));
    assert!(of("fgsm", "displacement") > of("noise", "displacement"));
    assert!(of("fgsm", "rtd-to-clean") > 0.0);
    assert!(of("fgsm", "mahalanobis-distance") > of("clean", "mahalanobis-distance"));
    let text = std::fs::read_to_string(bench.path("points.csv")).unwrap();
    let n_attacked = n_images["attacked"].as_u64().unwrap() as usize;
    assert_eq!(text.lines().count(), 1 + 5 * 2 * n_attacked, "a line per image, layer and cell");
    let mahalanobis: Vec<f64> = text
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|cells| cells[0] == "clean" && cells[3] == "output")
        .map(|cells| cells[9].parse().unwrap())
        .collect();
    let mean = mahalanobis.iter().sum::<f64>() / n_attacked as f64;
    assert!((mean - of("clean", "mahalanobis-distance")).abs() < 1e-9);
    for file in ["report.html", "attack.json", "curve.csv", "rows.csv", "figures/03-examples.png"] {
        assert!(bench.path("a").join(file).metadata().unwrap().len() > 300, "{file}");
    }
    let stored: Value = serde_json::from_slice(&std::fs::read(bench.path("a/attack.json")).unwrap()).unwrap();
    assert_eq!(stored, document);
    // The page of another study is not written over, that of the same is.
    let refused = bench.refused("profile --out a --points 20");
    assert!(refused.contains("--out: a holds another study (attack.json)"), "{refused}");
    assert!(bench.refused("detect --out a").contains("attack.json"));
}

#[test]
fn a_target_sets_its_class_aside_and_is_reached() {
    let bench = Bench::new();
    let document = bench.json(&format!("{QUICK} --method bim --target Bag"));
    assert_eq!((&document["target"], &document["images"]["of_target_class"]), (&"Bag".into(), &10.into()));
    assert!(number(cells(&document, "bim")[1], "success") > 0.1);
    let refused = bench.refused(&format!("{QUICK} --method deepfool --target 8"));
    assert!(refused.contains("--target") && refused.contains("deepfool"), "{refused}");
    assert!(bench.refused(&format!("{QUICK} --target hat")).contains("Bag"));
}

#[test]
fn attacked_images_that_were_saved_are_measured_alike() {
    let bench = Bench::new();
    let document = bench.json(&format!("{QUICK} --method fgsm --save saved --png"));
    let again = bench.json("attack --layers block3,output --adversarial saved/fgsm-linf-0.06.npz --out b");
    let [before, after] = [cells(&document, "fgsm")[1], cells(&again, "fgsm-linf-0.06")[0]];
    assert_eq!((&before["success"], &before["mean_distance"]), (&after["success"], &after["mean_distance"]));
    let noise = cells(&again, "noise");
    assert_eq!(noise.len(), 1, "the control of the same size");
    assert!((number(noise[0], "epsilon") - number(before, "mean_distance")).abs() < 1e-9);
    let pictures = std::fs::read_dir(bench.path("saved/fgsm-linf-0.06")).unwrap().count();
    assert_eq!(Some(pictures as u64), document["images"]["attacked"].as_u64());
}

#[test]
fn the_same_seed_gives_the_same_numbers_on_any_number_of_threads() {
    let bench = Bench::new();
    let run = |threads: u8| {
        let document = bench.json(&format!("{QUICK} --method pgd --steps 4 --threads {threads}"));
        (document["curve"].clone(), document["rows"].clone())
    };
    assert_eq!(run(1), run(2));
}

/// Sixty images of 28 × 28 of the classes 3 and 5.
fn two_classes() -> Vec<u8> {
    let mut archive = topolens_lab::store::NpzWriter::default();
    let pixels: Vec<u8> = (0..60 * 28 * 28_u32).map(|at| (at % 251) as u8).collect();
    let labels: Vec<u64> = (0..60).map(|at| if at % 2 == 0 { 3 } else { 5 }).collect();
    archive.add_array("x", &pixels, &[60, 28, 28]).unwrap();
    archive.add_array("labels", &labels, &[60]).unwrap();
    archive.finish().unwrap()
}

#[test]
fn bad_requests_are_refused() {
    let bench = Bench::new();
    bench.file("two.npz", two_classes());
    let mut half = topolens_lab::store::NpzWriter::default();
    half.add_array("images", &vec![0_u8; 30 * 28 * 28], &[30, 28, 28, 1]).unwrap();
    half.add_array("labels", &[0_u64; 30], &[30]).unwrap();
    bench.file("half.npz", half.finish().unwrap());
    for (flags, word) in [
        ("--method nothing", "fgsm"),
        ("--norm l3", "linf"),
        ("--method cw", "l2"),
        ("--epsilon 0.1:0.2", "--epsilon"),
        ("--epsilon 0.2:0.1:3", "--epsilon"),
        ("--epsilon 0", "--epsilon"),
        ("--epsilon x", "--epsilon"),
        ("--points 5", "--points"),
        ("--readout tokens:4", "--readout"),
        ("--layers nothing", "nothing"),
        ("--steps 0 --method pgd", "steps"),
        ("--adversarial absent.npz", "absent.npz"),
        ("--png", "--save"),
        ("--data two.npz", "2 classes"),
        ("--adversarial half.npz", "give both"),
        ("--epsilon 2", "--epsilon"),
        ("--config absent.toml", "absent.toml"),
        ("--restarts 100000", "--restarts"),
    ] {
        let refused = bench.refused(&format!("attack {flags}"));
        assert!(refused.contains(word), "{flags}: {refused}");
    }
    assert!(bench.refused("detect --detector eye").contains("mahalanobis"));
    assert!(bench.refused("detect --fit noise").contains("--fit"));
    assert!(bench.refused("detect --apply .").contains("detectors.json"));
    assert!(bench.refused("detect --data fashion-mnist-6k:test").contains("--data"));
    assert!(bench.refused("detect --fit fgsm --epsilon 0.0001 --points 100 --seeds 1").contains("fgsm"));
}

#[test]
fn detectors_are_fitted_judged_saved_and_applied() {
    let bench = Bench::new();
    let quick =
        "detect --points 200 --seeds 1 --on bim,fgsm,bim --epsilon 0.06 --layers block*,output --out d";
    let document = bench.json(&format!("{quick} --detector lid,mahalanobis,knn"));
    assert_eq!(document["schema"], "topolens.detection/1");
    ensure_described(&document);
    let areas = document["areas"].as_array().unwrap();
    assert_eq!(areas.len(), 3 * 3);
    for area in areas {
        let value = number(area, "value");
        assert!((0.0..=1.0).contains(&value));
        if area["detector"] == "mahalanobis" && area["attack"] == "fgsm" {
            assert!(value > 0.6 && area["seen"] == true, "{area}");
        }
    }
    let judged = bench.json("detect --apply d --points 100");
    assert_eq!((&judged["n_images"], judged["detectors"].as_array().unwrap().len()), (&100.into(), 3));
    ensure_described(&judged);
    let flagged = number(&judged["detectors"][1], "flagged");
    assert!(flagged < 0.3, "{flagged} of sound images");
    assert!(bench.refused("detect --apply d --images absent.npy").contains("absent.npy"));
    assert!(bench.refused("detect --apply d --detector lid").contains("--detector"));
    let reference = bench.path("d/reference.safetensors");
    let mut bytes = std::fs::read(&reference).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&reference, &bytes).unwrap();
    assert!(bench.refused("detect --apply d").contains("reference.safetensors"));
    bytes[middle] ^= 1;
    std::fs::write(&reference, &bytes).unwrap();
    bench.json("train --net resnet8 --limit 100 --epochs 0 --out alike");
    assert!(bench.refused("detect alike --apply d --data fashion-mnist-6k").contains("other weights"));
    bench.json("train --net small-cnn --limit 100 --epochs 1 --out other");
    assert!(bench.refused("detect other --apply d").contains("MODEL"));
}

#[test]
fn the_attacks_are_listed() {
    let bench = Bench::new();
    let document = bench.json("attack --list");
    ensure_described(&document);
    assert_eq!(document["attacks"].as_array().unwrap().len(), 11);
}

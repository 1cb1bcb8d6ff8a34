//! `topolens simulate-attack` on drawn images.

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::bench::Bench;

fn with_faces(names: &[&str]) -> Bench {
    let bench = Bench::new();
    for (at, name) in names.iter().enumerate() {
        let path = bench.path("live").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let shade = 60 * at as u8;
        RgbImage::from_fn(24, 18, |x, y| Rgb([shade, (10 * x) as u8, (12 * y) as u8])).save(path).unwrap();
    }
    bench
}

fn file(bench: &Bench, name: &str) -> Vec<u8> {
    std::fs::read(bench.path(name)).unwrap()
}

fn contains(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn each_kind_is_written_with_its_label_and_sub_folders() {
    let bench = with_faces(&["ada/1.png", "ada/2.jpg", "bob/1.png"]);
    bench.file("live/notes.txt", "no image");
    for kind in ["print", "replay", "camera-only"] {
        let document =
            bench.json(&format!("simulate-attack --kind {kind} --live live --out {kind} --seed 7"));
        assert_eq!((&document["schema"], &document["kind"]), (&"topolens.simulated/1".into(), &kind.into()));
        assert_eq!((&document["complete"], &document["seed"]), (&true.into(), &7.into()));
        assert_eq!(document["images"].as_array().unwrap().len(), 3);
        let stored: Value = serde_json::from_slice(&file(&bench, &format!("{kind}/simulated.json"))).unwrap();
        assert_eq!(stored, document);
        for name in ["ada/1.jpg", "ada/2.jpg", "bob/1.jpg"] {
            let bytes = file(&bench, &format!("{kind}/{name}"));
            assert!(contains(&bytes, &format!("not genuine: kind={kind} preset=standard seed=7 version=")));
            let picture = image::load_from_memory(&bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (24, 18));
        }
    }
    assert_ne!(file(&bench, "print/ada/1.jpg"), file(&bench, "camera-only/ada/1.jpg"));
}

#[test]
fn the_same_seed_gives_the_same_files_on_any_number_of_threads() {
    let bench = with_faces(&["1.png", "2.png", "3.png"]);
    let run = |out: &str, rest: &str| {
        bench.json(&format!("simulate-attack --kind replay --live live --out {out} {rest}"));
        ["1.png", "2.png", "3.png"].map(|name| file(&bench, &format!("{out}/{name}")))
    };
    let first = run("a", "--format png --threads 1");
    assert!(contains(&first[0], "tEXtComment\0simulated by topolens, not genuine: kind=replay"));
    assert_eq!(run("b", "--format png --threads 3"), first);
    let other = run("c", "--format png --seed 1");
    assert!((0..3).all(|at| other[at] != first[at]));
}

#[test]
fn damaged_images_are_counted_and_named() {
    let bench = with_faces(&["good.png"]);
    bench.file("live/bad.jpg", "text");
    let said = bench.run("simulate-attack --kind camera-only --live live --out out");
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("1 images simulated: camera-only, standard, seed 0"), "{}", said.stdout);
    assert!(said.stderr.contains("1 live images") && said.stderr.contains("bad.jpg"), "{}", said.stderr);
}

#[test]
fn what_cannot_be_done_is_told_before_anything_is_written() {
    let bench = with_faces(&["1.png"]);
    bench.file("empty/notes.txt", "").file("mine/photo.png", "mine");
    let refused = |line: &str, words: &[&str]| {
        let message = bench.refused(&format!("simulate-attack {line}"));
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    refused("--kind print --live empty --out out", &["--live", "no images", ".jpg"]);
    refused("--kind print --live absent --out out", &["absent"]);
    refused("--kind mask --live live --out out", &["--kind", "camera-only"]);
    refused("--kind print --preset weak --live live --out out", &["--preset", "subtle"]);
    refused("--kind print --live live --out mine", &["--out", "mine", "earlier simulation"]);
    refused("--kind print --live live --out live/out", &["--out", "outside"]);
    assert!(!bench.path("out").exists() && file(&bench, "mine/photo.png") == b"mine");
}

#[test]
fn an_earlier_simulation_is_replaced() {
    let bench = with_faces(&["1.png", "2.png"]);
    let line = "simulate-attack --live live --out out --kind";
    bench.json(&format!("{line} print"));
    let before = file(&bench, "out/1.jpg");
    std::fs::remove_file(bench.path("live/2.png")).unwrap();
    bench.json(&format!("{line} replay"));
    assert_ne!(file(&bench, "out/1.jpg"), before);
    assert!(!bench.path("out/2.jpg").exists());
}

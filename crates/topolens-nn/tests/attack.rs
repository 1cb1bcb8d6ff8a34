//! Attacks on one network in two formats.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::path::PathBuf;

use topolens_nn::attack::{Assault, Ball, Norm, Outcome, Settings, Victim, find};
use topolens_nn::onnx::{Engine, OnnxNetwork};
use topolens_nn::train::Checkpoint;
use topolens_nn::{Network, Tensor};

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/attacks").join(name)
}

/// Coloured noise whose mean brightness differs between images, so that the network says different things.
fn images() -> Tensor {
    let mut state = 7_u32;
    let values = (0..12 * 32 * 32 * 3).map(|at| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (state >> 8) as f32 / (1 << 24) as f32;
        let (image, channel) = (at / (32 * 32 * 3), at % 3);
        0.5 * noise + 0.04 * image as f32 * if image % 3 == channel { 1.0 } else { 0.3 }
    });
    Tensor::new(&[12, 32, 32, 3], values.collect()).unwrap()
}

/// The class of each image that the network says.
fn said(victim: &Victim<'_>) -> Vec<usize> {
    let logits = victim.logits(&images()).unwrap();
    let largest = |row: &[f32]| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
    logits.items().map(largest).collect()
}

fn run(victim: &Victim<'_>, labels: &[usize], (name, norm, epsilon): (&str, Norm, f64)) -> Outcome {
    let assault = Assault::new(victim, &images(), labels, None).unwrap();
    assert_eq!(assault.n_attacked(), 12);
    let method = find(name).unwrap();
    let settings = Settings { steps: Some(if name == "square" { 60 } else { 8 }), ..Settings::new(norm) };
    let ball = if method.is_minimal { assault.whole(norm) } else { Ball::new(norm, epsilon).unwrap() };
    assault.run(method.build(&settings).unwrap().as_ref(), ball, 5, &mut |_| {}).unwrap()
}

#[test]
fn white_box_attacks_on_an_onnx_file_are_those_on_the_same_weights() {
    let checkpoint = Checkpoint::load(&testdata("small.safetensors")).unwrap();
    let (model, normalization) = (&checkpoint.model, &checkpoint.card.normalization);
    let lowered = OnnxNetwork::load(&testdata("small.onnx"), Engine::Tape).unwrap();
    let (own, foreign) = (Victim::new(model, normalization), Victim::new(&lowered, normalization));
    let labels = said(&own);
    assert_eq!(labels, said(&foreign));
    for attack in [
        ("fgsm", Norm::Linf, 0.01),
        ("pgd", Norm::L2, 0.5),
        ("apgd-ce", Norm::Linf, 0.005),
        ("deepfool", Norm::L2, 0.0),
        ("cw", Norm::L2, 0.0),
    ] {
        let [a, b] = [&own, &foreign].map(|victim| run(victim, &labels, attack));
        assert_eq!(a.succeeded, b.succeeded, "{attack:?}");
        let differ =
            a.images.values().iter().zip(b.images.values()).filter(|(a, b)| (**a - **b).abs() > 1e-4);
        let share = differ.count() as f64 / a.images.len() as f64;
        assert!(share < 0.005, "{attack:?}: {share} of the pixels differ");
        for (a, b) in a.distances.iter().zip(&b.distances) {
            assert!((a - b).abs() < 1e-2 * a.max(1e-3), "{attack:?}: {a} {b}");
        }
    }
}

#[test]
fn attacks_without_gradients_run_on_a_network_that_runs_forward_only() {
    let checkpoint = Checkpoint::load(&testdata("small.safetensors")).unwrap();
    let normalization = &checkpoint.card.normalization;
    let forward = OnnxNetwork::load(&testdata("small.onnx"), Engine::Rten).unwrap();
    assert!(forward.refusal().is_some() && forward.logits_layer() + 1 == forward.layers().len());
    let (own, foreign) =
        (Victim::new(&checkpoint.model, normalization), Victim::forward_only(&forward, normalization));
    let labels = said(&own);
    for name in ["square", "noise"] {
        let [a, b] = [&own, &foreign].map(|victim| run(victim, &labels, (name, Norm::Linf, 0.05)));
        assert_eq!(a.succeeded, b.succeeded, "{name}");
        assert!(name == "noise" || a.success() > 0.0);
    }
    let fgsm = find("fgsm").unwrap().build(&Settings::new(Norm::Linf)).unwrap();
    let assault = Assault::new(&foreign, &images(), &labels, None).unwrap();
    let ball = Ball::new(Norm::Linf, 0.1).unwrap();
    let refused = assault.run(fgsm.as_ref(), ball, 0, &mut |_| {}).unwrap_err().to_string();
    assert!(refused.contains("square"), "{refused}");
}

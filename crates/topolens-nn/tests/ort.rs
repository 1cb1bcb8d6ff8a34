//! ONNX files run by the onnxruntime that `ORT_DYLIB_PATH` names, against PyTorch's numbers and rten's.
//!
//! `cargo xtask onnxruntime` runs these tests with the library of the Python package.

#![cfg(feature = "ort")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use safetensors::SafeTensors;
use topolens_nn::onnx::{Engine, Inputs, OnnxNetwork};
use topolens_nn::{Differentiable, Network, Tensor};

fn testdata(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../testdata/onnx", name].iter().collect()
}

fn stored(file: &str, name: &str) -> Tensor {
    let bytes = std::fs::read(testdata(file)).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let view = file.tensor(name).unwrap();
    let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    Tensor::new(view.shape(), values.collect()).unwrap()
}

fn assert_same(found: &Tensor, expected: &Tensor, what: &str) {
    assert_near(found, expected, 1e-5, what);
}

/// `tolerance` is relative to the largest number expected.
fn assert_near(found: &Tensor, expected: &Tensor, tolerance: f32, what: &str) {
    assert_eq!(found.shape(), expected.shape(), "{what}");
    let largest = expected.values().iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    for (found, expected) in found.values().iter().zip(expected.values()) {
        assert!((found - expected).abs() <= tolerance * largest, "{what}: {found} {expected}");
    }
}

#[test]
fn every_layer_is_that_of_rten_and_the_output_that_of_pytorch() {
    let images = stored("operators.safetensors", "images");
    let load = |engine| OnnxNetwork::load(&testdata("operators.onnx"), engine).unwrap();
    let [ort, rten] = [Engine::Ort, Engine::Rten].map(load);
    assert_eq!(ort.engine(), Engine::Ort);
    assert_eq!(ort.layers(), rten.layers());
    let all: Vec<usize> = (0..ort.layers().len()).collect();
    let [found, expected] = [&ort, &rten].map(|network| network.forward(&images, &all).unwrap());
    for ((found, expected), layer) in found.taps.iter().zip(&expected.taps).zip(ort.layers()) {
        assert_same(found, expected, &layer.name);
    }
    assert_same(&found.output, &stored("operators.safetensors", "output"), "output");
    // Other values than before, and the same again.
    for taps in [&[2_usize, 1][..], &[], &[2, 1], &all[..3]] {
        let again = ort.forward(&images, taps).unwrap();
        assert_same(&again.output, &found.output, "output");
        for (value, tap) in again.taps.iter().zip(taps) {
            assert_same(value, &found.taps[*tap], &ort.layers()[*tap].name);
        }
    }
    let refused = ort.input_gradient(&images, &[0, 1, 2]).unwrap_err().to_string();
    assert!(refused.contains("forward only"), "{refused}");
}

#[test]
fn weights_beside_the_file_halves_channels_last_and_batches_of_one_size() {
    // PyTorch writes images channels first.
    let images = stored("stored.safetensors", "images");
    let place = |at: usize| (at / 108) * 108 + (at % 3) * 36 + at / 3 % 36;
    let values = (0..images.values().len()).map(|at| images.values()[place(at)]).collect();
    let images = Tensor::new(&[5, 6, 6, 3], values).unwrap();
    for name in ["stored-inside", "stored-beside", "stored-half", "stored-channels-last"] {
        let network = OnnxNetwork::load(&testdata(name).with_extension("onnx"), Engine::Ort).unwrap();
        let found = network.forward(&images, &[]).unwrap().output;
        // Onnxruntime computes in half precision where the file does.
        let tolerance = if name == "stored-half" { 2e-3 } else { 1e-5 };
        assert_near(&found, &stored("stored.safetensors", "output"), tolerance, name);
    }
    let resnet = testdata("cifar10_resnet8_silabs.onnx");
    let [ort, rten] = [Engine::Ort, Engine::Rten].map(|engine| OnnxNetwork::load(&resnet, engine).unwrap());
    let [height, width, channels] = ort.input_shape();
    let values = (0..3 * height * width * channels).map(|at| (at * 31 % 256) as f32).collect();
    let images = Tensor::new(&[3, height, width, channels], values).unwrap();
    let [found, expected] = [&ort, &rten].map(|network| network.forward(&images, &[0]).unwrap());
    assert_same(&found.output, &expected.output, "batches of one size");
    assert_same(&found.taps[0], &expected.taps[0], "batches of one size");
}

#[test]
fn inputs_of_every_type_are_filled() {
    let numbers = [("time", 0.5), ("label", 2.0), ("mask", 0.75), ("features", -1.0), ("switch", 1.0)];
    let inputs = numbers
        .into_iter()
        .fold(Inputs::default().images("images"), |inputs, (name, value)| inputs.constant(name, value));
    let network = OnnxNetwork::load_filled(&testdata("inputs.onnx"), &inputs, Engine::Ort).unwrap();
    let images = stored("inputs.safetensors", "images");
    let found = network.forward(&images, &[]).unwrap().output;
    assert_same(&found, &stored("inputs.safetensors", "inputs"), "inputs");
}

#[test]
fn any_of_several_outputs_is_the_answer() {
    let images = stored("outputs.safetensors", "images");
    for answer in ["logits", "embedding", "maps"] {
        let inputs = Inputs::default().output(answer);
        let network = OnnxNetwork::load_filled(&testdata("outputs.onnx"), &inputs, Engine::Ort).unwrap();
        let all: Vec<usize> = (0..network.layers().len()).collect();
        let found = network.forward(&images, &all).unwrap();
        assert_same(&found.output, &stored("outputs.safetensors", answer), answer);
        for (value, layer) in found.taps.iter().zip(network.layers()) {
            if ["logits", "embedding", "maps"].contains(&layer.name.as_str()) {
                assert_same(value, &stored("outputs.safetensors", &layer.name), &layer.name);
            }
        }
    }
}

//! Networks from ONNX files.
#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "tests compare exact numbers and stop at surprises"
)]

use std::path::{Path, PathBuf};

use topolens_nn::onnx::{Engine, OnnxNetwork};
use topolens_nn::tap::{default_taps, select};
use topolens_nn::{LayerKind, Network, Tensor};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/onnx/cifar10_resnet8_silabs.onnx")
}

fn noise(n: usize) -> Tensor {
    let value = |i: usize| ((i * 7919) % 255) as f32 / 128.0 - 1.0;
    Tensor::new(&[n, 32, 32, 3], (0..n * 3072).map(value).collect()).unwrap()
}

#[test]
fn the_output_is_a_softmax_and_the_last_layer() {
    let network = OnnxNetwork::load(&path(), Engine::Auto).unwrap();
    assert_eq!(network.input_shape(), [32, 32, 3]);
    assert_eq!(network.layers().last().unwrap().output_shape, [10]);
    let forward = network.forward(&noise(3), &[]).unwrap();
    assert_eq!(forward.output.shape(), [3, 10]);
    for row in forward.output.values().chunks(10) {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5 && row.iter().all(|value| *value >= 0.0));
    }
}

#[test]
fn every_layer_has_the_announced_shape() {
    let network = OnnxNetwork::load(&path(), Engine::Auto).unwrap();
    let all: Vec<usize> = (0..network.layers().len()).collect();
    assert!(all.len() > 20);
    let forward = network.forward(&noise(2), &all).unwrap();
    for (tap, layer) in forward.taps.iter().zip(network.layers()) {
        assert_eq!((tap.n_items(), &tap.shape()[1..]), (2, &layer.output_shape[..]), "{}", layer.name);
    }
    let convolutions = network.layers().iter().filter(|layer| layer.kind == LayerKind::Convolution).count();
    assert!(convolutions >= 7, "{convolutions}");
    assert!(default_taps(network.layers()).len() >= 7);
    assert_eq!(select(network.layers(), &["*"]).unwrap(), all);
}

/// Of an NCHW value read as NHWC the channels must still be those that a nonlinearity left non-negative.
#[test]
fn a_nonlinearity_is_applied_to_the_layer_before_it() {
    let network = OnnxNetwork::load(&path(), Engine::Auto).unwrap();
    let first = network.layers().iter().position(|layer| layer.kind == LayerKind::Nonlinearity).unwrap();
    let forward = network.forward(&noise(1), &[first - 1, first]).unwrap();
    let expected: Vec<f32> = forward.taps[0].values().iter().map(|value| value.max(0.0)).collect();
    assert_eq!(forward.taps[1].values(), expected);
}

#[test]
fn an_image_does_not_see_its_batch() {
    let network = OnnxNetwork::load(&path(), Engine::Auto).unwrap();
    let whole = network.forward(&noise(5), &[4]).unwrap();
    let first = Tensor::new(&[1, 32, 32, 3], noise(5).values()[..3072].to_vec()).unwrap();
    let alone = network.forward(&first, &[4]).unwrap();
    for (part, whole) in alone.output.values().iter().zip(whole.output.values()) {
        assert!((part - whole).abs() < 1e-5);
    }
    let n = alone.taps[0].len();
    assert!(
        alone.taps[0].values().iter().zip(&whole.taps[0].values()[..n]).all(|(a, b)| (a - b).abs() < 1e-4)
    );
}

#[test]
fn what_is_no_network_is_named() {
    let bytes = std::fs::read(path()).unwrap();
    for bad in [bytes[..bytes.len() / 2].to_vec(), b"hello".to_vec(), Vec::new()] {
        let message = OnnxNetwork::from_bytes("a.onnx", &bad, Engine::Auto).unwrap_err().to_string();
        assert!(message.contains("a.onnx"), "{message}");
    }
    let message = OnnxNetwork::load(Path::new("missing.onnx"), Engine::Auto).unwrap_err().to_string();
    assert!(message.contains("missing.onnx"), "{message}");
    let network = OnnxNetwork::load(&path(), Engine::Auto).unwrap();
    assert!(network.forward(&Tensor::zeros(&[1, 3, 32, 32]), &[]).is_err());
}

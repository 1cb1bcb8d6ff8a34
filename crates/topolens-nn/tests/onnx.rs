//! Networks from ONNX files.
#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "tests compare exact numbers and stop at surprises"
)]

use std::path::{Path, PathBuf};

use topolens_nn::onnx::{Engine, Inputs, OnnxNetwork};
use topolens_nn::tap::{default_taps, select};
use topolens_nn::{Differentiable, LayerKind, Network, Tensor};

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

fn operators() -> PathBuf {
    path().with_file_name("operators.onnx")
}

/// A tensor of the file beside `operators.onnx`, which PyTorch wrote.
fn by_pytorch(name: &str) -> Tensor {
    tensor_of(&operators().with_extension("safetensors"), name)
}

fn tensor_of(file: &Path, name: &str) -> Tensor {
    let bytes = std::fs::read(file).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let view = file.tensor(name).unwrap();
    let values = view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    Tensor::new(view.shape(), values.collect()).unwrap()
}

/// Relative to the largest number expected.
fn difference(found: &Tensor, expected: &Tensor) -> f32 {
    assert_eq!(found.shape(), expected.shape());
    let largest = expected.values().iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let pairs = found.values().iter().zip(expected.values());
    pairs.map(|(found, expected)| (found - expected).abs() / largest).fold(0.0, f32::max)
}

#[test]
fn lowered_operators_equal_pytorch() {
    let network = OnnxNetwork::load(&operators(), Engine::Tape).unwrap();
    let images = by_pytorch("images");
    let output = network.forward(&images, &[]).unwrap().output;
    assert!(difference(&output, &by_pytorch("output")) < 1e-5);
    let found = network.input_gradient(&images, &[4, 0, 2]).unwrap();
    assert!(difference(&found.gradient, &by_pytorch("gradient")) < 1e-5);
    for (row, loss) in found.logits.values().chunks(5).zip(&found.losses) {
        assert_eq!(row.len(), 5);
        assert!(loss.is_finite() && *loss > 0.0);
    }
}

/// Two engines that share no code see the same values in every layer.
#[test]
fn the_tape_equals_rten_in_every_layer() {
    let transformers = TRANSFORMERS.map(|name| {
        let path = path().with_file_name(name).with_extension("onnx");
        let images = tensor_of(&path.with_extension("safetensors"), "images");
        (path, images)
    });
    for (path, images) in
        [(operators(), by_pytorch("images")), (path(), noise(3))].into_iter().chain(transformers)
    {
        let [lowered, other] =
            [Engine::Auto, Engine::Rten].map(|engine| OnnxNetwork::load(&path, engine).unwrap());
        assert_eq!([lowered.engine(), other.engine()], [Engine::Tape, Engine::Rten]);
        assert_eq!(lowered.layers(), other.layers());
        let all: Vec<usize> = (0..lowered.layers().len()).collect();
        let [found, expected] = [&lowered, &other].map(|network| network.forward(&images, &all).unwrap());
        for ((found, expected), layer) in found.taps.iter().zip(&expected.taps).zip(lowered.layers()) {
            assert!(difference(found, expected) < 1e-5, "{}", layer.name);
        }
        // The same values whether or not others are asked for.
        let alone = lowered.forward(&images, &[all.len() / 2]).unwrap();
        assert_eq!(alone.taps[0], found.taps[all.len() / 2]);
    }
}

/// Networks of tokens, windows and heads; PyTorch and onnxruntime wrote the file beside each.
const TRANSFORMERS: [&str; 4] = ["vit", "vit-one", "swin", "convnext"];

#[test]
fn transformers_have_the_layers_of_onnxruntime_and_the_gradients_of_pytorch() {
    for name in TRANSFORMERS {
        let path = path().with_file_name(name).with_extension("onnx");
        let known = path.with_extension("safetensors");
        let network = OnnxNetwork::load(&path, Engine::Tape).unwrap();
        let images = tensor_of(&known, "images");
        let every: Vec<usize> = (0..network.layers().len()).collect();
        let forward = network.forward(&images, &every).unwrap();
        assert!(difference(&forward.output, &tensor_of(&known, "output")) < 1e-5, "{name}");
        let bytes = std::fs::read(&known).unwrap();
        let stored = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut n_compared = 0;
        for key in stored.names().into_iter().filter(|key| key.starts_with("layer.")) {
            let is_it = |layer: &topolens_nn::Layer| Some(layer.name.as_str()) == key.strip_prefix("layer.");
            let layer = network.layers().iter().position(is_it).unwrap();
            let found = difference(&forward.taps[layer], &tensor_of(&known, key));
            assert!(found < 1e-5, "{name}, {key}: {found}");
            n_compared += 1;
        }
        assert!(n_compared > 5);
        let gradient = network.input_gradient(&images, &[4, 0, 2]).unwrap().gradient;
        let found = difference(&gradient, &tensor_of(&known, "gradient"));
        assert!(found < 1e-4, "{name}: {found}");
    }
}

/// Whatever stands before the images in the file: each has its own items, in any batch. A batch of three is as large as query, key and
/// value are many: these, stacked in front of it, are no layer.
#[test]
fn tokens_and_windows_do_not_see_other_images() {
    for name in TRANSFORMERS {
        let path = path().with_file_name(name).with_extension("onnx");
        let images = tensor_of(&path.with_extension("safetensors"), "images");
        let [network, other] =
            [Engine::Tape, Engine::Rten].map(|engine| OnnxNetwork::load(&path, engine).unwrap());
        assert_eq!(default_taps(network.layers()), default_taps(other.layers()));
        let blocks = network.layers().iter().filter(|layer| layer.kind == LayerKind::Block).count();
        assert!(blocks >= 3, "{name}: {blocks}");
        let every: Vec<usize> = (0..network.layers().len()).collect();
        let whole = network.forward(&images, &every).unwrap();
        let turned = images.select(&[2, 0]);
        let part = network.forward(&turned, &every).unwrap();
        for ((part, whole), layer) in part.taps.iter().zip(&whole.taps).zip(network.layers()) {
            assert_eq!(whole.shape()[1..], layer.output_shape[..], "{name}, {}", layer.name);
            assert_eq!(part.shape()[1..], layer.output_shape[..], "{name}, {}", layer.name);
            assert!(difference(part, &whole.select(&[2, 0])) < 1e-6, "{name}, {}", layer.name);
        }
    }
}

/// Without taps a nonlinearity is one with the step before, and what a file writes out in parts is one step; with a tap between them
/// they are not.
#[test]
fn taps_do_not_change_the_output() {
    let files = TRANSFORMERS.map(|name| path().with_file_name(name).with_extension("onnx"));
    for path in files.into_iter().chain([operators()]) {
        let network = OnnxNetwork::load(&path, Engine::Tape).unwrap();
        let batch = tensor_of(&path.with_extension("safetensors"), "images");
        let every: Vec<usize> = (0..network.layers().len()).collect();
        let (plain, tapped) =
            (network.forward(&batch, &[]).unwrap(), network.forward(&batch, &every).unwrap());
        assert!(difference(&plain.output, &tapped.output) < 1e-6);
        for tap in every.chunks(3) {
            let found = network.forward(&batch, tap).unwrap();
            for (tap, value) in tap.iter().zip(&found.taps) {
                assert!(difference(value, &tapped.taps[*tap]) < 1e-6, "{}", network.layers()[*tap].name);
            }
        }
    }
}

#[test]
fn what_cannot_be_lowered_runs_forward_only_and_is_named() {
    let mut bytes = std::fs::read(operators()).unwrap();
    let place = bytes.windows(6).position(|window| window == b"\x22\x04Tanh").unwrap();
    bytes[place + 2..place + 6].copy_from_slice(b"Ceil");
    let network = OnnxNetwork::from_bytes("a.onnx", &bytes, Engine::Auto).unwrap();
    assert_eq!(network.engine(), Engine::Rten);
    assert!(network.refusal().unwrap().contains("Ceil"));
    let images = by_pytorch("images");
    assert!(network.forward(&images, &[0]).is_ok());
    let message = network.input_gradient(&images, &[0, 1, 2]).unwrap_err().to_string();
    assert!(message.contains("Ceil") && message.contains("gradient"), "{message}");
    let message = OnnxNetwork::from_bytes("a.onnx", &bytes, Engine::Tape).unwrap_err().to_string();
    assert!(message.contains("Ceil") && message.contains("rten"), "{message}");
}

#[test]
fn weights_may_lie_beside_the_file_or_be_halves_and_channels_be_last() {
    let file = path().with_file_name("stored.safetensors");
    let (images, expected) = (tensor_of(&file, "images"), tensor_of(&file, "output"));
    // PyTorch writes images channels first.
    let shape = [5, 6, 6, 3];
    let place = |at: usize| (at / 108) * 108 + (at % 3) * 36 + at / 3 % 36;
    let images =
        Tensor::new(&shape, (0..images.values().len()).map(|at| images.values()[place(at)]).collect())
            .unwrap();
    for name in ["stored-inside", "stored-beside", "stored-half", "stored-channels-last"] {
        for engine in [Engine::Tape, Engine::Rten] {
            let network =
                OnnxNetwork::load(&path().with_file_name(name).with_extension("onnx"), engine).unwrap();
            assert_eq!(network.input_shape(), [6, 6, 3]);
            let found = network.forward(&images, &[]).unwrap().output;
            assert!(difference(&found, &expected) < 1e-6, "{name}: {}", difference(&found, &expected));
        }
    }
}

#[test]
fn weights_that_are_missing_or_leave_the_folder_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.onnx");
    let bytes = std::fs::read(path().with_file_name("stored-beside.onnx")).unwrap();
    std::fs::write(&file, &bytes).unwrap();
    let refused = OnnxNetwork::load(&file, Engine::Auto).unwrap_err().to_string();
    assert!(refused.contains("stored-beside.data"), "{refused}");
    // A name of the same length that leaves the folder.
    let (from, to) = (&b"stored-beside.data"[..], &b"../beside/abc.data"[..]);
    let mut moved = bytes.clone();
    for at in 0..moved.len() - from.len() {
        if &moved[at..at + from.len()] == from {
            moved[at..at + to.len()].copy_from_slice(to);
        }
    }
    std::fs::write(&file, &moved).unwrap();
    let refused = OnnxNetwork::load(&file, Engine::Auto).unwrap_err().to_string();
    assert!(refused.contains("leaves its folder"), "{refused}");
}

fn several_inputs(name: &str) -> PathBuf {
    path().with_file_name(name).with_extension("onnx")
}

/// What the inputs beside the images are filled with in `inputs.safetensors`.
fn filled() -> Inputs {
    let numbers = [("time", 0.5), ("label", 2.0), ("mask", 0.75), ("features", -1.0), ("switch", 1.0)];
    numbers
        .into_iter()
        .fold(Inputs::default().images("images"), |inputs, (name, value)| inputs.constant(name, value))
}

#[test]
fn of_several_outputs_the_last_row_of_numbers_is_the_answer_unless_another_is_named() {
    let (file, values) = (several_inputs("outputs"), path().with_file_name("outputs.safetensors"));
    let images = tensor_of(&values, "images");
    for engine in [Engine::Tape, Engine::Rten] {
        for (named, answer) in [(None, "logits"), (Some("embedding"), "embedding"), (Some("maps"), "maps")] {
            let inputs = named.map_or_else(Inputs::default, |name| Inputs::default().output(name));
            let network = OnnxNetwork::load_filled(&file, &inputs, engine).unwrap();
            assert_eq!(network.outputs(), ["maps", "logits", "embedding"]);
            assert_eq!(network.layers().last().unwrap().name, answer);
            let found = network.forward(&images, &[]).unwrap().output;
            let apart = difference(&found, &tensor_of(&values, answer));
            assert!(apart < 1e-5, "{engine} {answer}: {apart}");
        }
        let depths: Vec<f64> =
            OnnxNetwork::load(&file, engine).unwrap().layers().iter().map(|l| l.relative_depth).collect();
        assert!(depths.is_sorted());
    }
    let unknown = OnnxNetwork::load_filled(&file, &Inputs::default().output("probabilities"), Engine::Auto);
    let told = unknown.unwrap_err().to_string();
    assert!(told.contains("no output \"probabilities\"; its outputs are maps, logits, embedding"), "{told}");
}

#[test]
fn inputs_beside_the_images_are_filled_with_numbers() {
    let file = path().with_file_name("inputs.safetensors");
    let (images, expected) = (tensor_of(&file, "images"), tensor_of(&file, "inputs"));
    for engine in [Engine::Tape, Engine::Rten] {
        let network = OnnxNetwork::load_filled(&several_inputs("inputs"), &filled(), engine).unwrap();
        assert_eq!(network.input_shape(), [28, 28, 1]);
        let found = network.forward(&images, &[]).unwrap().output;
        assert!(difference(&found, &expected) < 1e-5, "{engine}: {}", difference(&found, &expected));
        // The batch that they follow is not that of any other run.
        let first = Tensor::new(&[1, 28, 28, 1], images.values()[..784].to_vec()).unwrap();
        let alone = network.forward(&first, &[0]).unwrap().output;
        let first = Tensor::new(&[1, 4], expected.values()[..4].to_vec()).unwrap();
        assert!(difference(&alone, &first) < 1e-5, "{engine}");
    }
    // The input of the images is the one that is left.
    let only = Inputs::default().constant("switch", 0.0);
    assert!(OnnxNetwork::load_filled(&several_inputs("inputs-where"), &only, Engine::Auto).is_ok());
    let named = Inputs::default().images("input");
    assert!(OnnxNetwork::load_filled(&several_inputs("clothes"), &named, Engine::Auto).is_ok());
}

#[test]
fn a_number_changes_what_the_network_puts_out() {
    let images = tensor_of(&path().with_file_name("inputs.safetensors"), "images");
    let output = |label: f64| {
        let inputs = Inputs::default().constant("time", 0.5).constant("mask", 0.75);
        let inputs = inputs.constant("features", -1.0).constant("switch", 1.0).constant("label", label);
        let network = OnnxNetwork::load_filled(&several_inputs("inputs"), &inputs, Engine::Tape).unwrap();
        network.forward(&images, &[]).unwrap().output
    };
    assert!(difference(&output(0.0), &output(2.0)) > 1e-3);
}

#[test]
fn a_switch_that_is_not_lowered_is_named_and_runs_forward_only() {
    let file = path().with_file_name("inputs.safetensors");
    let inputs = Inputs::default().images("images").constant("switch", 1.0);
    let network = OnnxNetwork::load_filled(&several_inputs("inputs-where"), &inputs, Engine::Auto).unwrap();
    assert!(network.refusal().unwrap().contains("Where"), "{:?}", network.refusal());
    let found = network.forward(&tensor_of(&file, "images"), &[]).unwrap().output;
    assert!(difference(&found, &tensor_of(&file, "inputs-where")) < 1e-5);
}

#[test]
fn inputs_that_cannot_be_filled_are_named() {
    let refused = |file: &str, inputs: Inputs| {
        let error = OnnxNetwork::load_filled(&several_inputs(file), &inputs, Engine::Auto).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        error.to_string()
    };
    let bare = refused("inputs", Inputs::default());
    for word in [
        "images: float32, n x 1 x 28 x 28",
        "label: int64, n",
        "switch: bool, one number",
        "features: float32, 1 x 2",
        "`input` images `constant` time=VALUE `constant` label=VALUE `constant` mask=VALUE",
    ] {
        assert!(bare.contains(word), "{word} in {bare}");
    }
    let left = refused("inputs", Inputs::default().images("images").constant("time", 0.0));
    assert!(!left.contains("`input`") && !left.contains("time=") && left.contains("label=VALUE"), "{left}");
    let switch = |value: f64| refused("inputs-where", Inputs::default().constant("switch", value));
    for (message, words) in [
        (refused("inputs", filled().images("pictures")), ["`input`", "pictures"]),
        (refused("inputs", filled().constant("noise", 1.0)), ["`constant`", "noise"]),
        (refused("inputs", filled().constant("time", 1.0)), ["time", "twice"]),
        (refused("inputs", filled().constant("images", 1.0)), ["`constant`", "takes the images"]),
        (
            refused("inputs-where", Inputs::default().images("switch").constant("images", 1.0)),
            ["`input`", "bool"],
        ),
        (switch(0.5), ["0.5", "bool"]),
        (switch(f64::NAN), ["`constant`", "finite"]),
        (switch(1.0 / 0.0), ["`constant`", "finite"]),
        (refused("inputs-open", Inputs::default().constant("tokens", 1.0)), ["tokens", "words"]),
        (refused("clothes", Inputs::default().constant("input", 1.0)), ["clothes", "none is left"]),
    ] {
        assert!(words.iter().all(|word| message.contains(word)), "{words:?} in {message}");
    }
    let other = |name: &str, value: f64| {
        let numbers = [("time", 0.5), ("label", 2.0), ("mask", 0.75), ("features", -1.0), ("switch", 1.0)];
        let value_of = |(known, number): (&str, f64)| if known == name { value } else { number };
        let inputs = numbers
            .into_iter()
            .fold(Inputs::default(), |inputs, pair| inputs.constant(pair.0, value_of(pair)));
        refused("inputs", inputs)
    };
    assert!(other("label", 1.5).contains("whole number"));
    assert!(other("label", 3e9).contains("whole number"));
    assert!(other("time", 1e300).contains("too large"));
    // A class that the network does not know is found when the file is opened.
    assert!(other("label", 9.0).contains("cannot be run"));
}

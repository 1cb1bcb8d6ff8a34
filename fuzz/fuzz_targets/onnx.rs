//! ONNX files: an error, or a network that runs on a batch or says why not.

#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use topolens_nn::onnx::{Engine, OnnxNetwork};
use topolens_nn::{Network, Tensor};

/// What a library panics over is an error to us; a panic that leaves our code still ends the run.
fn keep_panics_of_libraries() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

fuzz_target!(|bytes: &[u8]| {
    keep_panics_of_libraries();
    let Ok(network) = OnnxNetwork::from_bytes("fuzzed", bytes, Engine::Auto) else { return };
    let [height, width, channels] = network.input_shape();
    if height * width * channels < 1 << 16 {
        let _ = network.forward(&Tensor::zeros(&[1, height, width, channels]), &[]);
    }
});

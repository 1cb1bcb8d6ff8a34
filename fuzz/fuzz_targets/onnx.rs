//! ONNX files: an error, or a network that runs on a batch or says why not.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topolens_nn::onnx::{Engine, OnnxNetwork};
use topolens_nn::{Network, Tensor};

fuzz_target!(|bytes: &[u8]| {
    let Ok(network) = OnnxNetwork::from_bytes("fuzzed", bytes, Engine::Auto) else { return };
    let [height, width, channels] = network.input_shape();
    if height * width * channels < 1 << 16 {
        let _ = network.forward(&Tensor::zeros(&[1, height, width, channels]), &[]);
    }
});

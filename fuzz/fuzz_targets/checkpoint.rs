//! Checkpoints: weights and card, either from a stranger.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topolens_nn::train::Checkpoint;

const CARD: &[u8] = include_bytes!("../../assets/networks/resnet8-fashion-mnist-6k.json");

fuzz_target!(|parts: (&[u8], &[u8])| {
    let _ = Checkpoint::from_bytes("weights", parts.0, CARD);
    let _ = Checkpoint::from_bytes("weights", parts.0, parts.1);
});

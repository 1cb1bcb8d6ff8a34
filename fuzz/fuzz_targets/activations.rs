//! Saved activations in every format: an error, or clouds of the announced shape.

#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use topolens_lab::input::{Layout, SavedActivations};
use topolens_nn::tap::Readout;

const FORMATS: [&str; 5] = ["npy", "npz", "safetensors", "h5", "parquet"];

/// What a library panics over is an error to us; a panic that leaves our code still ends the run.
fn keep_panics_of_libraries() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

fuzz_target!(|input: (u8, &[u8])| {
    keep_panics_of_libraries();
    let (format, bytes) = input;
    let folder = tempfile::tempdir().expect("a folder for the input");
    let path = folder.path().join("layers").with_extension(FORMATS[usize::from(format) % FORMATS.len()]);
    std::fs::write(&path, bytes).expect("the input is written");
    let Ok(saved) = SavedActivations::open(&path, None, &[]) else { return };
    for array in &saved.layers {
        let n_samples = array.n_samples().min(4);
        let n_features = array.item_shape(Layout::ChannelsFirst).iter().product::<usize>();
        // A wide layer is refused by the command for want of memory, and would only slow this down.
        if n_features > 1 << 20 {
            continue;
        }
        let samples: Vec<usize> = (0..n_samples).collect();
        if let Ok(cloud) = array.cloud::<f32>(&samples, Readout::Flatten, Layout::ChannelsFirst) {
            assert_eq!((cloud.n_points(), cloud.n_features()), (n_samples, n_features));
        }
    }
});

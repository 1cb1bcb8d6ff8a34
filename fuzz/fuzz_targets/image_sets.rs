//! Binary files of CIFAR and SVHN, and lists of pictures: an error, or a set with as many labels as images.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topolens_lab::input::{Split, load_data};
use topolens_nn::dataset::Fit;

const FILES: [&str; 5] = ["test_batch.bin", "test.bin", "test_32x32.mat", "list.csv", "arrays.npz"];

fuzz_target!(|input: (u8, &[u8])| {
    let (which, bytes) = input;
    let folder = tempfile::tempdir().expect("a folder for the input");
    let name = FILES[usize::from(which) % FILES.len()];
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("the input is written");
    let is_file = name.starts_with("list") || name.starts_with("arrays");
    let given = if is_file { path.as_path() } else { folder.path() };
    if let Ok(loaded) = load_data(&given.to_string_lossy(), Split::Test, Fit::default()) {
        assert_eq!(loaded.images.labels().len(), loaded.images.len());
    }
});

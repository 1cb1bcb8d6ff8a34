//! Images and labels in IDX files: an error or a set with as many labels as images.

#![no_main]

use libfuzzer_sys::fuzz_target;
use topolens_nn::dataset::read_idx;

fuzz_target!(|parts: (&[u8], &[u8])| {
    let folder = tempfile::tempdir().expect("a folder for the input");
    let (images, labels) = (folder.path().join("images"), folder.path().join("labels"));
    std::fs::write(&images, parts.0).expect("the images are written");
    std::fs::write(&labels, parts.1).expect("the labels are written");
    if let Ok(set) = read_idx(&images, &labels) {
        assert_eq!(set.labels().len(), set.len());
    }
});

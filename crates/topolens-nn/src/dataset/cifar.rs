//! The binary version of CIFAR-10.

use std::path::Path;

use super::Dataset;
use super::bytes::{FileBytes, sorted_entries};
use crate::error::Error;

const SIDE: usize = 32;
const PIXELS: usize = SIDE * SIDE;
const RECORD: usize = 1 + 3 * PIXELS;
const LIMIT: u64 = 1 << 30;
const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// Reads the official binary files of CIFAR-10 (Krizhevsky 2009) in `folder`: `data_batch_*.bin` to train on,
/// `test_batch.bin` held back.
///
/// # Errors
///
/// If the folder has no such file, or one is not a whole number of records with labels below 10.
pub fn read_cifar10(folder: &Path, train: bool) -> Result<Dataset, Error> {
    let wanted = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let binary = path.extension().is_some_and(|extension| extension == "bin");
        binary && (if train { name.starts_with("data_batch_") } else { name == "test_batch.bin" })
    };
    let files: Vec<_> = sorted_entries(folder)?.into_iter().filter(|path| wanted(path)).collect();
    if files.is_empty() {
        let name = if train { "data_batch_*.bin" } else { "test_batch.bin" };
        return Err(Error::malformed(folder.display().to_string(), format!("it holds no {name}")));
    }
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for path in files {
        append_records(&FileBytes::read(&path, LIMIT)?, &mut pixels, &mut labels)?;
    }
    let name = if train { "cifar10 train" } else { "cifar10 test" };
    Dataset::new(name, [SIDE, SIDE, 3], pixels, labels, CLASSES.map(str::to_owned).to_vec())
}

/// Each record is a label, then the red, green and blue planes; pixels are appended channel last.
fn append_records(input: &FileBytes, pixels: &mut Vec<u8>, labels: &mut Vec<usize>) -> Result<(), Error> {
    let FileBytes { file, bytes } = input;
    if bytes.is_empty() || !bytes.len().is_multiple_of(RECORD) {
        let reason = format!("{} bytes are not a whole number of records of {RECORD} bytes", bytes.len());
        return Err(Error::malformed(file, reason));
    }
    for (index, record) in bytes.chunks_exact(RECORD).enumerate() {
        let (label, planes) = (usize::from(record[0]), &record[1..]);
        if label >= CLASSES.len() {
            return Err(Error::malformed(file, format!("label {label} of record {index} is not below 10")));
        }
        labels.push(label);
        pixels.extend((0..PIXELS).flat_map(|at| [planes[at], planes[PIXELS + at], planes[2 * PIXELS + at]]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(label: u8, [red, green, blue]: [u8; 3]) -> Vec<u8> {
        [vec![label], vec![red; PIXELS], vec![green; PIXELS], vec![blue; PIXELS]].concat()
    }

    #[test]
    fn batches_are_joined_in_order_and_planes_interleaved() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("data_batch_2.bin"), record(9, [4, 5, 6])).unwrap();
        std::fs::write(folder.path().join("data_batch_1.bin"), record(3, [1, 2, 3])).unwrap();
        std::fs::write(folder.path().join("test_batch.bin"), record(0, [7, 8, 9])).unwrap();
        let train = read_cifar10(folder.path(), true).unwrap();
        assert_eq!((train.labels(), &train.image(0)[..4]), (&[3, 9][..], &[1, 2, 3, 1][..]));
        assert_eq!(&train.image(1)[3069..], [4, 5, 6]);
        assert_eq!(read_cifar10(folder.path(), false).unwrap().class_names()[0], "airplane");
    }

    #[test]
    fn damaged_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let fails = |word: &str| {
            let message = read_cifar10(folder.path(), false).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails("holds no test_batch.bin");
        let path = folder.path().join("test_batch.bin");
        std::fs::write(&path, &record(0, [0; 3])[1..]).unwrap();
        fails("test_batch.bin cannot be used: 3072 bytes");
        std::fs::write(&path, record(10, [0; 3])).unwrap();
        fails("label 10 of record 0");
    }
}

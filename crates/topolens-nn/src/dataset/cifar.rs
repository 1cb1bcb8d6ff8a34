//! The binary versions of CIFAR-10 and CIFAR-100.

use std::path::Path;

use super::Dataset;
use super::bytes::{FileBytes, sorted_entries};
use crate::error::Error;

const SIDE: usize = 32;
const PIXELS: usize = SIDE * SIDE;
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
    let format = Records { n_labels: 1, n_classes: CLASSES.len() };
    for path in files {
        format.append(&FileBytes::read(&path, LIMIT)?, &mut pixels, &mut labels)?;
    }
    let name = if train { "cifar10 train" } else { "cifar10 test" };
    Dataset::new(name, [SIDE, SIDE, 3], pixels, labels, CLASSES.map(str::to_owned).to_vec())
}

/// Reads the official binary files of CIFAR-100 (Krizhevsky 2009) in `folder`, with its 100 fine classes: `train.bin` to train on,
/// `test.bin` held back. The names of the classes are taken from `fine_label_names.txt`, if it is there.
///
/// # Errors
///
/// If the file is missing, or is not a whole number of records with labels below 100.
pub fn read_cifar100(folder: &Path, train: bool) -> Result<Dataset, Error> {
    const N_CLASSES: usize = 100;
    let (file, name) = if train { ("train.bin", "cifar100 train") } else { ("test.bin", "cifar100 test") };
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    let format = Records { n_labels: 2, n_classes: N_CLASSES };
    format.append(&FileBytes::read(&folder.join(file), LIMIT)?, &mut pixels, &mut labels)?;
    let listed = std::fs::read_to_string(folder.join("fine_label_names.txt")).unwrap_or_default();
    let listed: Vec<String> =
        listed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let numbers = || (0..N_CLASSES).map(|class| class.to_string()).collect();
    let names = if listed.len() == N_CLASSES { listed } else { numbers() };
    Dataset::new(name, [SIDE, SIDE, 3], pixels, labels, names)
}

/// Records of labels, of which the last counts, then the red, green and blue planes.
struct Records {
    n_labels: usize,
    n_classes: usize,
}

impl Records {
    /// Pixels are appended channel last.
    fn append(&self, input: &FileBytes, pixels: &mut Vec<u8>, labels: &mut Vec<usize>) -> Result<(), Error> {
        let FileBytes { file, bytes } = input;
        let Self { n_labels, n_classes } = *self;
        let length = n_labels + 3 * PIXELS;
        if bytes.is_empty() || !bytes.len().is_multiple_of(length) {
            let reason = format!("{} bytes are not a whole number of records of {length} bytes", bytes.len());
            return Err(Error::malformed(file, reason));
        }
        for (index, record) in bytes.chunks_exact(length).enumerate() {
            let (label, planes) = (usize::from(record[n_labels - 1]), &record[n_labels..]);
            if label >= n_classes {
                let reason = format!("label {label} of record {index} is not below {n_classes}");
                return Err(Error::malformed(file, reason));
            }
            labels.push(label);
            let pixel = |at: usize| [planes[at], planes[PIXELS + at], planes[2 * PIXELS + at]];
            pixels.extend((0..PIXELS).flat_map(pixel));
        }
        Ok(())
    }
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
    fn the_fine_label_counts_and_names_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let fine = |label: u8| [&[19], record(label, [1, 2, 3]).as_slice()].concat();
        std::fs::write(folder.path().join("test.bin"), [fine(7), fine(99)].concat()).unwrap();
        let set = read_cifar100(folder.path(), false).unwrap();
        assert_eq!((set.labels(), set.class_names()[7].as_str()), (&[7, 99][..], "7"));
        assert_eq!(set.image(1)[..4], [1, 2, 3, 1]);
        let names: Vec<String> = (0..100).map(|class| format!("name{class}")).collect();
        std::fs::write(folder.path().join("fine_label_names.txt"), names.join("\n")).unwrap();
        assert_eq!(read_cifar100(folder.path(), false).unwrap().class_names()[99], "name99");
        std::fs::write(folder.path().join("test.bin"), fine(100)).unwrap();
        assert!(read_cifar100(folder.path(), false).unwrap_err().to_string().contains("below 100"));
        assert!(read_cifar100(folder.path(), true).unwrap_err().to_string().contains("train.bin"));
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

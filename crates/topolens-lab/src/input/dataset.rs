//! Images by name, folder or file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use topolens_nn::dataset::{self, Dataset, Fit, Pictures};

use super::catalogue::{DataStatus, data_home, find_entry, unknown_data_set};
use super::{image_arrays, picture_list};
use crate::error::{DataProblem, Error};
use crate::{Result, store::DataStamp};

/// The part of a data set that was held back from training, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Images to train on.
    Train,
    /// Images held back.
    Test,
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Test => "test",
        })
    }
}

/// Images as the user names them: `NAME[:SPLIT]`, `FOLDER[:SPLIT]` or `FILE[:SPLIT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRef {
    /// Name in the catalogue, a folder or a file.
    pub name: String,
    /// The part asked for, if one was.
    pub split: Option<Split>,
}

impl FromStr for DataRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, split) = match text.rsplit_once(':') {
            Some((name, "train")) => (name, Some(Split::Train)),
            Some((name, "test")) => (name, Some(Split::Test)),
            Some((name, split)) if find_entry(name).is_ok() => {
                let (name, split) = (name.to_owned(), split.to_owned());
                return Err(Error::data(DataProblem::UnknownSplit { name, split }));
            }
            _ => (text, None),
        };
        if name.is_empty() {
            return Err(unknown_data_set(text));
        }
        Ok(Self { name: name.to_owned(), split })
    }
}

/// Images with their stamp.
#[derive(Debug)]
pub struct LoadedData {
    /// The images.
    pub images: Dataset,
    /// Name, number and checksum.
    pub stamp: DataStamp,
    /// What the user should know, such as that a smaller set stands in for the one named.
    pub notice: Option<String>,
}

/// Loads one split of the images that `name` names, brought to one size by `fit`.
///
/// `fashion-mnist` that was never fetched is replaced by the embedded 6000 images of it, with a notice and under that
/// name. Pictures that cannot be read are left out, and a notice counts and names them.
///
/// # Errors
///
/// An unknown name, a data set that is not at hand, or files that cannot be read.
pub fn load_data(name: &str, split: Split, fit: Fit) -> Result<LoadedData> {
    let Read { images, used, notice } = read(name, split, fit)?;
    let stamp = DataStamp::of(&format!("{used}:{split}{}", in_words(fit)), &images);
    Ok(LoadedData { images, stamp, notice })
}

/// Loads all images that `name` names, those held back last: both parts, or a folder without parts as it is.
///
/// # Errors
///
/// As [`load_data`], and if the two parts differ in the size of the images.
pub fn load_whole(name: &str, fit: Fit) -> Result<LoadedData> {
    let path = Path::new(name);
    let folder = match find_entry(name).map(|entry| entry.status(&data_home())) {
        Ok(DataStatus::Present(folder)) => Some(folder),
        Err(_) if path.is_dir() => Some(path.to_path_buf()),
        _ => None,
    };
    let Read { images, used, notice } = match folder {
        Some(folder) if is_without_parts(&folder)? => {
            Read::pictures(dataset::read_image_folder(&folder, true, fit)?, name)
        }
        _ => {
            let [train, test] = [Split::Train, Split::Test].map(|split| read(name, split, fit));
            let (train, test) = (train?, test?);
            let notice = [train.notice, test.notice]
                .into_iter()
                .flatten()
                .reduce(|one, other| format!("{one}; {other}"));
            Read { images: train.images.joined(&test.images)?, used: train.used, notice }
        }
    };
    let stamp = DataStamp::of(&format!("{used}{}", in_words(fit)), &images);
    Ok(LoadedData { images, stamp, notice })
}

/// What is done to images, behind their name.
fn in_words(fit: Fit) -> String {
    let resized = fit.resize.map_or_else(String::new, |resize| format!(", resized to {resize}"));
    let cropped = fit.crop.map_or_else(String::new, |crop| format!(", cropped to {crop}"));
    resized + &cropped
}

/// Whether a folder holds one folder of pictures per class, and no parts to train and to test.
fn is_without_parts(folder: &Path) -> Result<bool> {
    let has_parts = folder.join("train").is_dir() || folder.join("test").is_dir();
    Ok(!has_parts
        && read_files(folder, Split::Train)?.is_none()
        && read_files(folder, Split::Test)?.is_none())
}

/// Images, what they are called, and what should be known of them.
struct Read {
    images: Dataset,
    used: String,
    notice: Option<String>,
}

impl Read {
    fn whole(images: Dataset, used: &str) -> Self {
        Self { images, used: used.to_owned(), notice: None }
    }

    fn pictures(pictures: Pictures, used: &str) -> Self {
        let Pictures { images, n_files, damaged } = pictures;
        let notice = damaged.first().map(|(file, reason)| {
            let more = if damaged.len() > 1 { " and others" } else { "" };
            format!(
                "{} of {n_files} pictures cannot be read and are left out: {} ({reason}){more}",
                damaged.len(),
                file.display()
            )
        });
        Self { images, used: used.to_owned(), notice }
    }
}

fn read(name: &str, split: Split, fit: Fit) -> Result<Read> {
    let path = Path::new(name);
    let Ok(entry) = find_entry(name) else {
        if path.is_dir() {
            return read_folder(path, name, split, fit);
        }
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        return match extension.to_str() {
            Some("csv") if path.is_file() => Ok(Read::pictures(picture_list::read(path, split, fit)?, name)),
            Some("npz" | "npy" | "safetensors" | "h5" | "hdf5") if path.is_file() => {
                Ok(Read::whole(fit.apply_to(image_arrays::read(path, split)?)?, name))
            }
            _ => Err(unknown_data_set(name)),
        };
    };
    match entry.status(&data_home()) {
        DataStatus::Embedded => Ok(Read::whole(fit.apply_to(embedded(split)?)?, entry.name)),
        DataStatus::Present(folder) => read_folder(&folder, entry.name, split, fit),
        DataStatus::Absent if entry.name == "fashion-mnist" => {
            let notice = "fashion-mnist is not here; using the embedded fashion-mnist-6k \
                (the full set: topolens data fetch fashion-mnist)";
            let images = fit.apply_to(embedded(split)?)?;
            Ok(Read { images, used: "fashion-mnist-6k".to_owned(), notice: Some(notice.to_owned()) })
        }
        DataStatus::Absent => Err(Error::data(DataProblem::Absent { name: entry.name })),
    }
}

fn embedded(split: Split) -> Result<Dataset> {
    Ok(dataset::embedded(split == Split::Train)?)
}

/// Reads whatever layout the folder has: IDX files, the binary files of CIFAR, those of SVHN, or one folder of pictures per
/// class, with or without `train` and `test` above.
fn read_folder(folder: &Path, used: &str, split: Split, fit: Fit) -> Result<Read> {
    if let Some(images) = read_files(folder, split)? {
        return Ok(Read::whole(fit.apply_to(images)?, used));
    }
    if folder.join("train").is_dir() || folder.join("test").is_dir() {
        let pictures = dataset::read_image_folder(folder, split == Split::Train, fit)?;
        return Ok(Read::pictures(pictures, used));
    }
    let pictures = dataset::read_image_folder(folder, true, fit)?;
    Ok(Read::pictures(Pictures { images: hold_back(&pictures.images, split)?, ..pictures }, used))
}

/// The images of a folder whose files have the names of a known data set.
fn read_files(folder: &Path, split: Split) -> Result<Option<Dataset>> {
    let train = split == Split::Train;
    let holds = |name: &str| -> Option<PathBuf> { super::catalogue::stored_file(folder, name) };
    let prefix = if train { "train" } else { "t10k" };
    if let Some(images) = holds(&format!("{prefix}-images-idx3-ubyte")) {
        let labels = holds(&format!("{prefix}-labels-idx1-ubyte"))
            .unwrap_or_else(|| folder.join(format!("{prefix}-labels-idx1-ubyte")));
        return Ok(Some(dataset::read_idx(&images, &labels)?));
    }
    if holds("test_batch.bin").is_some() {
        return Ok(Some(dataset::read_cifar10(folder, train)?));
    }
    if holds("train.bin").is_some() || holds("test.bin").is_some() {
        return Ok(Some(dataset::read_cifar100(folder, train)?));
    }
    if holds("train_32x32.mat").is_some() || holds("test_32x32.mat").is_some() {
        return Ok(Some(dataset::read_svhn(folder, train)?));
    }
    Ok(None)
}

/// One image in this many is held back where there is no split.
const HELD_BACK: usize = 5;

/// Every fifth image of each class is for testing, the others are for training.
pub(super) fn hold_back(all: &Dataset, split: Split) -> Result<Dataset> {
    let mut seen = vec![0_usize; all.n_classes()];
    let mut chosen = Vec::new();
    for (image, &class) in all.labels().iter().enumerate() {
        seen[class] += 1;
        if seen[class].is_multiple_of(HELD_BACK) == (split == Split::Test) {
            chosen.push(image);
        }
    }
    if chosen.is_empty() {
        let name = all.name().to_owned();
        return Err(Error::data(DataProblem::NothingHeldBack { name, one_in: HELD_BACK }));
    }
    Ok(all.subset(&chosen)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fifth_of_each_class_is_held_back_once() {
        let all = dataset::embedded(false).unwrap();
        let (train, test) = (hold_back(&all, Split::Train).unwrap(), hold_back(&all, Split::Test).unwrap());
        assert_eq!((train.len(), test.len()), (800, 200));
        assert!((0..10).all(|class| test.labels().iter().filter(|label| **label == class).count() == 20));
    }

    #[test]
    fn the_whole_has_every_image_once() {
        let [train, test] = [Split::Train, Split::Test]
            .map(|split| load_data("fashion-mnist-6k", split, Fit::default()).unwrap().images);
        let whole = load_whole("fashion-mnist-6k", Fit::default()).unwrap().images;
        assert_eq!((whole.len(), whole.n_classes()), (train.len() + test.len(), 10));
        assert_eq!(whole.image(train.len()), test.image(0));
        let folder = tempfile::tempdir().unwrap();
        for person in ["a", "b"] {
            std::fs::create_dir(folder.path().join(person)).unwrap();
            image::GrayImage::new(2, 2).save(folder.path().join(person).join("1.pgm")).unwrap();
        }
        let name = folder.path().display().to_string();
        assert_eq!(load_whole(&name, Fit::default()).unwrap().images.len(), 2);
        assert!(load_data(&name, Split::Test, Fit::default()).is_err());
    }

    #[test]
    fn names_carry_a_split_or_none() {
        let parse = |text: &str| text.parse::<DataRef>().unwrap();
        assert_eq!(parse("cifar10:test"), DataRef { name: "cifar10".into(), split: Some(Split::Test) });
        assert_eq!(parse("a/b:c"), DataRef { name: "a/b:c".into(), split: None });
        assert!(":train".parse::<DataRef>().unwrap_err().to_string().contains("cifar10"));
        assert!("mnist:validation".parse::<DataRef>().unwrap_err().to_string().contains("mnist:test"));
    }
}

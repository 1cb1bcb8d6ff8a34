//! One folder of pictures per class.

use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageReader};

use super::Dataset;
use super::bytes::sorted_entries;
use crate::error::Error;

/// A picture with more bytes than this when decoded is refused.
const MAX_DECODED: u64 = 1 << 28;

/// Reads a folder that holds one folder of PNG or JPEG pictures per class.
///
/// If `folder` has `train` or `test` below it, `train` says which of them is read; without them all pictures are read for
/// `train`, and none are held back. Classes and pictures come in the order of their names. Pictures are grey if the first
/// one is, colour otherwise. Other files are passed over.
///
/// # Errors
///
/// If the part asked for is missing, there are no pictures, one cannot be read, or their sizes differ.
pub fn read_image_folder(folder: &Path, train: bool) -> Result<Dataset, Error> {
    let part = part(folder, train)?;
    let class_folders: Vec<PathBuf> =
        sorted_entries(&part)?.into_iter().filter(|path| path.is_dir()).collect();
    let mut pictures = Pictures::default();
    let mut class_names = Vec::new();
    for class_folder in &class_folders {
        let files: Vec<PathBuf> =
            sorted_entries(class_folder)?.into_iter().filter(|path| is_picture(path)).collect();
        if files.is_empty() {
            continue;
        }
        class_names.push(class_folder.file_name().unwrap_or_default().to_string_lossy().into_owned());
        for file in &files {
            pictures.append(file, class_names.len() - 1)?;
        }
    }
    let Some((shape, _)) = pictures.first else {
        let reason = "it holds no folders with .png or .jpg pictures; make one folder per class";
        return Err(Error::malformed(part.display().to_string(), reason));
    };
    Dataset::new(&part.display().to_string(), shape, pictures.pixels, pictures.labels, class_names)
}

fn part(folder: &Path, train: bool) -> Result<PathBuf, Error> {
    let (name, other) = if train { ("train", "test") } else { ("test", "train") };
    let wanted = folder.join(name);
    if wanted.is_dir() {
        Ok(wanted)
    } else if train && !folder.join(other).is_dir() {
        Ok(folder.to_path_buf())
    } else {
        Err(Error::malformed(
            folder.display().to_string(),
            format!("it holds no folder {name:?} with one folder per class"),
        ))
    }
}

fn is_picture(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    path.is_file() && matches!(extension.as_str(), "png" | "jpg" | "jpeg")
}

#[derive(Debug, Default)]
struct Pictures {
    first: Option<([usize; 3], PathBuf)>,
    pixels: Vec<u8>,
    labels: Vec<usize>,
}

impl Pictures {
    fn append(&mut self, file: &Path, label: usize) -> Result<(), Error> {
        let picture = decode(file)?;
        let [height, width] = [picture.height() as usize, picture.width() as usize];
        let channels = if picture.color().has_color() { 3 } else { 1 };
        let (shape, first) =
            self.first.get_or_insert_with(|| ([height, width, channels], file.to_path_buf()));
        if shape[..2] != [height, width] {
            let (file, first) = (file.display().to_string(), first.display());
            let reason = format!(
                "it is {height}x{width}, {first} is {}x{}; bring all to one size",
                shape[0], shape[1]
            );
            return Err(Error::malformed(file, reason));
        }
        let bytes =
            if shape[2] == 1 { picture.into_luma8().into_raw() } else { picture.into_rgb8().into_raw() };
        self.pixels.extend(bytes);
        self.labels.push(label);
        Ok(())
    }
}

fn decode(file: &Path) -> Result<DynamicImage, Error> {
    let reader = ImageReader::open(file).and_then(ImageReader::with_guessed_format);
    let mut reader = reader.map_err(|source| Error::io("open", file, source))?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    reader.decode().map_err(|error| Error::malformed(file.display().to_string(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma, Rgb, RgbImage};

    use super::*;

    fn grey(path: &Path, side: u32, value: u8) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        GrayImage::from_pixel(side, 2, Luma([value])).save(path).unwrap();
    }

    #[test]
    fn classes_and_pictures_come_by_name() {
        let folder = tempfile::tempdir().unwrap();
        grey(&folder.path().join("zebra/1.png"), 3, 30);
        grey(&folder.path().join("ape/b.png"), 3, 20);
        grey(&folder.path().join("ape/a.png"), 3, 10);
        std::fs::write(folder.path().join("ape/notes.txt"), "x").unwrap();
        std::fs::create_dir(folder.path().join("empty")).unwrap();
        let set = read_image_folder(folder.path(), true).unwrap();
        assert_eq!(
            (set.class_names(), set.labels()),
            (&["ape".to_owned(), "zebra".to_owned()][..], &[0, 0, 1][..])
        );
        assert_eq!((set.image_shape(), set.image(1)), ([2, 3, 1], &[20; 6][..]));
        assert!(read_image_folder(folder.path(), false).unwrap_err().to_string().contains("\"test\""));
    }

    #[test]
    fn train_and_test_are_told_apart_and_colour_kept() {
        let folder = tempfile::tempdir().unwrap();
        grey(&folder.path().join("train/a/0.png"), 2, 1);
        let coloured = folder.path().join("test/a/0.png");
        std::fs::create_dir_all(coloured.parent().unwrap()).unwrap();
        RgbImage::from_pixel(2, 2, Rgb([1, 2, 3])).save(coloured).unwrap();
        assert_eq!(read_image_folder(folder.path(), true).unwrap().image_shape(), [2, 2, 1]);
        assert_eq!(read_image_folder(folder.path(), false).unwrap().image(0)[..3], [1, 2, 3]);
    }

    #[test]
    fn sizes_that_differ_and_damage_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let fails = |word: &str| {
            let message = read_image_folder(folder.path(), true).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails("one folder per class");
        grey(&folder.path().join("a/0.png"), 2, 1);
        grey(&folder.path().join("a/1.png"), 3, 1);
        fails("2x3");
        std::fs::write(folder.path().join("a/1.png"), [0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0]).unwrap();
        fails("1.png");
    }
}

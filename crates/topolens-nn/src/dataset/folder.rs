//! One folder of pictures per class.

use std::path::{Path, PathBuf};

use super::Fit;
use super::bytes::sorted_entries;
use super::pictures::{Pictures, is_picture, read_pictures};
use crate::error::Error;

/// Reads a folder that holds one folder of PNG, JPEG, WebP, PGM or PPM pictures per class.
///
/// If `folder` has `train` or `test` below it, `train` says which of them is read; without them all pictures are read for
/// `train`, and none are held back. Classes and pictures come in the order of their names. Pictures are grey if the first
/// one is, colour otherwise. Other files are passed over; pictures that cannot be read are left out and listed.
///
/// # Errors
///
/// If the part asked for is missing, there are no pictures, none can be read, or their sizes differ.
pub fn read_image_folder(folder: &Path, train: bool, fit: Fit) -> Result<Pictures, Error> {
    let part = part(folder, train)?;
    let class_folders: Vec<PathBuf> =
        sorted_entries(&part)?.into_iter().filter(|path| path.is_dir()).collect();
    let (mut files, mut class_names) = (Vec::new(), Vec::new());
    for class_folder in &class_folders {
        let pictures = sorted_entries(class_folder)?.into_iter();
        let pictures: Vec<PathBuf> = pictures.filter(|path| path.is_file() && is_picture(path)).collect();
        if pictures.is_empty() {
            continue;
        }
        class_names.push(class_folder.file_name().unwrap_or_default().to_string_lossy().into_owned());
        files.extend(pictures.into_iter().map(|picture| (picture, class_names.len() - 1)));
    }
    let name = part.display().to_string();
    if files.is_empty() {
        let reason =
            "it holds no folders with .png, .jpg, .webp, .pgm or .ppm pictures; make one folder per class";
        return Err(Error::malformed(name, reason));
    }
    read_pictures(&name, &files, class_names, fit)
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
        let set = read_image_folder(folder.path(), true, Fit::default()).unwrap().images;
        assert_eq!(
            (set.class_names(), set.labels()),
            (&["ape".to_owned(), "zebra".to_owned()][..], &[0, 0, 1][..])
        );
        assert_eq!((set.image_shape(), set.image(1)), ([2, 3, 1], &[20; 6][..]));
        assert!(
            read_image_folder(folder.path(), false, Fit::default())
                .unwrap_err()
                .to_string()
                .contains("\"test\"")
        );
    }

    #[test]
    fn train_and_test_are_told_apart_and_colour_kept() {
        let folder = tempfile::tempdir().unwrap();
        grey(&folder.path().join("train/a/0.png"), 2, 1);
        let coloured = folder.path().join("test/a/0.png");
        std::fs::create_dir_all(coloured.parent().unwrap()).unwrap();
        RgbImage::from_pixel(2, 2, Rgb([1, 2, 3])).save(coloured).unwrap();
        let read = |train| read_image_folder(folder.path(), train, Fit::default()).unwrap().images;
        assert_eq!(read(true).image_shape(), [2, 2, 1]);
        assert_eq!(read(false).image(0)[..3], [1, 2, 3]);
    }

    #[test]
    fn sizes_that_differ_and_damage_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let fails = |word: &str| {
            let message = read_image_folder(folder.path(), true, Fit::default()).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails("one folder per class");
        grey(&folder.path().join("a/0.png"), 2, 1);
        grey(&folder.path().join("a/1.png"), 3, 1);
        fails("2x3");
        let damaged = [0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0];
        std::fs::write(folder.path().join("a/1.png"), damaged).unwrap();
        let pictures = read_image_folder(folder.path(), true, Fit::default()).unwrap();
        assert_eq!((pictures.images.len(), pictures.damaged.len()), (1, 1));
        assert!(pictures.damaged[0].0.ends_with("a/1.png"));
        // Kinds that are not read are not passed over in silence.
        std::fs::write(folder.path().join("a/2.tiff"), "II*").unwrap();
        assert_eq!(read_image_folder(folder.path(), true, Fit::default()).unwrap().damaged.len(), 2);
        std::fs::write(folder.path().join("a/0.png"), damaged).unwrap();
        fails("none of its 3 pictures");
    }
}

//! Attacked images as files.

use std::fs;
use std::path::{Path, PathBuf};

use topolens_nn::Tensor;
use topolens_nn::tap::Readout;

use super::study::{Cell, Images};
use crate::Result;
use crate::error::{DataProblem, Error, ErrorKind};
use crate::input::{Labels, Layout, SavedActivations, SavedArray};
use crate::store::atomic::write_atomically;
use crate::store::{NpzWriter, png_bytes};

/// Attacked images that another program saved.
#[derive(Debug, Clone)]
pub struct SavedExamples {
    /// After the attack, N × height × width × channels, from 0 to 1.
    pub perturbed: Tensor,
    /// Before it, if the file has them.
    pub clean: Option<Tensor>,
    /// The true class of each, if the file has it.
    pub labels: Option<Vec<usize>>,
}

/// Reads the arrays `images` (or the only one with four axes, or three for grey images), `clean` and `labels` of a `.npz`, or the images of a `.npy`.
///
/// Images are N × height × width × channels or N × channels × height × width, whichever fits `input_shape`; from 0 to 1, or from 0 to 255.
///
/// # Errors
///
/// The file cannot be read, or has no images that fit.
pub fn read_examples(path: &Path, input_shape: [usize; 3]) -> Result<SavedExamples> {
    let bad = |reason: String| bad_examples(path, reason);
    let arrays = SavedActivations::arrays(path)?;
    let named = |name: &str| arrays.iter().find(|array| array.name == name);
    let least = if input_shape[2] == 1 { 3 } else { 4 };
    let of_images: Vec<&SavedArray> =
        arrays.iter().filter(|array| array.shape.len() >= least && array.name != "clean").collect();
    let images = match (named("images"), &of_images[..]) {
        (Some(images), _) => images,
        (None, [images]) => *images,
        (None, others) => {
            return Err(bad(format!(
                "it has {} arrays of images; call one of them \"images\"",
                others.len()
            )));
        }
    };
    let perturbed = tensor(path, images, input_shape)?;
    let clean = named("clean").map(|array| tensor(path, array, input_shape)).transpose()?;
    let labels = named("labels").map(|array| classes(path, array)).transpose()?;
    let n_images = perturbed.n_items();
    let lengths = [clean.as_ref().map(Tensor::n_items), labels.as_ref().map(Vec::len)];
    if let Some(other) = lengths.into_iter().flatten().find(|length| *length != n_images) {
        return Err(bad(format!("it has {n_images} images and {other} of \"clean\" or \"labels\"")));
    }
    Ok(SavedExamples { perturbed, clean, labels })
}

fn bad_examples(path: &Path, reason: String) -> Error {
    Error::data(DataProblem::BadExamples { path: path.to_path_buf(), reason })
}

/// The numbers of classes as the file has them: those of the network's outputs.
fn classes(path: &Path, array: &SavedArray) -> Result<Vec<usize>> {
    let labels = Labels::of_array(array)?;
    let number = |class: &usize| {
        let name = &labels.names[*class];
        name.parse().map_err(|_| {
            bad_examples(path, format!("\"labels\" holds {name}; give numbers of classes from 0"))
        })
    };
    labels.classes.iter().map(number).collect()
}

/// The pixels of an array in our order of axes.
fn tensor(path: &Path, array: &SavedArray, input_shape: [usize; 3]) -> Result<Tensor> {
    let name = &array.name;
    let [height, width, channels] = input_shape;
    let layout = match array.shape.get(1..) {
        Some(item) if item == input_shape => Layout::ChannelsLast,
        Some(item) if item == [channels, height, width] => Layout::ChannelsFirst,
        // Grey images have no axis of channels in many files.
        Some(item) if channels == 1 && item == [height, width] => Layout::ChannelsLast,
        _ => {
            let needed = format!("the network takes images of {height} × {width} × {channels}");
            return Err(bad_examples(path, format!("{name:?} has shape {:?}, {needed}", array.shape)));
        }
    };
    let samples: Vec<usize> = (0..array.n_samples()).collect();
    if samples.is_empty() {
        return Err(bad_examples(path, format!("{name:?} is empty")));
    }
    let cloud = array.cloud::<f32>(&samples, Readout::Flatten, layout)?;
    let largest = cloud.values().iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let scale = if largest > 2.0 { 255.0 } else { 1.0 };
    // What went through a normalisation and back may be off by rounding.
    let rounding = 1e-5 * scale;
    let allowed = -rounding..=scale + rounding;
    if let Some(value) = cloud.values().iter().find(|value| !allowed.contains(*value)) {
        let needed = "pixels are from 0 to 1, or from 0 to 255, before any normalisation";
        return Err(bad_examples(path, format!("{name:?} holds {value}; {needed}")));
    }
    let values = cloud.values().iter().map(|value| (value / scale).clamp(0.0, 1.0)).collect();
    Ok(Tensor::new(&[samples.len(), height, width, channels], values)?)
}

/// Writes a `.npz` per cell with the arrays `images`, `clean`, `labels`, `predictions` and `succeeded`, and with `pictures` each attacked image as a
/// `.png` too; returns the archives.
///
/// # Errors
///
/// A folder cannot be made or a file cannot be written.
pub fn write_examples(
    folder: &Path,
    cells: &[Cell],
    clean: &Images,
    attacked: &[usize],
    pictures: bool,
) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    let before = clean.pixels.select(attacked);
    let labels: Vec<u64> = attacked.iter().map(|at| clean.labels[*at] as u64).collect();
    let mut files = Vec::new();
    for cell in cells.iter().filter(|cell| cell.method != "clean") {
        let name = format!("{}-{}-{}", cell.method, cell.norm, cell.epsilon);
        let path = folder.join(format!("{name}.npz"));
        write_atomically(
            &path,
            &archive(cell, &before, &labels).map_err(|source| Error::io("write", &path, source))?,
        )?;
        if pictures {
            let folder = folder.join(&name);
            fs::create_dir_all(&folder).map_err(|source| Error::io("create", &folder, source))?;
            for (item, at) in cell.outcome.images.items().zip(attacked) {
                write_picture(&folder.join(format!("{at:05}.png")), item, clean.pixels.shape())?;
            }
        }
        files.push(path);
    }
    Ok(files)
}

fn archive(cell: &Cell, before: &Tensor, labels: &[u64]) -> std::io::Result<Vec<u8>> {
    let mut archive = NpzWriter::default();
    let outcome = &cell.outcome;
    archive.add_array("images", outcome.images.values(), outcome.images.shape())?;
    archive.add_array("clean", before.values(), before.shape())?;
    archive.add_array("labels", labels, &[labels.len()])?;
    let said: Vec<u64> = outcome.predictions.iter().map(|class| *class as u64).collect();
    archive.add_array("predictions", &said, &[said.len()])?;
    let succeeded: Vec<u64> = outcome.succeeded.iter().map(|met| u64::from(*met)).collect();
    archive.add_array("succeeded", &succeeded, &[succeeded.len()])?;
    archive.finish()
}

fn write_picture(path: &Path, pixels: &[f32], shape: &[usize]) -> Result<()> {
    #[expect(clippy::cast_sign_loss, reason = "pixels are from 0 to 1")]
    let bytes: Vec<u8> = pixels.iter().map(|pixel| (pixel * 255.0).round() as u8).collect();
    let file = png_bytes(&bytes, [shape[1], shape[2], shape[3]]).map_err(|error| {
        Error::new(ErrorKind::Picture { name: path.display().to_string(), reason: error.to_string() })
    })?;
    write_atomically(path, &file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(arrays: &[(&str, &[f32], &[usize])], labels: Option<&[u64]>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = NpzWriter::default();
        for (name, values, shape) in arrays {
            archive.add_array(name, values, shape).unwrap();
        }
        if let Some(labels) = labels {
            archive.add_array("labels", labels, &[labels.len()]).unwrap();
        }
        fs::write(folder.path().join("a.npz"), archive.finish().unwrap()).unwrap();
        folder
    }

    #[test]
    fn either_order_of_axes_and_either_range_give_the_same_pixels() {
        let last: Vec<f32> = (0..2 * 2 * 3 * 3).map(|at| at as f32 / 255.0).collect();
        let at = |image: usize, row: usize, column: usize, channel: usize| {
            last[((image * 2 + row) * 3 + column) * 3 + channel]
        };
        let first: Vec<f32> =
            (0..2 * 3 * 2 * 3).map(|i| 255.0 * at(i / 18, i / 3 % 2, i % 3, i / 6 % 3)).collect();
        let one =
            written(&[("images", &last, &[2, 2, 3, 3]), ("clean", &last, &[2, 2, 3, 3])], Some(&[4, 1]));
        let other = written(&[("x", &first, &[2, 3, 2, 3])], None);
        let [one, other] =
            [one, other].map(|folder| read_examples(&folder.path().join("a.npz"), [2, 3, 3]).unwrap());
        assert_eq!(one.perturbed.values(), last);
        assert_eq!((one.clean.as_ref(), one.labels), (Some(&one.perturbed), Some(vec![4, 1])));
        assert!(other.perturbed.values().iter().zip(&last).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_eq!((other.clean, other.labels), (None, None));
    }

    #[test]
    fn grey_images_need_no_axis_of_channels() {
        let pixels: Vec<f32> = (0..12).map(|at| at as f32 / 255.0).collect();
        let without =
            written(&[("images", &pixels, &[2, 2, 3]), ("clean", &pixels, &[2, 2, 3])], Some(&[1, 0]));
        let with =
            written(&[("images", &pixels, &[2, 1, 2, 3]), ("clean", &pixels, &[2, 2, 3, 1])], Some(&[1, 0]));
        let [without, with] =
            [without, with].map(|folder| read_examples(&folder.path().join("a.npz"), [2, 3, 1]).unwrap());
        assert_eq!((&without.perturbed, &without.clean), (&with.perturbed, &with.clean));
        assert_eq!((without.perturbed.shape(), without.perturbed.values()), (&[2, 2, 3, 1][..], &pixels[..]));
    }

    #[test]
    fn what_is_no_image_is_refused() {
        let pixels = [0.5_f32; 12];
        for (arrays, labels, word) in [
            (vec![("images", &pixels[..], &[1, 2, 2, 3][..])], None, "takes images of 3"),
            (
                vec![("a", &pixels[..], &[2, 3, 1, 2][..]), ("b", &pixels[..], &[2, 3, 1, 2][..])],
                None,
                "2 arrays",
            ),
            (vec![("images", &[-0.5_f32; 6][..], &[2, 3, 1, 1][..])], None, "-0.5"),
            (vec![("images", &[0.5_f32; 6][..], &[2, 3, 1, 1][..])], Some(&[1_u64][..]), "2 images and 1"),
        ] {
            let folder = written(&arrays, labels);
            let message = read_examples(&folder.path().join("a.npz"), [3, 1, 1]).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}

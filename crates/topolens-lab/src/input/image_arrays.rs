//! Images as arrays of pixels.

use std::path::Path;

use topolens_nn::dataset::Dataset;
use topolens_nn::tap::Readout;

use super::activations::{Labels, Layout, SavedActivations, SavedArray};
use super::dataset::{Split, hold_back};
use crate::Result;
use crate::error::{DataProblem, Error};

/// Reads one array of pixels from 0 to 255, N × height × width, N × height × width × channels or N × channels × height × width, with
/// an array of labels.
///
/// Where the names of arrays hold `train` and `test`, as `x_train`, `y_train`, `x_test`, `y_test`, these are the parts; else a fifth
/// is held back.
///
/// # Errors
///
/// No such array, several, or pixels that are no whole numbers from 0 to 255.
pub(super) fn read(path: &Path, split: Split) -> Result<Dataset> {
    let bad = |reason: String| Error::data(DataProblem::BadArrays { path: path.to_path_buf(), reason });
    let word = split.to_string();
    let mut arrays = SavedActivations::arrays(path)?;
    let has_parts = arrays.iter().any(|array| ["train", "test"].iter().any(|part| array.name.contains(part)));
    if has_parts {
        arrays.retain(|array| array.name.contains(&word));
    }
    let (images, others): (Vec<SavedArray>, Vec<SavedArray>) =
        arrays.into_iter().partition(|array| array.shape.len() >= 3);
    let [images] = &images[..] else {
        let of_part = if has_parts { format!(" to {word}") } else { String::new() };
        return Err(bad(format!("it has {} arrays of images{of_part}; one is needed", images.len())));
    };
    let labels = others.iter().find(|array| matches!(array.shape[..], [_] | [_, 1]));
    let labels = labels.ok_or_else(|| bad("it has no array of labels".to_owned()))?;
    let Labels { classes, names } = Labels::of_array(labels)?;
    if classes.len() != images.n_samples() {
        return Err(bad(format!("it has {} images and {} labels", images.n_samples(), classes.len())));
    }
    let (shape, layout) = match images.shape[1..] {
        [height, width] => ([height, width, 1], Layout::ChannelsLast),
        [height, width, channels @ (1 | 3)] => ([height, width, channels], Layout::ChannelsLast),
        [channels @ (1 | 3), height, width] => ([height, width, channels], Layout::ChannelsFirst),
        _ => {
            return Err(bad(format!(
                "{:?} of shape {:?} are no grey or colour images",
                images.name, images.shape
            )));
        }
    };
    let samples: Vec<usize> = (0..images.n_samples()).collect();
    let cloud = images.cloud::<f32>(&samples, Readout::Flatten, layout)?;
    let pixel = |value: &f32| {
        let is_pixel = value.fract() == 0.0 && (0.0..=255.0).contains(value);
        #[expect(clippy::cast_sign_loss, reason = "checked")]
        is_pixel.then_some(*value as u8)
    };
    let pixels: Option<Vec<u8>> = cloud.values().iter().map(pixel).collect();
    let pixels = pixels.ok_or_else(|| {
        bad(format!("{:?} holds other than whole numbers from 0 to 255; save uint8 pixels", images.name))
    })?;
    let set = Dataset::new(&path.display().to_string(), shape, pixels, classes, names)?;
    if has_parts { Ok(set) } else { hold_back(&set, split) }
}

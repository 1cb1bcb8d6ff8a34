//! Many picture files as one set.

use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageReader};
use rayon::prelude::*;

use super::{Dataset, Fit};
use crate::error::Error;

/// A picture with more bytes than this when decoded is refused.
const MAX_DECODED: u64 = 1 << 28;
/// Pictures decoded together.
const AT_ONCE: usize = 256;

/// A set from picture files, and those that could not be read.
#[derive(Debug)]
pub struct Pictures {
    /// The pictures that could be read.
    pub images: Dataset,
    /// The number of files, whether they could be read or not.
    pub n_files: usize,
    /// Path and reason of each that could not; they are left out.
    pub damaged: Vec<(PathBuf, String)>,
}

/// Whether a path has the extension of a picture; of kinds that are not read too, so that they are counted and named.
pub(super) fn is_picture(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(
        extension.as_str(),
        "png"
            | "jpg"
            | "jpeg"
            | "webp"
            | "pgm"
            | "ppm"
            | "bmp"
            | "gif"
            | "tif"
            | "tiff"
            | "avif"
            | "heic"
            | "jp2"
    )
}

/// Decodes PNG, JPEG, WebP, PGM and PPM files, in parallel and in their order, each with its class.
///
/// Pictures are grey if the first one is, colour otherwise.
///
/// # Errors
///
/// If no picture can be read, or their sizes differ.
pub fn read_pictures(
    name: &str,
    files: &[(PathBuf, usize)],
    class_names: Vec<String>,
    fit: Fit,
) -> Result<Pictures, Error> {
    let n_files = files.len();
    let mut first: Option<([usize; 3], PathBuf)> = None;
    let (mut pixels, mut labels, mut damaged) = (Vec::new(), Vec::new(), Vec::new());
    for files in files.chunks(AT_ONCE) {
        let decoded: Vec<_> = files.par_iter().map(|(file, _)| decode(file)).collect();
        for ((file, label), picture) in files.iter().zip(decoded) {
            let picture = match picture {
                Ok(picture) => picture,
                Err(reason) => {
                    damaged.push((file.clone(), reason));
                    continue;
                }
            };
            let path = || file.display().to_string();
            let picture = fit.apply(picture).map_err(|reason| Error::malformed(path(), reason))?;
            let [height, width] = [picture.height() as usize, picture.width() as usize];
            let channels = if picture.color().has_color() { 3 } else { 1 };
            let (shape, first) = first.get_or_insert_with(|| ([height, width, channels], file.clone()));
            if shape[..2] != [height, width] {
                let reason = format!(
                    "it is {height}x{width}, {} is {}x{}; bring all to one size, or with resize and crop",
                    first.display(),
                    shape[0],
                    shape[1]
                );
                return Err(Error::malformed(path(), reason));
            }
            pixels.extend(if shape[2] == 1 {
                picture.into_luma8().into_raw()
            } else {
                picture.into_rgb8().into_raw()
            });
            labels.push(*label);
        }
    }
    let Some((shape, _)) = first else {
        let reason = match damaged.first() {
            Some((file, reason)) => {
                format!("none of its {} pictures can be read; {}: {reason}", damaged.len(), file.display())
            }
            None => "it lists no pictures".to_owned(),
        };
        return Err(Error::malformed(name, reason));
    };
    let images = Dataset::new(name, shape, pixels, labels, class_names)?;
    Ok(Pictures { images, n_files, damaged })
}

fn decode(file: &Path) -> Result<DynamicImage, String> {
    let reader = ImageReader::open(file).and_then(ImageReader::with_guessed_format);
    let mut reader = reader.map_err(|error| error.to_string())?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| error.to_string())?;
    if picture.width() == 0 || picture.height() == 0 {
        return Err("it has no pixels".to_owned());
    }
    Ok(picture)
}

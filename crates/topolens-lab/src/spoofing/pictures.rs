//! Picture files in folders.

use std::ffi::OsStr;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ImageReader, RgbImage};

use crate::Result;
use crate::error::{Error, SpoofingProblem};

/// Names of files that are taken for images end so.
const EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "pgm", "ppm"];

/// Memory that decoding one image may take.
const MAX_DECODED: u64 = 1 << 30;

/// Folders below folders, at most: links may lead in circles.
const DEEPEST: usize = 16;

/// All images in the folder and its sub-folders, hidden ones left out. Links are followed; what is neither file nor folder is passed over.
pub(super) fn list_images(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    list_below(folder, DEEPEST, found)
}

fn list_below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |source| Error::io("read", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let Ok(about) = fs::metadata(&path) else { continue };
        if about.is_dir() && depth > 0 {
            list_below(&path, depth - 1, found)?;
        } else if about.is_file() && has_extension(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn has_extension(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// A relative path with `/` between its parts on every system.
pub(super) fn name_of(path: &Path) -> String {
    path.iter().map(OsStr::to_string_lossy).collect::<Vec<_>>().join("/")
}

/// The picture in the content of a file, in colour, or why there is none.
pub(super) fn decode(bytes: &[u8]) -> std::result::Result<RgbImage, String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| error.to_string())?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    reader.decode().map(image::DynamicImage::into_rgb8).map_err(|error| error.to_string())
}

/// Sides of pictures that can be studied, in pixels.
pub(super) const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

/// Whether `out` is `inputs` or lies in it, where results would be taken for images the next time.
pub(super) fn lies_within(out: &Path, inputs: &Path) -> Result<bool> {
    let existing =
        out.ancestors().map(|folder| if folder == Path::new("") { Path::new(".") } else { folder });
    let out_place = existing.into_iter().find_map(|folder| folder.canonicalize().ok());
    let place = inputs.canonicalize().map_err(|source| Error::io("read", inputs, source))?;
    Ok(out_place.is_some_and(|out| out.starts_with(&place)))
}

/// Refuses to write into a folder of images.
///
/// # Errors
///
/// `out` lies in `inputs`.
pub fn ensure_outside(out: &Path, inputs: &Path) -> Result<()> {
    if inputs.is_dir() && lies_within(out, inputs)? {
        let problem = SpoofingProblem::InsideInputs { out: out.to_path_buf(), inputs: inputs.to_path_buf() };
        return Err(Error::spoofing(problem));
    }
    Ok(())
}

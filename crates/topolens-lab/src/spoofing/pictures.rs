//! Picture files in folders.

use std::ffi::OsStr;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ImageReader, RgbImage};

use crate::Result;
use crate::error::Error;

/// Names of files that are taken for images end so.
const EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "pgm", "ppm"];

/// Memory that decoding one image may take.
const MAX_DECODED: u64 = 1 << 30;

/// All images in the folder and its sub-folders, hidden ones left out.
pub(super) fn list_images(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |source| Error::io("read", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().map_err(failed)?.is_dir() {
            list_images(&path, found)?;
        } else if has_extension(&path) {
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

//! The cropped digits of SVHN, in MATLAB files of version 5.

use std::io::Read;
use std::path::Path;

use flate2::read::ZlibDecoder;

use super::Dataset;
use super::bytes::FileBytes;
use crate::error::Error;

const LIMIT: u64 = 1 << 32;
const HEADER: usize = 128;
const N_CLASSES: usize = 10;

/// Reads `train_32x32.mat` or `test_32x32.mat` (Netzer et al. 2011) in `folder`: X of height × width × 3 × images in column order, y
/// from 1 to 10, where 10 is the digit 0.
///
/// # Errors
///
/// If the file is missing or no such file.
pub fn read_svhn(folder: &Path, train: bool) -> Result<Dataset, Error> {
    let (file, name) =
        if train { ("train_32x32.mat", "svhn train") } else { ("test_32x32.mat", "svhn test") };
    let input = FileBytes::read(&folder.join(file), LIMIT)?;
    let malformed = |reason: String| Error::malformed(&input.file, reason);
    let arrays = arrays(&input.bytes).map_err(malformed)?;
    let find = |name: &str| arrays.iter().find(|array| array.name == name);
    let (Some(images), Some(labels)) = (find("X"), find("y")) else {
        return Err(malformed("it holds no arrays X and y".to_owned()));
    };
    let [height, width, channels, n_images] = images.shape[..] else {
        return Err(malformed(format!(
            "X has shape {:?}, not height, width, channels, images",
            images.shape
        )));
    };
    let pixels = channels_last(&images.numbers, [height, width, channels, n_images]);
    let classes = labels.numbers.iter().map(|label| match *label {
        10 => Some(0),
        digit if usize::from(digit) < N_CLASSES => Some(usize::from(digit)),
        _ => None,
    });
    let classes: Option<Vec<usize>> = classes.collect();
    let classes = classes.ok_or_else(|| malformed("a label of y is not from 1 to 10".to_owned()))?;
    let names = (0..N_CLASSES).map(|digit| digit.to_string()).collect();
    Dataset::new(name, [height, width, channels], pixels, classes, names)
        .map_err(|error| malformed(error.to_string()))
}

/// Column order, images last, to row order, images first.
fn channels_last(values: &[u8], [height, width, channels, n_images]: [usize; 4]) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(values.len());
    for image in values.chunks_exact((height * width * channels).max(1)).take(n_images) {
        for y in 0..height {
            for x in 0..width {
                pixels.extend((0..channels).map(|channel| image[y + height * (x + width * channel)]));
            }
        }
    }
    pixels
}

/// An array of bytes.
struct Array {
    name: String,
    shape: Vec<usize>,
    numbers: Vec<u8>,
}

/// An element of the file: its type and its bytes.
struct Element<'a> {
    kind: u32,
    bytes: &'a [u8],
}

const COMPRESSED: u32 = 15;
const MATRIX: u32 = 14;

/// The arrays of bytes or of small whole numbers in a file.
fn arrays(file: &[u8]) -> Result<Vec<Array>, String> {
    if file.get(HEADER - 2..HEADER) != Some(b"IM") {
        return Err("it is no MATLAB file of version 5 in little-endian order".to_owned());
    }
    let mut arrays = Vec::new();
    let mut rest = &file[HEADER..];
    while !rest.is_empty() {
        let (element, after) = element(rest)?;
        rest = after;
        if element.kind == COMPRESSED {
            let mut unpacked = Vec::new();
            let read = ZlibDecoder::new(element.bytes).take(LIMIT).read_to_end(&mut unpacked);
            read.map_err(|error| format!("its packed data is damaged ({error})"))?;
            let (inner, _) = self::element(&unpacked)?;
            arrays.extend(array(&inner)?);
        } else {
            arrays.extend(array(&element)?);
        }
    }
    Ok(arrays)
}

/// Splits off the first element; small ones carry their bytes in the tag.
fn element(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), String> {
    let cut = || "it is cut off".to_owned();
    let word = |at: usize| {
        let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
        word.map(u32::from_le_bytes).ok_or_else(cut)
    };
    let first = word(0)?;
    if first >> 16 != 0 {
        let length = (first >> 16) as usize;
        let content = bytes.get(4..4 + length).filter(|_| length <= 4).ok_or_else(cut)?;
        return Ok((Element { kind: first & 0xffff, bytes: content }, bytes.get(8..).unwrap_or_default()));
    }
    let length = word(4)? as usize;
    let content = bytes.get(8..8 + length).ok_or_else(cut)?;
    // Packed elements are not padded to eight bytes.
    let end = if first == COMPRESSED { 8 + length } else { 8 + length.next_multiple_of(8) };
    Ok((Element { kind: first, bytes: content }, bytes.get(end..).unwrap_or_default()))
}

/// The array in an element, if it is one of numbers that fit a byte.
fn array(matrix: &Element<'_>) -> Result<Option<Array>, String> {
    if matrix.kind != MATRIX {
        return Ok(None);
    }
    let (_flags, rest) = element(matrix.bytes)?;
    let (extents, rest) = element(rest)?;
    let (name, rest) = element(rest)?;
    let (numbers, _) = element(rest)?;
    let extents = extents.bytes.as_chunks::<4>().0.iter();
    let shape: Vec<usize> = extents.map(|extent| u32::from_le_bytes(*extent) as usize).collect();
    let name = String::from_utf8_lossy(name.bytes).into_owned();
    let numbers = match numbers.kind {
        1 | 2 => numbers.bytes.to_vec(),
        9 => {
            let doubles = numbers.bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes));
            #[expect(clippy::cast_sign_loss, reason = "saturating: what is no byte is no label")]
            doubles.map(|double| double as u8).collect()
        }
        _ => return Ok(None),
    };
    let expected = shape.iter().try_fold(1_usize, |product, extent| product.checked_mul(*extent));
    if expected != Some(numbers.len()) {
        return Err(format!("array {name} has {} numbers for the shape {shape:?}", numbers.len()));
    }
    Ok(Some(Array { name, shape, numbers }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn testdata() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/images")
    }

    /// Written by SciPy, packed for training and plain for testing: pixel (y, x, c) of image n is 60 n + 20 c + 5 y + x.
    #[test]
    fn files_of_matlab_are_read() {
        for train in [true, false] {
            let set = read_svhn(&testdata(), train).unwrap();
            assert_eq!((set.image_shape(), set.labels()), ([4, 5, 3], &[1, 0, 9][..]));
            for image in 0..3 {
                for (at, pixel) in set.image(image).iter().enumerate() {
                    let (y, x, c) = (at / 15, at / 3 % 5, at % 3);
                    assert_eq!(usize::from(*pixel), 60 * image + 20 * c + 5 * y + x, "{train}");
                }
            }
        }
    }

    #[test]
    fn damage_is_told_and_never_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test_32x32.mat");
        assert!(read_svhn(folder.path(), false).unwrap_err().to_string().contains("test_32x32.mat"));
        for name in ["test_32x32.mat", "train_32x32.mat"] {
            let bytes = std::fs::read(testdata().join(name)).unwrap();
            for length in 0..bytes.len() {
                std::fs::write(&path, &bytes[..length]).unwrap();
                assert!(read_svhn(folder.path(), false).is_err(), "{name} of {length} bytes");
            }
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 0xff;
                std::fs::write(&path, &changed).unwrap();
                drop(read_svhn(folder.path(), false));
            }
        }
    }
}

//! The IDX format of MNIST and Fashion-MNIST.

use std::path::Path;

use super::Dataset;
use super::bytes::FileBytes;
use crate::error::Error;

/// Larger files are refused before they fill the memory.
const LIMIT: u64 = 4 << 30;

/// Reads an IDX file of grey images and one of labels, each plain or gzipped.
///
/// Classes are named by their numbers.
///
/// # Errors
///
/// If a file cannot be read, is not IDX with unsigned bytes, is truncated or has bytes left over, or the two do not fit.
pub fn read_idx(images: &Path, labels: &Path) -> Result<Dataset, Error> {
    let name = images.file_name().unwrap_or_default().to_string_lossy().into_owned();
    assemble(&name, FileBytes::read(images, LIMIT)?, FileBytes::read(labels, LIMIT)?)
}

/// Joins the bytes of an image and a label file.
pub(super) fn assemble(name: &str, images: FileBytes, labels: FileBytes) -> Result<Dataset, Error> {
    let ([n_images, height, width], pixels) = payload::<3>(images)?;
    let label_file = labels.file.clone();
    let ([n_labels], classes) = payload::<1>(labels)?;
    if n_labels != n_images {
        return Err(Error::malformed(label_file, format!("it has {n_labels} labels for {n_images} images")));
    }
    let n_classes = classes.iter().max().map_or(0, |label| usize::from(*label) + 1);
    let class_names = (0..n_classes).map(|class| class.to_string()).collect();
    let labels = classes.into_iter().map(usize::from).collect();
    Dataset::new(name, [height, width, 1], pixels, labels, class_names)
}

/// Extents and content of an IDX file of unsigned bytes with `RANK` axes.
fn payload<const RANK: usize>(input: FileBytes) -> Result<([usize; RANK], Vec<u8>), Error> {
    let FileBytes { file, mut bytes } = input;
    let header = 4 + 4 * RANK;
    if bytes.len() < header {
        return Err(Error::malformed(
            file,
            format!("it is truncated: {} bytes, less than a header", bytes.len()),
        ));
    }
    let magic = [0, 0, 8, RANK as u8];
    if bytes[..4] != magic {
        let reason = format!(
            "it starts with {:?}; an IDX file of bytes with {RANK} axes starts with {magic:?}",
            &bytes[..4]
        );
        return Err(Error::malformed(file, reason));
    }
    let extents: [usize; RANK] = std::array::from_fn(|axis| {
        let at = 4 + 4 * axis;
        u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize
    });
    let announced = extents.iter().try_fold(1_usize, |product, extent| product.checked_mul(*extent));
    if announced != Some(bytes.len() - header) {
        let reason = format!("its header announces {extents:?} bytes, but {} follow", bytes.len() - header);
        return Err(Error::malformed(file, reason));
    }
    bytes.drain(..header);
    Ok((extents, bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn bytes(content: &[u8]) -> FileBytes {
        FileBytes::unpack("file".to_owned(), content.to_vec(), LIMIT).unwrap()
    }

    const IMAGES: [u8; 20] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4];
    const LABELS: [u8; 10] = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];

    #[test]
    fn images_and_labels_are_joined() {
        let set = assemble("two", bytes(&IMAGES), bytes(&LABELS)).unwrap();
        assert_eq!(
            (set.image_shape(), set.pixels(), set.labels()),
            ([1, 2, 1], &[1, 2, 3, 4][..], &[1, 0][..])
        );
    }

    #[test]
    fn gzip_is_unpacked_and_its_truncation_found() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&IMAGES).unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(bytes(&packed).bytes, IMAGES);
        let cut =
            FileBytes::unpack("cut.gz".to_owned(), packed[..packed.len() - 12].to_vec(), LIMIT).unwrap_err();
        assert!(cut.to_string().contains("cut.gz") && cut.to_string().contains("truncated"), "{cut}");
        assert!(
            FileBytes::unpack("big.gz".to_owned(), packed, 8).unwrap_err().to_string().contains("larger")
        );
    }

    #[test]
    fn bad_headers_are_refused() {
        let fails = |images: &[u8], labels: &[u8], word: &str| {
            let message = assemble("x", bytes(images), bytes(labels)).unwrap_err().to_string();
            assert!(message.contains("file") && message.contains(word), "{message}");
        };
        fails(&IMAGES[..10], &LABELS, "truncated");
        fails(&IMAGES[..19], &LABELS, "announces");
        fails(&LABELS, &LABELS, "truncated");
        fails(&IMAGES, &[0, 0, 8, 1, 0, 0, 0, 1, 1], "1 labels for 2 images");
        let mut float = IMAGES;
        float[2] = 0x0d;
        fails(&float, &LABELS, "starts with");
        let mut hostile = IMAGES;
        hostile[4..16].fill(0xff);
        fails(&hostile, &LABELS, "announces");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_idx(Path::new("no-such-images"), Path::new("no-such-labels")).unwrap_err();
        assert!(error.to_string().contains("no-such-images"));
    }
}

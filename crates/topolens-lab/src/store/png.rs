//! Images as `.png` files.

use std::io;

use image::{ExtendedColorType, ImageEncoder};

/// The bytes of a file that holds an image of `[height, width, channels]` bytes, row after row; grey, or with three channels in colour.
///
/// # Errors
///
/// The image has another number of channels, or no dots.
pub fn png_bytes(dots: &[u8], [height, width, channels]: [usize; 3]) -> io::Result<Vec<u8>> {
    let kind = match channels {
        1 => ExtendedColorType::L8,
        3 => ExtendedColorType::Rgb8,
        _ => return Err(io::Error::other(format!("a picture has 1 or 3 channels, not {channels}"))),
    };
    let side = |extent: usize| u32::try_from(extent).map_err(io::Error::other);
    let mut file = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut file);
    encoder.write_image(dots, side(width)?, side(height)?, kind).map_err(io::Error::other)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_dot_by_dot() {
        let dots = [10, 20, 30, 40, 50, 60];
        let read = |shape| image::load_from_memory(&png_bytes(&dots, shape).unwrap()).unwrap();
        assert_eq!(read([2, 3, 1]).to_luma8().as_raw(), &dots);
        assert_eq!(read([1, 2, 3]).to_rgb8().as_raw(), &dots);
        assert!(png_bytes(&dots, [1, 3, 2]).is_err());
    }
}

//! A small image as dots.

use image::ImageEncoder;
use image::codecs::png::PngEncoder;

use super::scene::{Color, Position, Shape};

/// Colours, row after row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bitmap {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) colors: Vec<Color>,
}

impl Bitmap {
    /// The dots as rectangles; dots of one colour that follow each other in a row are one.
    pub(crate) fn polygons(&self, (left, top): Position, dot: f64) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for (row, colors) in self.colors.chunks_exact(self.width.max(1)).enumerate() {
            let y = top + row as f64 * dot;
            let mut start = 0;
            for run in colors.chunk_by(|a, b| a == b) {
                let (x, right) = (left + start as f64 * dot, left + (start + run.len()) as f64 * dot);
                let points = vec![(x, y), (right, y), (right, y + dot), (x, y + dot)];
                shapes.push(Shape::Polygon { points, color: run[0], opacity: 1.0 });
                start += run.len();
            }
        }
        shapes
    }

    /// The image as a PNG file in an address; `None` if it has no dots.
    pub(crate) fn data_address(&self) -> Option<String> {
        let is_grey = self.colors.iter().all(|Color(red, green, blue)| red == green && green == blue);
        let (bytes, kind): (Vec<u8>, _) = if is_grey {
            (self.colors.iter().map(|color| color.0).collect(), image::ExtendedColorType::L8)
        } else {
            let parts = self.colors.iter().flat_map(|color| [color.0, color.1, color.2]);
            (parts.collect(), image::ExtendedColorType::Rgb8)
        };
        let (width, height) = (u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        let mut file = Vec::new();
        PngEncoder::new(&mut file).write_image(&bytes, width, height, kind).ok()?;
        Some(format!("data:image/png;base64,{}", base64(&file)))
    }
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| usize::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let is_filled = place <= group.len();
            let letter = LETTERS[bits >> (18 - 6 * place) & 63];
            text.push(if is_filled { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        assert_eq!(texts.map(|text| base64(text.as_bytes())), expected);
    }

    #[test]
    fn an_address_holds_a_file_and_grey_images_are_small() {
        let image = |color: Color| Bitmap { height: 2, width: 3, colors: vec![color; 6] };
        let [grey, red] =
            [Color(9, 9, 9), Color(200, 0, 0)].map(|color| image(color).data_address().unwrap());
        // The signature of a PNG file.
        assert!(grey.starts_with("data:image/png;base64,iVBORw0KGgo") && red.starts_with(&grey[..33]));
        assert!(grey.len() < red.len());
        assert_eq!(Bitmap { height: 0, width: 0, colors: Vec::new() }.data_address(), None);
    }

    #[test]
    fn dots_of_one_color_are_joined() {
        let colors = [1, 1, 2, 3, 3, 3].map(|red| Color(red, 0, 0)).to_vec();
        let shapes = Bitmap { height: 2, width: 3, colors }.polygons((10.0, 20.0), 2.0);
        let wide = |shape: &Shape| match shape {
            Shape::Polygon { points, .. } => (points[0], points[2]),
            _ => unreachable!("polygons"),
        };
        let expected =
            [((10.0, 20.0), (14.0, 22.0)), ((14.0, 20.0), (16.0, 22.0)), ((10.0, 22.0), (16.0, 24.0))];
        assert_eq!(shapes.iter().map(wide).collect::<Vec<_>>(), expected);
    }
}

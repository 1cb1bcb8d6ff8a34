//! How much of a picture a network sees.

use image::RgbImage;
use image::imageops::FilterType;

use super::similarity::template;
use super::warp::warp;
use super::{Face, Similarity};

/// How a face is brought to the network's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Framing {
    /// The whole picture, which is a face already, scaled.
    Whole,
    /// By five points onto the template, as face-recognition networks take it.
    FivePoints,
    /// A box around the face, this many times its size and of the network's shape, moved into the picture where it juts out, as
    /// anti-spoofing networks take it.
    Bounds(f64),
}

impl Framing {
    /// Whether a face must be found first.
    pub fn needs_face(self) -> bool {
        self != Self::Whole
    }

    /// The face as RGB bytes of `height` × `width` pixels, or why it cannot be.
    ///
    /// # Errors
    ///
    /// The framing needs points or a box that are not known, or all points are one.
    pub fn apply(
        self,
        picture: &RgbImage,
        face: &Face,
        [height, width]: [usize; 2],
    ) -> Result<Vec<u8>, String> {
        match self {
            Self::Whole => Ok(scaled(picture, [height, width])),
            Self::FivePoints => {
                let points = face.points.ok_or("no landmarks are known of it")?;
                let forward = Similarity::between(&points, &template([height, width]))
                    .ok_or("its five landmarks are one point")?;
                Ok(warp(picture, &forward.inverse(), [height, width]))
            }
            Self::Bounds(times) => {
                let bounds = face.bounds().ok_or("no face box is known of it")?;
                Ok(cut(picture, bounds, times, [height, width]))
            }
        }
    }
}

fn scaled(picture: &RgbImage, [height, width]: [usize; 2]) -> Vec<u8> {
    if [picture.height() as usize, picture.width() as usize] == [height, width] {
        return picture.as_raw().clone();
    }
    image::imageops::resize(picture, width as u32, height as u32, FilterType::Triangle).into_raw()
}

/// The part around the middle of `bounds`, `times` as large, of the shape asked for; no larger than the picture, and moved into it.
fn cut(picture: &RgbImage, [left, top, right, bottom]: [f64; 4], times: f64, shape: [usize; 2]) -> Vec<u8> {
    let [rows, columns] = shape.map(|extent| extent as f64);
    let (full_width, full_height) = (f64::from(picture.width()), f64::from(picture.height()));
    let wanted = times * (right - left).max((bottom - top) * columns / rows);
    let width = wanted.min(full_width).min(full_height * columns / rows).max(1.0);
    let height = width * rows / columns;
    let x = (f64::midpoint(left, right) - 0.5 * width).clamp(0.0, full_width - width);
    let y = (f64::midpoint(top, bottom) - 0.5 * height).clamp(0.0, full_height - height);
    let scale = width / columns;
    // Pixel (i, j) has its centre at (i + ½, j + ½) from the corner.
    let back = Similarity { turn: [scale, 0.0], shift: [x + 0.5 * scale - 0.5, y + 0.5 * scale - 0.5] };
    warp(picture, &back, shape)
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::spoofing::alignment::ARCFACE_TEMPLATE;

    /// Each pixel says where it is.
    fn picture() -> RgbImage {
        RgbImage::from_fn(112, 112, |x, y| Rgb([2 * x as u8, 2 * y as u8, 0]))
    }

    #[test]
    fn an_aligned_face_stays_as_it_is() {
        let face = Face { points: Some(ARCFACE_TEMPLATE), bounds: None };
        let found = Framing::FivePoints.apply(&picture(), &face, [112, 112]).unwrap();
        assert_eq!(found, picture().into_raw());
        assert_eq!(Framing::Whole.apply(&picture(), &Face::default(), [112, 112]).unwrap(), found);
    }

    #[test]
    fn a_box_is_widened_and_kept_inside() {
        let cut = |bounds: [f64; 4], times: f64| {
            let face = Face { points: None, bounds: Some(bounds) };
            Framing::Bounds(times).apply(&picture(), &face, [20, 20]).unwrap()
        };
        // Twice the box of 10 at (40, 60): from 35 to 55 and from 55 to 75.
        let found = cut([40.0, 60.0, 50.0, 70.0], 2.0);
        assert_eq!(
            (found[..2].to_vec(), found[3 * 399..3 * 399 + 2].to_vec()),
            (vec![70, 110], vec![108, 148])
        );
        // Beyond the corner it is moved inside, and never larger than the picture.
        assert_eq!(cut([0.0, 0.0, 10.0, 10.0], 2.0)[..2], [0, 0]);
        assert_eq!(cut([0.0, 0.0, 100.0, 100.0], 9.0), scaled_by_area());
    }

    fn scaled_by_area() -> Vec<u8> {
        let back = Similarity { turn: [5.6, 0.0], shift: [2.3, 2.3] };
        warp(&picture(), &back, [20, 20])
    }

    #[test]
    fn what_is_missing_is_told() {
        let fails = |framing: Framing, face: Face| framing.apply(&picture(), &face, [8, 8]).unwrap_err();
        assert!(fails(Framing::FivePoints, Face::default()).contains("landmarks"));
        assert!(fails(Framing::Bounds(1.0), Face::default()).contains("box"));
        assert!(
            fails(Framing::FivePoints, Face { points: Some([[3.0, 3.0]; 5]), bounds: None })
                .contains("one point")
        );
    }
}

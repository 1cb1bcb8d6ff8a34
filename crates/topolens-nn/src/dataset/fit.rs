//! Pictures brought to one size.

use image::DynamicImage;
use image::imageops::FilterType;

use super::Dataset;
use crate::error::Error;

/// The shorter side is scaled to `resize`, then the middle of `crop` × `crop` is cut out; each only if it is given.
///
/// As torchvision's `Resize` and `CenterCrop`: bilinear, with the averaging that shrinking needs.
///
/// # Examples
///
/// ```
/// use topolens_nn::dataset::{Fit, embedded};
///
/// let larger = Fit { resize: Some(40), crop: Some(32) }.apply_to(embedded(false)?)?;
/// assert_eq!(larger.image_shape(), [32, 32, 1]);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fit {
    /// The shorter side in pixels.
    pub resize: Option<u32>,
    /// Height and width of what is cut out.
    pub crop: Option<u32>,
}

impl Fit {
    /// Whether pictures are left as they are.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// The picture, fitted; or why it cannot be.
    pub(super) fn apply(self, mut picture: DynamicImage) -> Result<DynamicImage, String> {
        if let Some(shorter) = self.resize {
            let (width, height) = (picture.width(), picture.height());
            let scaled = |side: u32| {
                let product = u64::from(side) * u64::from(shorter) / u64::from(width.min(height)).max(1);
                u32::try_from(product).unwrap_or(u32::MAX).max(1)
            };
            let (to_width, to_height) = (scaled(width), scaled(height));
            if u64::from(to_width) * u64::from(to_height) > MOST_PIXELS {
                return Err(format!("{width}x{height} scaled to {to_width}x{to_height} is too large"));
            }
            picture = picture.resize_exact(to_width, to_height, FilterType::Triangle);
        }
        if let Some(side) = self.crop {
            let (width, height) = (picture.width(), picture.height());
            if width.min(height) < side {
                let reason = format!("it is {height}x{width} where {side}x{side} are cut out; add resize");
                return Err(reason);
            }
            // Half a pixel goes to the even side, as Python rounds.
            let middle = |extent: u32| ((f64::from(extent) - f64::from(side)) / 2.0).round_ties_even();
            #[expect(clippy::cast_sign_loss, reason = "not negative")]
            let (left, top) = (middle(width) as u32, middle(height) as u32);
            picture = picture.crop_imm(left, top, side, side);
        }
        Ok(picture)
    }

    /// Every image of the set, fitted.
    ///
    /// # Errors
    ///
    /// Images are smaller than what is cut out of them.
    pub fn apply_to(self, set: Dataset) -> Result<Dataset, Error> {
        if self.is_nothing() {
            return Ok(set);
        }
        let [height, width, channels] = set.image_shape();
        let (mut pixels, mut shape) = (Vec::new(), set.image_shape());
        for index in 0..set.len() {
            let bytes = set.image(index).to_vec();
            let (width, height) = (width as u32, height as u32);
            let picture = match channels {
                1 => image::GrayImage::from_raw(width, height, bytes).map(DynamicImage::from),
                3 => image::RgbImage::from_raw(width, height, bytes).map(DynamicImage::from),
                _ => None,
            };
            let fitted = picture.ok_or_else(|| format!("images of {channels} channels are not scaled"));
            let fitted = fitted.and_then(|picture| self.apply(picture));
            let fitted = fitted.map_err(|reason| Error::malformed(set.name(), reason))?;
            shape = [fitted.height() as usize, fitted.width() as usize, channels];
            pixels.extend_from_slice(fitted.as_bytes());
        }
        Dataset::new(set.name(), shape, pixels, set.labels().to_vec(), set.class_names().to_vec())
    }
}

/// A picture with more pixels is refused.
const MOST_PIXELS: u64 = 1 << 26;

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma};

    use super::*;

    fn ramp(width: u32, height: u32) -> DynamicImage {
        GrayImage::from_fn(width, height, |x, y| Luma([(10 * x + y) as u8])).into()
    }

    #[test]
    fn the_shorter_side_decides_and_the_middle_is_cut_out() {
        let fitted = Fit { resize: Some(6), crop: None }.apply(ramp(20, 12)).unwrap();
        assert_eq!((fitted.width(), fitted.height()), (10, 6));
        let cut = Fit { resize: None, crop: Some(4) }.apply(ramp(9, 6)).unwrap();
        // (9 - 4) / 2 = 2.5 goes to 2, (6 - 4) / 2 to 1.
        assert_eq!((cut.width(), cut.as_bytes()[0]), (4, 21));
        assert!(Fit { resize: None, crop: Some(7) }.apply(ramp(9, 6)).unwrap_err().contains("add resize"));
        assert!(Fit { resize: Some(u32::MAX), crop: None }.apply(ramp(9, 6)).is_err());
    }

    /// Pillow 13.0.0: `Image.resize((5, 3), Image.BILINEAR)` of the ramp of 10 × 6.
    #[test]
    fn shrinking_averages_as_pillow_does() {
        let fitted = Fit { resize: Some(3), crop: None }.apply(ramp(10, 6)).unwrap();
        for (found, expected) in fitted.as_bytes().iter().zip(PILLOW) {
            assert!(found.abs_diff(expected) <= 1, "{:?}", fitted.as_bytes());
        }
    }

    const PILLOW: [u8; 15] = [8, 26, 46, 66, 84, 10, 28, 48, 68, 86, 11, 29, 49, 69, 87];
}

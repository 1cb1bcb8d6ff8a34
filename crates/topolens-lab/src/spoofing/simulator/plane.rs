//! An image in linear light.

use image::RgbImage;

use super::light::{decode_byte, luminance};

/// Rows of pixels of linear red, green and blue, or of `N` other numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane<const N: usize = 3> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<[f32; N]>,
}

impl<const N: usize> Plane<N> {
    pub(super) fn from_fn(
        width: usize,
        height: usize,
        mut pixel: impl FnMut(usize, usize) -> [f32; N],
    ) -> Self {
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            pixels.extend((0..width).map(|x| pixel(x, y)));
        }
        Self { width, height, pixels }
    }

    pub(super) fn row(&self, y: usize) -> &[[f32; N]] {
        &self.pixels[y * self.width..][..self.width]
    }

    /// The light at a point by bilinear interpolation; pixel (i, j) has its centre at (i + ½, j + ½), and outside of the image
    /// its edge goes on.
    pub(super) fn at(&self, x: f64, y: f64) -> [f32; N] {
        let (left, right, across) = neighbors(x, self.width);
        let (above, below, down) = neighbors(y, self.height);
        let (upper, lower) = (self.row(above), self.row(below));
        std::array::from_fn(|channel| {
            let along = |row: &[[f32; N]]| row[left][channel] * (1.0 - across) + row[right][channel] * across;
            along(upper) * (1.0 - down) + along(lower) * down
        })
    }
}

impl Plane {
    /// The light of an encoded image.
    pub(super) fn of_image(image: &RgbImage) -> Self {
        let pixels = image.pixels().map(|pixel| pixel.0.map(decode_byte)).collect();
        Self { width: image.width() as usize, height: image.height() as usize, pixels }
    }

    pub(super) fn mean_luminance(&self) -> f64 {
        let total: f64 = self.pixels.iter().map(|pixel| f64::from(luminance(*pixel))).sum();
        total / self.pixels.len() as f64
    }

    /// Convolution with a Gaussian of standard deviation `sigma`, in pixels; the outermost `3σ` on each side are dropped, as
    /// their neighbours are not known.
    ///
    /// # Panics
    ///
    /// Never for an image of more than `6σ` pixels each way.
    pub(super) fn blurred_inside(&self, sigma: f64) -> Self {
        let kernel = gaussian(sigma);
        let margin = kernel.len() - 1;
        if margin == 0 {
            return self.clone();
        }
        let across =
            Self::from_fn(self.width - margin, self.height, |x, y| weigh(&kernel, |k| self.row(y)[x + k]));
        Self::from_fn(across.width, self.height - margin, |x, y| weigh(&kernel, |k| across.row(y + k)[x]))
    }

    /// Means over squares of `side` by `side` pixels.
    pub(super) fn area_means(&self, side: usize) -> Self {
        let share = 1.0 / (side * side) as f32;
        Self::from_fn(self.width / side, self.height / side, |x, y| {
            let mut sum = [0.0; 3];
            for row in 0..side {
                for pixel in &self.row(y * side + row)[x * side..][..side] {
                    sum = std::array::from_fn(|channel| sum[channel] + pixel[channel]);
                }
            }
            sum.map(|sum| sum * share)
        })
    }
}

fn weigh(kernel: &[f32], pixel: impl Fn(usize) -> [f32; 3]) -> [f32; 3] {
    let mut sum = [0.0; 3];
    for (at, weight) in kernel.iter().enumerate() {
        let pixel = pixel(at);
        sum = std::array::from_fn(|channel| sum[channel] + weight * pixel[channel]);
    }
    sum
}

/// Pixels on each side that [`Plane::blurred_inside`] drops.
pub(super) fn blur_radius(sigma: f64) -> usize {
    gaussian(sigma).len() / 2
}

/// Weights of a Gaussian out to three standard deviations, with sum 1.
fn gaussian(sigma: f64) -> Vec<f32> {
    if sigma <= 0.0 {
        return vec![1.0];
    }
    #[expect(clippy::cast_sign_loss, reason = "not negative")]
    let radius = (3.0 * sigma).ceil() as usize;
    let weight = |at: usize| (-0.5 * ((at as f64 - radius as f64) / sigma).powi(2)).exp();
    let total: f64 = (0..=2 * radius).map(weight).sum();
    (0..=2 * radius).map(|at| (weight(at) / total) as f32).collect()
}

/// The two pixels around a coordinate and the weight of the second.
#[expect(clippy::cast_sign_loss, reason = "clipped to the image")]
fn neighbors(coordinate: f64, length: usize) -> (usize, usize, f32) {
    let inside = (coordinate - 0.5).clamp(0.0, (length - 1) as f64);
    let first = inside.floor();
    let at = first as usize;
    (at, (at + 1).min(length - 1), (inside - first) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_interpolated_exactly_and_its_edge_goes_on() {
        let ramp = Plane::from_fn(5, 4, |x, y| [x as f32, y as f32, (x + 2 * y) as f32]);
        for (place, expected) in [((2.75, 1.5), [2.25, 1.0, 4.25]), ((-3.0, 9.0), [0.0, 3.0, 6.0])] {
            let got = ramp.at(place.0, place.1);
            assert!((0..3).all(|channel| (got[channel] - expected[channel]).abs() < 1e-5_f32), "{got:?}");
        }
    }

    #[test]
    fn blur_keeps_ramps_and_spreads_an_impulse_with_its_variance() {
        let ramp = Plane::from_fn(40, 30, |x, y| [x as f32, y as f32, 1.0]);
        let radius = blur_radius(2.0);
        let blurred = ramp.blurred_inside(2.0);
        assert_eq!((blurred.width, blurred.height, radius), (28, 18, 6));
        for (at, pixel) in blurred.pixels.iter().enumerate() {
            let [x, y] = [at % 28 + radius, at / 28 + radius];
            assert!((pixel[0] - x as f32).abs() < 1e-4 && (pixel[1] - y as f32).abs() < 1e-4);
        }
        let impulse = Plane::from_fn(41, 41, |x, y| [f32::from(u8::from(x == 20 && y == 20)); 3]);
        let spread = impulse.blurred_inside(2.0);
        let variance: f64 = spread
            .pixels
            .iter()
            .enumerate()
            .map(|(at, pixel)| ((at % 29) as f64 - 14.0).powi(2) * f64::from(pixel[0]))
            .sum();
        assert!((variance - 4.0).abs() < 0.15, "{variance}");
    }

    #[test]
    fn area_means_are_means() {
        let plane = Plane::from_fn(4, 2, |x, y| [x as f32, y as f32, 1.0]).area_means(2);
        assert_eq!(plane.pixels, [[0.5, 0.5, 1.0], [2.5, 0.5, 1.0]]);
        assert!((plane.mean_luminance() - (0.2126 * 1.5 + 0.7152 * 0.5 + 0.0722)).abs() < 1e-6);
    }
}

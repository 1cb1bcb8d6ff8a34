//! One scalar mean and standard deviation.

use serde::{Deserialize, Serialize};

/// Scaling of pixels: $(p / 255 - \mathrm{mean}) / \mathrm{std}$, the same for every channel.
///
/// # Units
///
/// Full brightness is 1.
///
/// # Examples
///
/// ```
/// use topolens_nn::dataset::Normalization;
///
/// let normalization = Normalization { mean: 0.5, std: 0.25 };
/// assert_eq!(normalization.bounds(), [-2.0, 2.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    /// Mean of all pixels.
    pub mean: f64,
    /// Standard deviation of all pixels.
    pub std: f64,
}

impl Normalization {
    /// Mean and (population) standard deviation of `pixels`; none if they are all equal.
    pub(super) fn of(pixels: &[u8]) -> Option<Self> {
        let mut counts = [0_u64; 256];
        for pixel in pixels {
            counts[usize::from(*pixel)] += 1;
        }
        let n = pixels.len() as f64;
        let mean_of = |term: &dyn Fn(f64) -> f64| -> f64 {
            counts.iter().enumerate().map(|(value, count)| *count as f64 * term(value as f64)).sum::<f64>()
                / n
        };
        let mean = mean_of(&|value| value);
        let std = mean_of(&|value| (value - mean).powi(2)).sqrt();
        (std > 0.0).then_some(Self { mean: mean / 255.0, std: std / 255.0 })
    }

    /// What a black and a white pixel become: the bounds of the data.
    pub fn bounds(self) -> [f32; 2] {
        [((0.0 - self.mean) / self.std) as f32, ((1.0 - self.mean) / self.std) as f32]
    }

    /// The scaled value of each of the 256 pixel values.
    pub(super) fn table(self) -> Vec<f32> {
        (0..256).map(|pixel| ((f64::from(pixel) / 255.0 - self.mean) / self.std) as f32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_pixels_have_mean_zero_and_variance_one() {
        let pixels = [0, 3, 3, 200, 255, 17];
        let normalization = Normalization::of(&pixels).unwrap();
        let table = normalization.table();
        let scaled = pixels.map(|pixel| f64::from(table[usize::from(pixel)]));
        assert!(scaled.iter().sum::<f64>().abs() < 1e-5);
        assert!((scaled.iter().map(|value| value * value).sum::<f64>() / 6.0 - 1.0).abs() < 1e-6);
        assert_eq!([table[0], table[255]], normalization.bounds());
        assert_eq!(Normalization::of(&[7, 7]), None);
    }
}

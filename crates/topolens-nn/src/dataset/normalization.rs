//! Mean and standard deviation, of all pixels or of each channel.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// Scaling of pixels: $(p / 255 - \mathrm{mean}) / \mathrm{std}$ with one mean and standard deviation for all channels, or one for each.
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
/// let normalization = Normalization::new(&[0.5, 0.25], &[0.25, 0.5])?;
/// assert_eq!(normalization.bounds(1), [-0.5, 1.5]);
/// assert_eq!(Normalization::new(&[0.5], &[0.25])?.bounds(7), [-2.0, 2.0]);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Normalization {
    mean: Vec<f64>,
    std: Vec<f64>,
}

/// Which pixels a mean and a standard deviation are taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormalizationKind {
    /// All pixels of all channels: one number each.
    #[default]
    Scalar,
    /// Those of each channel.
    PerChannel,
}

impl Normalization {
    /// One mean and standard deviation for all channels, or one for each.
    ///
    /// # Errors
    ///
    /// If there are none or not as many of both, one is not finite, or a deviation is not positive.
    pub fn new(mean: &[f64], std: &[f64]) -> Result<Self, Error> {
        if mean.is_empty() || mean.len() != std.len() {
            let (argument, expected, got) = ("std", vec![mean.len().max(1)], vec![std.len()]);
            return Err(ErrorKind::ShapeMismatch { argument, expected, got }.into());
        }
        if let Some(value) = mean.iter().find(|value| !value.is_finite()) {
            return Err(ErrorKind::NotFinite { argument: "mean", value: *value }.into());
        }
        if let Some(value) = std.iter().find(|value| !(value.is_finite() && **value > 0.0)) {
            let allowed = "a positive finite number";
            return Err(ErrorKind::OutOfRange { argument: "std", value: *value, allowed }.into());
        }
        Ok(Self { mean: mean.to_vec(), std: std.to_vec() })
    }

    /// Mean and (population) standard deviation of `pixels`, whose channels alternate; none if they are all equal.
    pub(super) fn of(pixels: &[u8], n_channels: usize, kind: NormalizationKind) -> Option<Self> {
        let n_parts = match kind {
            NormalizationKind::Scalar => 1,
            NormalizationKind::PerChannel => n_channels,
        };
        let parts: Option<Vec<(f64, f64)>> =
            (0..n_parts).map(|part| moments(pixels.iter().skip(part).step_by(n_parts))).collect();
        let (mean, std) = parts?.into_iter().unzip();
        Some(Self { mean, std })
    }

    /// The mean that is taken off `channel`.
    pub fn mean(&self, channel: usize) -> f64 {
        self.mean[channel % self.mean.len()]
    }

    /// What `channel` is divided by.
    pub fn std(&self, channel: usize) -> f64 {
        self.std[channel % self.std.len()]
    }

    /// What a black and a white pixel of `channel` become: the bounds of the data.
    pub fn bounds(&self, channel: usize) -> [f32; 2] {
        [0.0, 1.0].map(|pixel| ((pixel - self.mean(channel)) / self.std(channel)) as f32)
    }

    /// The scaled value of each of the 256 pixel values, for each channel that is scaled in its own way.
    pub(super) fn tables(&self) -> Vec<Vec<f32>> {
        let scaled = |channel: usize, pixel: u8| {
            ((f64::from(pixel) / 255.0 - self.mean[channel]) / self.std[channel]) as f32
        };
        (0..self.mean.len()).map(|channel| (0..=255).map(|pixel| scaled(channel, pixel)).collect()).collect()
    }
}

/// Mean and standard deviation in units of full brightness; none if all are equal.
fn moments<'a>(pixels: impl Iterator<Item = &'a u8>) -> Option<(f64, f64)> {
    let mut counts = [0_u64; 256];
    for pixel in pixels {
        counts[usize::from(*pixel)] += 1;
    }
    let n = counts.iter().sum::<u64>() as f64;
    let mean_of = |term: &dyn Fn(f64) -> f64| -> f64 {
        counts.iter().enumerate().map(|(value, count)| *count as f64 * term(value as f64)).sum::<f64>() / n
    };
    let mean = mean_of(&|value| value);
    let std = mean_of(&|value| (value - mean).powi(2)).sqrt();
    (std > 0.0).then_some((mean / 255.0, std / 255.0))
}

/// On a card: a number where there is one for all channels, else a list.
#[derive(Serialize, Deserialize)]
struct Stored {
    mean: OneOrMany,
    std: OneOrMany,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(f64),
    Many(Vec<f64>),
}

impl From<Normalization> for Stored {
    fn from(normalization: Normalization) -> Self {
        let stored = |values: Vec<f64>| match values[..] {
            [value] => OneOrMany::One(value),
            _ => OneOrMany::Many(values),
        };
        Self { mean: stored(normalization.mean), std: stored(normalization.std) }
    }
}

impl TryFrom<Stored> for Normalization {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        let values = |stored: OneOrMany| match stored {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        };
        Self::new(&values(stored.mean), &values(stored.std))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_pixels_have_mean_zero_and_variance_one() {
        let pixels = [0, 3, 3, 200, 255, 17];
        let normalization = Normalization::of(&pixels, 2, NormalizationKind::Scalar).unwrap();
        let tables = normalization.tables();
        let [table] = &tables[..] else { panic!("{tables:?}") };
        let scaled = pixels.map(|pixel| f64::from(table[usize::from(pixel)]));
        assert!(scaled.iter().sum::<f64>().abs() < 1e-5);
        assert!((scaled.iter().map(|value| value * value).sum::<f64>() / 6.0 - 1.0).abs() < 1e-6);
        assert_eq!([table[0], table[255]], normalization.bounds(1));
        assert_eq!(Normalization::of(&[7, 7], 1, NormalizationKind::Scalar), None);
    }

    #[test]
    fn channels_have_moments_of_their_own() {
        let of = |pixels: &[u8], kind| Normalization::of(pixels, 2, kind).unwrap();
        let pixels = [0, 100, 10, 200, 20, 0];
        let normalization = of(&pixels, NormalizationKind::PerChannel);
        for channel in 0..2 {
            let alone: Vec<u8> = pixels.iter().skip(channel).step_by(2).copied().collect();
            let expected = Normalization::of(&alone, 1, NormalizationKind::Scalar).unwrap();
            assert_eq!(
                (normalization.mean(channel), normalization.std(channel)),
                (expected.mean(0), expected.std(0))
            );
        }
        assert_eq!(Normalization::of(&[1, 7, 2, 7], 2, NormalizationKind::PerChannel), None);
    }

    #[test]
    fn cards_hold_a_number_or_a_list() {
        for text in [r#"{"mean":0.5,"std":0.25}"#, r#"{"mean":[0.5,0.1],"std":[0.25,0.2]}"#] {
            let normalization: Normalization = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&normalization).unwrap(), text);
        }
        for text in
            [r#"{"mean":0.5,"std":0}"#, r#"{"mean":[0.5],"std":[0.2,0.2]}"#, r#"{"mean":[],"std":[]}"#]
        {
            assert!(serde_json::from_str::<Normalization>(text).is_err(), "{text}");
        }
    }
}

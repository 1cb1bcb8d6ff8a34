//! From the pixels of images to what a network of another tool takes.

use std::fmt;

use topolens_nn::dataset::{Dataset, Fit, Normalization};

use crate::Result;

/// Which colour comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelOrder {
    /// Red first, as images are stored.
    #[default]
    Rgb,
    /// Blue first, as OpenCV has it.
    Bgr,
}

/// $(\mathrm{scale} \cdot p / 255 - \mathrm{mean}) / \mathrm{std}$ of each pixel $p$, channels in the network's order.
///
/// # Examples
///
/// ```
/// use topolens_lab::input::Preprocessing;
///
/// // (p − 128) / 128
/// let preprocessing = Preprocessing { mean: vec![128.0], std: vec![128.0], scale: 255.0, ..Preprocessing::default() };
/// assert_eq!(preprocessing.normalization()?.bounds(0), [-1.0, 0.9921875]);
/// # Ok::<(), topolens_lab::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Preprocessing {
    /// Taken off, one for all channels or one for each.
    pub mean: Vec<f64>,
    /// Divided by, as many.
    pub std: Vec<f64>,
    /// What a white pixel is before: 1, or 255 for networks that take pixel values.
    pub scale: f64,
    /// Order of the channels.
    pub channel_order: ChannelOrder,
    /// How images are brought to the network's size.
    pub fit: Fit,
}

impl Default for Preprocessing {
    /// Pixels from 0 to 1, red first.
    fn default() -> Self {
        Self {
            mean: vec![0.0],
            std: vec![1.0],
            scale: 1.0,
            channel_order: ChannelOrder::Rgb,
            fit: Fit::default(),
        }
    }
}

impl Preprocessing {
    /// The same with full brightness as the unit.
    ///
    /// # Errors
    ///
    /// Means and deviations are not as many, one is not finite, or a deviation or the scale is not positive.
    pub fn normalization(&self) -> Result<Normalization> {
        let scaled = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| value / self.scale).collect() };
        Ok(Normalization::new(&scaled(&self.mean), &scaled(&self.std))?)
    }

    /// The images with their channels in the network's order.
    pub fn ordered(&self, images: Dataset) -> Dataset {
        match self.channel_order {
            ChannelOrder::Rgb => images,
            ChannelOrder::Bgr => images.with_channels_reversed(),
        }
    }
}

impl fmt::Display for Preprocessing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.channel_order {
            ChannelOrder::Rgb => "rgb",
            ChannelOrder::Bgr => "bgr",
        };
        let list = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        write!(
            f,
            "(p - [{}]) / [{}] of pixels from 0 to {}, {order}",
            list(&self.mean),
            list(&self.std),
            self.scale
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blue_comes_first_where_that_is_asked_for() {
        let images = || Dataset::new("two", [1, 2, 3], (1..=6).collect(), vec![0], vec!["a".into()]).unwrap();
        let bgr = Preprocessing { channel_order: ChannelOrder::Bgr, ..Preprocessing::default() };
        assert_eq!(bgr.ordered(images()).pixels(), [3, 2, 1, 6, 5, 4]);
        assert_eq!(Preprocessing::default().ordered(images()), images());
        assert_eq!(bgr.to_string(), "(p - [0]) / [1] of pixels from 0 to 1, bgr");
    }
}

//! Pooling.

use rayon::prelude::*;

use super::IMAGES_PER_CHUNK;
use crate::tensor::Element;

/// A square window that moves over an image; what is outside the image does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PoolWindow {
    pub(crate) size: usize,
    pub(crate) stride: usize,
    /// How far the first window reaches out of the image.
    pub(crate) padding: usize,
    /// The last window may reach out of the padded image; else what is left is passed over.
    pub(crate) reaches_out: bool,
}

impl PoolWindow {
    /// Windows of 2 × 2 side by side, cut off at an odd border.
    pub(crate) const HALVING: Self = Self { size: 2, stride: 2, padding: 0, reaches_out: true };

    /// The number of windows along an axis.
    pub(crate) fn count(self, extent: usize) -> usize {
        let free = (extent + 2 * self.padding).saturating_sub(self.size);
        1 + if self.reaches_out { free.div_ceil(self.stride) } else { free / self.stride }
    }

    /// The places in an image that the window at `place` covers.
    fn range(self, place: usize, extent: usize) -> std::ops::Range<usize> {
        let first = place * self.stride;
        first.saturating_sub(self.padding)..(first + self.size).saturating_sub(self.padding).min(extent)
    }
}

/// Extents of a pooling over windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PoolShape {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) window: PoolWindow,
}

impl PoolShape {
    /// Rows of the output.
    pub(crate) fn out_height(&self) -> usize {
        self.window.count(self.height)
    }

    /// Columns of the output.
    pub(crate) fn out_width(&self) -> usize {
        self.window.count(self.width)
    }

    fn image_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    fn output_len(&self) -> usize {
        self.out_height() * self.out_width() * self.channels
    }

    /// Writes the largest value of each window.
    pub(crate) fn maxima<E: Element>(&self, images: &[E], outputs: &mut [E]) {
        let chunks = outputs.par_chunks_mut(self.output_len()).with_min_len(IMAGES_PER_CHUNK);
        chunks.zip(images.par_chunks(self.image_len())).for_each(|(output, image)| {
            for (position, values) in output.chunks_exact_mut(self.channels).enumerate() {
                let mut window = self.window(position);
                let first = window.next().unwrap_or(0);
                values.copy_from_slice(&image[first..first + self.channels]);
                for start in window {
                    let others = &image[start..start + self.channels];
                    values.iter_mut().zip(others).for_each(|(value, other)| {
                        if *other > *value {
                            *value = *other;
                        }
                    });
                }
            }
        });
    }

    /// Adds each window's gradient at the first place that holds its maximum.
    pub(crate) fn maxima_gradient<E: Element>(&self, inputs: &[E], gradients: &[E], images: &mut [E]) {
        let chunks = images.par_chunks_mut(self.image_len()).with_min_len(IMAGES_PER_CHUNK);
        let sources = inputs.par_chunks(self.image_len()).zip(gradients.par_chunks(self.output_len()));
        chunks.zip(sources).for_each(|(image, (input, gradient))| {
            image.fill(E::ZERO);
            for (position, values) in gradient.chunks_exact(self.channels).enumerate() {
                for (channel, value) in values.iter().enumerate() {
                    let mut places = self.window(position).map(|start| start + channel);
                    let first = places.next().unwrap_or(channel);
                    let best = places
                        .fold(first, |best, place| if input[place] > input[best] { place } else { best });
                    image[best] += *value;
                }
            }
        });
    }

    /// Writes the mean of each window, over its pixels in the image or, with `counts_padding`, over all of its extent.
    pub(crate) fn means<E: Element>(&self, images: &[E], counts_padding: bool, outputs: &mut [E]) {
        let chunks = outputs.par_chunks_mut(self.output_len()).with_min_len(IMAGES_PER_CHUNK);
        chunks.zip(images.par_chunks(self.image_len())).for_each(|(output, image)| {
            for (position, sums) in output.chunks_exact_mut(self.channels).enumerate() {
                sums.fill(E::ZERO);
                for start in self.window(position) {
                    let pixel = &image[start..start + self.channels];
                    sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += *value);
                }
                let weight: E = self.weight(position, counts_padding);
                for sum in sums {
                    *sum *= weight;
                }
            }
        });
    }

    /// The gradient of [`PoolShape::means`]: each pixel gets its share of every window over it.
    pub(crate) fn means_gradient<E: Element>(&self, gradients: &[E], counts_padding: bool, images: &mut [E]) {
        let chunks = images.par_chunks_mut(self.image_len()).with_min_len(IMAGES_PER_CHUNK);
        chunks.zip(gradients.par_chunks(self.output_len())).for_each(|(image, gradient)| {
            image.fill(E::ZERO);
            for (position, shares) in gradient.chunks_exact(self.channels).enumerate() {
                let weight: E = self.weight(position, counts_padding);
                for start in self.window(position) {
                    let pixel = &mut image[start..start + self.channels];
                    pixel.iter_mut().zip(shares).for_each(|(value, share)| *value += *share * weight);
                }
            }
        });
    }

    fn weight<E: Element>(&self, position: usize, counts_padding: bool) -> E {
        let whole = self.window.size * self.window.size;
        let n_pixels = if counts_padding { whole } else { self.window(position).count().max(1) };
        E::from_f64(1.0 / n_pixels as f64)
    }

    /// Where the pixels of a window start in the image.
    fn window(&self, position: usize) -> impl Iterator<Item = usize> + use<> {
        let Self { height, width, channels, window } = *self;
        let rows = window.range(position / self.out_width(), height);
        let columns = window.range(position % self.out_width(), width);
        rows.flat_map(move |row| columns.clone().map(move |column| (row * width + column) * channels))
    }
}

/// Writes the mean over the positions of each channel; one row per image.
pub(crate) fn global_average<E: Element>(
    images: &[E],
    n_positions: usize,
    averages: &mut [E],
    channels: usize,
) {
    let weight = E::ONE / E::from_f64(n_positions as f64);
    let chunks = averages.par_chunks_mut(channels).with_min_len(IMAGES_PER_CHUNK);
    chunks.zip(images.par_chunks(n_positions * channels)).for_each(|(average, image)| {
        average.fill(E::ZERO);
        for position in image.chunks_exact(channels) {
            average.iter_mut().zip(position).for_each(|(sum, value)| *sum += *value);
        }
        for sum in average {
            *sum *= weight;
        }
    });
}

/// The gradient of [`global_average`]: each position gets its share.
pub(crate) fn spread_average<E: Element>(
    gradients: &[E],
    n_positions: usize,
    images: &mut [E],
    channels: usize,
) {
    let weight = E::ONE / E::from_f64(n_positions as f64);
    let chunks = images.par_chunks_mut(n_positions * channels).with_min_len(IMAGES_PER_CHUNK);
    chunks.zip(gradients.par_chunks(channels)).for_each(|(image, gradient)| {
        for position in image.chunks_exact_mut(channels) {
            position.iter_mut().zip(gradient).for_each(|(value, share)| *value = *share * weight);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_borders_have_smaller_windows() {
        let shape = PoolShape { height: 3, width: 3, channels: 1, window: PoolWindow::HALVING };
        let image = [1.0, 5.0, 2.0, 4.0, 3.0, 9.0, 7.0, 8.0, 6.0];
        let mut output = [0.0_f32; 4];
        shape.maxima(&image, &mut output);
        assert_eq!(output, [5.0, 9.0, 8.0, 6.0]);
        let mut gradient = [f32::NAN; 9];
        shape.maxima_gradient(&image, &[1.0, 2.0, 3.0, 4.0], &mut gradient);
        assert_eq!(gradient, [0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 3.0, 4.0]);
    }

    #[test]
    fn of_equal_values_the_first_gets_the_gradient() {
        let shape = PoolShape { height: 2, width: 2, channels: 1, window: PoolWindow::HALVING };
        let mut gradient = [f32::NAN; 4];
        shape.maxima_gradient(&[0.0; 4], &[1.0], &mut gradient);
        assert_eq!(gradient, [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn where_windows_overlap_gradients_add_up() {
        let window = PoolWindow { size: 3, stride: 2, padding: 1, reaches_out: false };
        let shape = PoolShape { height: 1, width: 5, channels: 1, window };
        let image = [1.0, 7.0, 2.0, 3.0, 4.0];
        let (mut output, mut gradient) = ([0.0_f32; 3], [f32::NAN; 5]);
        shape.maxima(&image, &mut output);
        assert_eq!(output, [7.0, 7.0, 4.0]);
        shape.maxima_gradient(&image, &[1.0, 2.0, 4.0], &mut gradient);
        assert_eq!(gradient, [0.0, 3.0, 0.0, 0.0, 4.0]);
    }
}

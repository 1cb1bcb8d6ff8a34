//! Convolution and its gradients in single precision.

use super::Panels;
use super::correlation::{Correlation, Target};
use crate::kernels::{ConvolutionShape, Finish};

/// Writes the convolution of each image, finished.
pub(crate) fn forward(
    shape: &ConvolutionShape,
    images: &[f32],
    weights: &[f32],
    (outputs, finish): (&mut [f32], Finish<'_, f32>),
) {
    let n_columns = shape.out_channels;
    let panels = Panels::new(shape.patch_len(), n_columns, |row, column| weights[row * n_columns + column]);
    let panels = panels.finished(finish);
    Correlation::forward(shape).write(images, &panels, outputs);
}

/// Writes the gradient in the weights.
pub(crate) fn weight_gradient(
    shape: &ConvolutionShape,
    images: &[f32],
    gradients: &[f32],
    weights: &mut [f32],
) {
    Correlation::forward(shape).weight_gradient(images, gradients, weights);
}

/// Writes the gradient in the images: for each class of pixels that are a stride apart a correlation of the gradients in the outputs
/// with those weights, turned round, that reach the class.
pub(crate) fn input_gradient(
    shape: &ConvolutionShape,
    gradients: &[f32],
    weights: &[f32],
    images: &mut [f32],
) {
    if shape.kernel < shape.stride {
        images.fill(0.0);
    }
    let classes = (0..shape.stride).flat_map(|y| (0..shape.stride).map(move |x| [y, x]));
    for class in classes {
        let [rows, columns] = class.map(|first| Taps::new(shape, first));
        let grid = [shape.height, shape.width];
        let grid = [0, 1].map(|axis| grid[axis].saturating_sub(class[axis]).div_ceil(shape.stride));
        if [rows.count, columns.count, grid[0], grid[1]].contains(&0) {
            continue;
        }
        let correlation = Correlation {
            image: [shape.out_height(), shape.out_width()],
            channels: shape.out_channels,
            before: [rows.before, columns.before],
            kernel: [rows.count, columns.count],
            step: 1,
            grid,
            out_channels: shape.in_channels,
            target: Target { image: [shape.height, shape.width], first: class, step: shape.stride },
        };
        let (n_in, n_out) = (shape.in_channels, shape.out_channels);
        let value = |row: usize, channel: usize| {
            let (tap, out_channel) = (row / n_out, row % n_out);
            let (y, x) = (rows.tap(tap / columns.count), columns.tap(tap % columns.count));
            weights[((y * shape.kernel + x) * n_in + channel) * n_out + out_channel]
        };
        let panels = Panels::new(rows.count * columns.count * n_out, n_in, value);
        correlation.write(gradients, &panels, images);
    }
}

/// The kernel's places along an axis that meet the pixels `first`, `first` + stride, …
#[derive(Debug, Clone, Copy)]
struct Taps {
    /// The least of them.
    least: usize,
    stride: usize,
    count: usize,
    /// Outputs before the first one that the pixel `first` meets: the margin that the gradients need.
    before: isize,
}

impl Taps {
    /// Pixel i meets output o by the tap k if i + padding = stride · o + k.
    fn new(shape: &ConvolutionShape, first: usize) -> Self {
        let (stride, place) = (shape.stride, first + shape.padding);
        let least = place % stride;
        let count = shape.kernel.saturating_sub(least).div_ceil(stride);
        Self { least, stride, count, before: count.cast_signed() - 1 - (place / stride).cast_signed() }
    }

    /// The tap that meets the output at `place` of the window: the last tap meets the first output.
    fn tap(self, place: usize) -> usize {
        self.least + self.stride * (self.count - 1 - place)
    }
}

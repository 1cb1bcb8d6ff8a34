//! Passes of a convolution over images with margins.

use rayon::prelude::*;

use super::{Panels, Runs, add_transposed_products, write_products};
use crate::kernels::ConvolutionShape;

/// Values of the padded images of a chunk, at most, if it has enough pixels.
const CHUNK_VALUES: usize = 1 << 15;
/// Pixels of a chunk, at least, if there are as many.
const CHUNK_PIXELS: usize = 96;
/// Parts of a batch whose weight gradients are summed apart.
const PARTS: usize = 16;

/// Sums over a window that moves over images: the pixel (y, x) of a grid sees the values of the padded image from (step · y, step · x)
/// on, `kernel` rows and columns of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Correlation {
    /// Height and width of an image.
    pub(crate) image: [usize; 2],
    pub(crate) channels: usize,
    /// Margin above and to the left; negative where the image is cut.
    pub(crate) before: [isize; 2],
    pub(crate) kernel: [usize; 2],
    pub(crate) step: usize,
    pub(crate) grid: [usize; 2],
    pub(crate) out_channels: usize,
    pub(crate) target: Target,
}

/// Where the pixel (y, x) of a grid is in an output image: at `first` + `step` · (y, x).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// Height and width of the output image.
    pub(crate) image: [usize; 2],
    pub(crate) first: [usize; 2],
    pub(crate) step: usize,
}

/// What a thread needs for its chunks.
#[derive(Debug, Default)]
struct Workspace {
    padded: Vec<f32>,
    starts: Vec<usize>,
    targets: Vec<usize>,
}

impl Correlation {
    /// The forward pass of a convolution.
    pub(crate) fn forward(shape: &ConvolutionShape) -> Self {
        let grid = [shape.out_height(), shape.out_width()];
        let before = shape.padding.cast_signed();
        Self {
            image: [shape.height, shape.width],
            channels: shape.in_channels,
            before: [before; 2],
            kernel: [shape.kernel; 2],
            step: shape.stride,
            grid,
            out_channels: shape.out_channels,
            target: Target { image: grid, first: [0; 2], step: 1 },
        }
    }

    fn padded(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.grid[axis] - 1) * self.step + self.kernel[axis])
    }

    fn is_padded(&self) -> bool {
        self.padded() != self.image || self.before != [0; 2]
    }

    fn runs(&self) -> Runs {
        let [_, width] = self.padded();
        let (count, length) = (self.kernel[0], self.kernel[1] * self.channels);
        Runs { count, length, stride: width * self.channels }
    }

    fn image_len(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    fn padded_len(&self) -> usize {
        let [height, width] = self.padded();
        height * width * self.channels
    }

    fn n_pixels(&self) -> usize {
        self.grid[0] * self.grid[1]
    }

    fn target_len(&self) -> usize {
        self.target.image[0] * self.target.image[1] * self.out_channels
    }

    fn images_per_chunk(&self) -> usize {
        (CHUNK_VALUES / self.padded_len()).max(CHUNK_PIXELS.div_ceil(self.n_pixels())).max(1)
    }

    /// Writes what each pixel of the grid sees times `weights`, whose rows are kernel row, kernel column, channel.
    pub(crate) fn write(&self, images: &[f32], weights: &Panels, outputs: &mut [f32]) {
        let n_images = self.images_per_chunk();
        let chunks = outputs.par_chunks_mut(n_images * self.target_len());
        chunks.zip(images.par_chunks(n_images * self.image_len())).for_each_init(
            Workspace::default,
            |work, (outputs, images)| {
                self.fill_starts(n_images, &mut work.starts);
                self.fill_targets(n_images, &mut work.targets);
                let n_pixels = images.len() / self.image_len() * self.n_pixels();
                let input = self.pad(images, &mut work.padded);
                let (starts, targets) = (&work.starts[..n_pixels], &work.targets[..n_pixels]);
                write_products(input, starts, self.runs(), weights, (outputs, targets));
            },
        );
    }

    /// Writes the gradient in the weights, given that in the outputs, which fill the grid.
    pub(crate) fn weight_gradient(&self, images: &[f32], gradients: &[f32], weights: &mut [f32]) {
        let n_images = self.images_per_chunk();
        let n_images_per_part = (images.len() / self.image_len()).div_ceil(PARTS).max(n_images);
        let partial = |work: &mut Workspace, (images, gradients): (&[f32], &[f32])| {
            let mut sum = vec![0.0; self.runs().row_len() * self.out_channels];
            self.fill_starts(n_images, &mut work.starts);
            let chunks = images.chunks(n_images * self.image_len());
            for (images, gradients) in chunks.zip(gradients.chunks(n_images * self.target_len())) {
                let input = self.pad(images, &mut work.padded);
                let starts = &work.starts[..gradients.len() / self.out_channels];
                add_transposed_products(input, starts, self.runs(), (gradients, self.out_channels), &mut sum);
            }
            sum
        };
        let parts = images.par_chunks(n_images_per_part * self.image_len());
        let parts = parts.zip(gradients.par_chunks(n_images_per_part * self.target_len()));
        let partials: Vec<Vec<f32>> = parts.map_init(Workspace::default, partial).collect();
        weights.fill(0.0);
        for partial in partials {
            weights.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
        }
    }

    /// Where each pixel of the grids of `n_images` starts in their padded images.
    fn fill_starts(&self, n_images: usize, starts: &mut Vec<usize>) {
        let [height, width] = self.padded();
        let place = |image, [y, x]: [usize; 2]| {
            ((image * height + y * self.step) * width + x * self.step) * self.channels
        };
        self.fill_places(n_images, starts, place);
    }

    /// Where what belongs to each pixel is written to.
    fn fill_targets(&self, n_images: usize, targets: &mut Vec<usize>) {
        let Target { image: [height, width], first, step } = self.target;
        let place = |image, [y, x]: [usize; 2]| {
            ((image * height + first[0] + y * step) * width + first[1] + x * step) * self.out_channels
        };
        self.fill_places(n_images, targets, place);
    }

    fn fill_places(
        &self,
        n_images: usize,
        places: &mut Vec<usize>,
        place: impl Fn(usize, [usize; 2]) -> usize,
    ) {
        if places.len() == n_images * self.n_pixels() {
            return;
        }
        let [height, width] = self.grid;
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| [y, x]));
        places.clear();
        places.extend(
            (0..n_images)
                .flat_map(|image| pixels.clone().map(move |pixel| (image, pixel)))
                .map(|(image, pixel)| place(image, pixel)),
        );
    }

    /// The images with their margins; what lies in `padded` already are images of the same extents.
    fn pad<'a>(&self, images: &'a [f32], padded: &'a mut Vec<f32>) -> &'a [f32] {
        if !self.is_padded() {
            return images;
        }
        let length = self.images_per_chunk() * self.padded_len();
        if padded.len() != length {
            padded.clear();
            padded.resize(length, 0.0);
        }
        let [rows, columns] = [0, 1].map(|axis| self.overlap(axis));
        let [_, padded_width] = self.padded();
        let n_values = columns.length * self.channels;
        let targets = padded.chunks_exact_mut(self.padded_len());
        for (image, target) in images.chunks_exact(self.image_len()).zip(targets) {
            for row in 0..rows.length {
                let from = ((rows.from + row) * self.image[1] + columns.from) * self.channels;
                let into = ((rows.into + row) * padded_width + columns.into) * self.channels;
                target[into..into + n_values].copy_from_slice(&image[from..from + n_values]);
            }
        }
        padded
    }

    /// The part of an image that is also part of the padded image, along an axis.
    fn overlap(&self, axis: usize) -> Overlap {
        let before = self.before[axis];
        let (from, into) = (before.min(0).unsigned_abs(), before.max(0).unsigned_abs());
        let from_image = self.image[axis].saturating_sub(from);
        Overlap { from, into, length: from_image.min(self.padded()[axis].saturating_sub(into)) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Overlap {
    from: usize,
    into: usize,
    length: usize,
}

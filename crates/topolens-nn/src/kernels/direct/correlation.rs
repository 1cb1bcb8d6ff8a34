//! Passes of a convolution over images with margins.

use std::ops::Range;

use rayon::prelude::*;

use super::{Columns, Panels, Runs, add_transposed_products, write_products};
use crate::kernels::ConvolutionShape;

/// Values of the padded images of a chunk, at most, if it has enough pixels.
const CHUNK_VALUES: usize = 1 << 15;
/// Pixels of a chunk, at least, if there are as many.
const CHUNK_PIXELS: usize = 96;
/// Parts of a batch whose weight gradients are summed apart.
const PARTS: usize = 16;
/// The same where there are many weights: memory for as many sums costs more than it gains.
const PARTS_OF_LARGE: usize = 4;
/// As many weights are many.
const LARGE: usize = 1 << 16;
/// Columns of a weight gradient that are summed by one task.
const COLUMNS_PER_GROUP: usize = 64;

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
        let (starts, targets) = (self.starts(n_images), self.targets(n_images));
        let chunks = outputs.par_chunks_mut(n_images * self.target_len());
        let chunks = chunks.zip(images.par_chunks(n_images * self.image_len()));
        chunks.for_each_init(Vec::new, |padded, (outputs, images)| {
            let n_pixels = images.len() / self.image_len() * self.n_pixels();
            let input = self.pad(images, padded);
            let (starts, targets) = (&starts[..n_pixels], &targets[..n_pixels]);
            write_products(input, starts, self.runs(), weights, (outputs, targets));
        });
    }

    /// Writes the gradient in the weights, given that in the outputs, which fill the grid: sums over parts of the batch and of the
    /// columns, added in order.
    pub(crate) fn weight_gradient(&self, images: &[f32], gradients: &[f32], weights: &mut [f32]) {
        let n_parts = if weights.len() < LARGE { PARTS } else { PARTS_OF_LARGE };
        let n_images = self.images_per_chunk();
        let n_images_per_part = (images.len() / self.image_len()).div_ceil(n_parts).max(n_images);
        let parts = images.par_chunks(n_images_per_part * self.image_len());
        let parts = parts.zip(gradients.par_chunks(n_images_per_part * self.target_len()));
        let starts = self.starts(n_images);
        let sums: Vec<Vec<Vec<f32>>> = parts
            .map(|(images, gradients)| {
                let groups = (0..self.out_channels).into_par_iter().step_by(COLUMNS_PER_GROUP);
                groups
                    .map_init(Vec::new, |padded, first| {
                        let columns = first..(first + COLUMNS_PER_GROUP).min(self.out_channels);
                        self.sum_over_part((images, gradients), &starts, columns, padded)
                    })
                    .collect()
            })
            .collect();
        weights.fill(0.0);
        for (group, sum) in sums.iter().flat_map(|part| part.iter().enumerate()) {
            let first = group * COLUMNS_PER_GROUP;
            let n_columns = COLUMNS_PER_GROUP.min(self.out_channels - first);
            for (row, sum) in weights.chunks_exact_mut(self.out_channels).zip(sum.chunks_exact(n_columns)) {
                row[first..first + n_columns].iter_mut().zip(sum).for_each(|(sum, value)| *sum += *value);
            }
        }
    }

    /// The gradient in the weights of `columns` from a part of the batch.
    fn sum_over_part(
        &self,
        (images, gradients): (&[f32], &[f32]),
        starts: &[usize],
        columns: Range<usize>,
        padded: &mut Vec<f32>,
    ) -> Vec<f32> {
        let n_images = self.images_per_chunk();
        let mut sum = vec![0.0; self.runs().row_len() * columns.len()];
        let chunks = images.chunks(n_images * self.image_len());
        for (images, gradients) in chunks.zip(gradients.chunks(n_images * self.target_len())) {
            let input = self.pad(images, padded);
            let starts = &starts[..gradients.len() / self.out_channels];
            let others = Columns { rows: gradients, row_len: self.out_channels, range: columns.clone() };
            add_transposed_products(input, starts, self.runs(), &others, &mut sum);
        }
        sum
    }

    /// Where each pixel of the grids of `n_images` starts in their padded images.
    fn starts(&self, n_images: usize) -> Vec<usize> {
        let [height, width] = self.padded();
        self.places(n_images, |image, [y, x]| {
            ((image * height + y * self.step) * width + x * self.step) * self.channels
        })
    }

    /// Where what belongs to each pixel is written to.
    fn targets(&self, n_images: usize) -> Vec<usize> {
        let Target { image: [height, width], first, step } = self.target;
        self.places(n_images, |image, [y, x]| {
            ((image * height + first[0] + y * step) * width + first[1] + x * step) * self.out_channels
        })
    }

    fn places(&self, n_images: usize, place: impl Fn(usize, [usize; 2]) -> usize) -> Vec<usize> {
        let mut places = Vec::with_capacity(n_images * self.n_pixels());
        for image in 0..n_images {
            for y in 0..self.grid[0] {
                places.extend((0..self.grid[1]).map(|x| place(image, [y, x])));
            }
        }
        places
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

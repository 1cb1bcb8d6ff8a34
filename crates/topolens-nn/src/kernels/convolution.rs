//! Two-dimensional convolution (cross-correlation) with square kernels: patches times weights.
//!
//! Weights are kernel row, kernel column, input channel, output channel. Each task takes a few images and goes through them in
//! tiles: a few output rows of one image, so that the patches stay in cache, or several small images, so that the weights are read
//! for enough pixels.

use std::ops::Range;

use rayon::prelude::*;

use super::{Finish, IMAGES_PER_CHUNK, LinearShape, Matrix, Write, direct, matrix_product, patches};
use crate::tensor::Element;

/// Values in the patches of a tile, at most, if it has enough pixels.
const TILE: usize = 1 << 15;
/// Output pixels in a tile, at least, if there are as many.
const PIXELS: usize = 128;
/// Parts of a batch whose weight gradients are summed apart.
const PARTS: usize = 16;

/// Extents of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConvolutionShape {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) in_channels: usize,
    pub(crate) out_channels: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
}

impl ConvolutionShape {
    /// Rows of the output.
    pub(crate) fn out_height(&self) -> usize {
        (self.height + 2 * self.padding - self.kernel) / self.stride + 1
    }

    /// Columns of the output.
    pub(crate) fn out_width(&self) -> usize {
        (self.width + 2 * self.padding - self.kernel) / self.stride + 1
    }

    /// Values under the kernel.
    pub(super) fn patch_len(&self) -> usize {
        self.kernel * self.kernel * self.in_channels
    }

    pub(super) fn image_len(&self) -> usize {
        self.height * self.width * self.in_channels
    }

    pub(super) fn output_len(&self) -> usize {
        self.out_height() * self.out_width() * self.out_channels
    }

    /// The matrix product over pixels that a 1 × 1 convolution without stride is.
    fn pointwise(&self) -> Option<LinearShape> {
        let is_pointwise = (self.kernel, self.stride, self.padding) == (1, 1, 0);
        is_pointwise.then_some(LinearShape { n_in: self.in_channels, n_out: self.out_channels })
    }

    /// Output rows in tiles, each with the range of values that it covers in the outputs of `n_images`; if these are more than one, there
    /// is one tile.
    fn tiles(&self, n_images: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let (out_height, row) = (self.out_height(), self.out_width() * self.out_channels);
        let step = self.rows_per_tile();
        (0..out_height).step_by(step).map(move |first| {
            let last = (first + step).min(out_height);
            (first..last, first * row..first * row + n_images * (last - first) * row)
        })
    }

    fn rows_per_tile(&self) -> usize {
        let enough = PIXELS.div_ceil(self.out_width());
        (TILE / (self.out_width() * self.patch_len())).max(enough).min(self.out_height())
    }

    /// Images that share a tile: one unless all its pixels are too few.
    fn images_per_tile(&self) -> usize {
        (PIXELS / (self.out_height() * self.out_width())).max(1)
    }

    fn images_per_chunk(&self) -> usize {
        self.images_per_tile().max(IMAGES_PER_CHUNK)
    }

    fn scratch<E: Element>(&self) -> Vec<E> {
        let n_pixels = self.images_per_tile() * self.rows_per_tile() * self.out_width();
        vec![E::ZERO; n_pixels * self.patch_len()]
    }

    /// Gathers the patches of the output rows `rows` of each image, one below the other.
    fn gather<E: Element>(&self, images: &[E], rows: &Range<usize>, patches: &mut [E]) {
        let part = rows.len() * self.out_width() * self.patch_len();
        let images = images.chunks_exact(self.image_len());
        for (image, patches) in images.zip(patches.chunks_exact_mut(part)) {
            patches::gather(self, image, rows.clone(), patches);
        }
    }

    /// Writes the convolution of each image, finished.
    pub(crate) fn forward<E: Element>(
        &self,
        images: &[E],
        weights: &[E],
        outputs: &mut [E],
        finish: Finish<'_, E>,
    ) {
        if let Some(pointwise) = self.pointwise() {
            return pointwise.forward(images, weights, outputs, finish);
        }
        if let Some(operands) = direct::operands(images, weights, outputs).zip(finish.singles()) {
            let ((images, weights, outputs), finish) = operands;
            return direct::forward(self, images, weights, (outputs, finish));
        }
        self.forward_by_patches(images, weights, outputs, finish);
    }

    fn forward_by_patches<E: Element>(
        &self,
        images: &[E],
        weights: &[E],
        outputs: &mut [E],
        finish: Finish<'_, E>,
    ) {
        let n_images = self.images_per_chunk();
        let chunks = outputs.par_chunks_mut(n_images * self.output_len());
        chunks.zip(images.par_chunks(n_images * self.image_len())).for_each_init(
            || self.scratch(),
            |scratch, (outputs, images)| {
                let outputs = outputs.chunks_mut(self.images_per_tile() * self.output_len());
                for (outputs, images) in outputs.zip(images.chunks(self.images_per_tile() * self.image_len()))
                {
                    self.forward_tiles(images, weights, outputs, scratch);
                    finish.apply(outputs, self.out_channels);
                }
            },
        );
    }

    fn forward_tiles<E: Element>(&self, images: &[E], weights: &[E], outputs: &mut [E], scratch: &mut [E]) {
        let weights = Matrix::new(weights, self.patch_len(), self.out_channels);
        for (rows, values) in self.tiles(images.len() / self.image_len()) {
            let n_pixels = values.len() / self.out_channels;
            let patches = &mut scratch[..n_pixels * self.patch_len()];
            self.gather(images, &rows, patches);
            let patches = Matrix::new(patches, n_pixels, self.patch_len());
            matrix_product(&mut outputs[values], patches, weights, Write::Replace);
        }
    }

    /// Writes the gradient in the images.
    pub(crate) fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], images: &mut [E]) {
        if let Some(pointwise) = self.pointwise() {
            return pointwise.input_gradient(gradients, weights, images);
        }
        if let Some((gradients, weights, images)) = direct::operands(gradients, weights, images) {
            return direct::input_gradient(self, gradients, weights, images);
        }
        self.input_gradient_by_patches(gradients, weights, images);
    }

    fn input_gradient_by_patches<E: Element>(&self, gradients: &[E], weights: &[E], images: &mut [E]) {
        let n_images = self.images_per_chunk();
        let chunks = images.par_chunks_mut(n_images * self.image_len());
        chunks.zip(gradients.par_chunks(n_images * self.output_len())).for_each_init(
            || self.scratch(),
            |scratch, (images, gradients)| {
                let images = images.chunks_mut(self.images_per_tile() * self.image_len());
                for (images, gradients) in
                    images.zip(gradients.chunks(self.images_per_tile() * self.output_len()))
                {
                    self.input_gradient_tiles(gradients, weights, images, scratch);
                }
            },
        );
    }

    fn input_gradient_tiles<E: Element>(
        &self,
        gradients: &[E],
        weights: &[E],
        images: &mut [E],
        scratch: &mut [E],
    ) {
        images.fill(E::ZERO);
        let weights = Matrix::new(weights, self.patch_len(), self.out_channels).transposed();
        for (rows, values) in self.tiles(images.len() / self.image_len()) {
            let n_pixels = values.len() / self.out_channels;
            let patches = &mut scratch[..n_pixels * self.patch_len()];
            let gradients = Matrix::new(&gradients[values], n_pixels, self.out_channels);
            matrix_product(patches, gradients, weights, Write::Replace);
            let part = rows.len() * self.out_width() * self.patch_len();
            for (image, patches) in images.chunks_exact_mut(self.image_len()).zip(patches.chunks_exact(part))
            {
                patches::scatter(self, patches, rows.clone(), image);
            }
        }
    }

    /// The gradient in the weights.
    pub(crate) fn weight_gradient<E: Element>(&self, images: &[E], gradients: &[E], weights: &mut [E]) {
        if let Some(pointwise) = self.pointwise() {
            return pointwise.weight_gradient(images, gradients, weights);
        }
        if let Some((images, gradients, weights)) = direct::operands(images, gradients, weights) {
            return direct::weight_gradient(self, images, gradients, weights);
        }
        self.weight_gradient_by_patches(images, gradients, weights);
    }

    fn weight_gradient_by_patches<E: Element>(&self, images: &[E], gradients: &[E], weights: &mut [E]) {
        let n_images = (images.len() / self.image_len()).div_ceil(PARTS).max(self.images_per_chunk());
        let partial = |scratch: &mut Vec<E>, (images, gradients): (&[E], &[E])| {
            let mut sum = vec![E::ZERO; self.patch_len() * self.out_channels];
            let images = images.chunks(self.images_per_tile() * self.image_len());
            for (images, gradients) in
                images.zip(gradients.chunks(self.images_per_tile() * self.output_len()))
            {
                self.add_weight_gradient_of_tiles(images, gradients, &mut sum, scratch);
            }
            sum
        };
        let chunks = images.par_chunks(n_images * self.image_len());
        let chunks = chunks.zip(gradients.par_chunks(n_images * self.output_len()));
        let partials: Vec<Vec<E>> = chunks.map_init(|| self.scratch(), partial).collect();
        weights.fill(E::ZERO);
        for partial in partials {
            weights.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
        }
    }

    fn add_weight_gradient_of_tiles<E: Element>(
        &self,
        images: &[E],
        gradients: &[E],
        sum: &mut [E],
        scratch: &mut [E],
    ) {
        for (rows, values) in self.tiles(images.len() / self.image_len()) {
            let n_pixels = values.len() / self.out_channels;
            let patches = &mut scratch[..n_pixels * self.patch_len()];
            self.gather(images, &rows, patches);
            let patches = Matrix::new(patches, n_pixels, self.patch_len()).transposed();
            let gradients = Matrix::new(&gradients[values], n_pixels, self.out_channels);
            matrix_product(sum, patches, gradients, Write::Add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, term by term.
    fn by_definition(shape: &ConvolutionShape, image: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut output = Vec::new();
        for y in 0..shape.out_height() {
            for x in 0..shape.out_width() {
                for o in 0..shape.out_channels {
                    let mut sum = 0.0;
                    for (ky, kx) in (0..shape.kernel).flat_map(|ky| (0..shape.kernel).map(move |kx| (ky, kx)))
                    {
                        let (row, column) = (y * shape.stride + ky, x * shape.stride + kx);
                        let inside = (shape.padding..shape.padding + shape.height).contains(&row)
                            && (shape.padding..shape.padding + shape.width).contains(&column);
                        for c in (0..shape.in_channels).filter(|_| inside) {
                            let at = ((row - shape.padding) * shape.width + column - shape.padding)
                                * shape.in_channels
                                + c;
                            let weight =
                                ((ky * shape.kernel + kx) * shape.in_channels + c) * shape.out_channels + o;
                            sum += image[at] * weights[weight];
                        }
                    }
                    output.push(sum);
                }
            }
        }
        output
    }

    /// Patches serve double precision; single precision has a way of its own where there are vector instructions.
    #[test]
    fn every_shape_equals_the_definition() {
        let mut n_cases = 0;
        for (height, width) in [(1, 1), (1, 4), (5, 3), (8, 8), (7, 70)] {
            for (kernel, stride, padding) in [
                (1, 1, 0),
                (1, 2, 0),
                (1, 1, 1),
                (2, 2, 1),
                (3, 1, 1),
                (3, 2, 1),
                (3, 2, 2),
                (5, 1, 2),
                (3, 3, 1),
                (2, 3, 1),
            ] {
                let (in_channels, out_channels) = (3, 5);
                let shape =
                    ConvolutionShape { height, width, in_channels, out_channels, kernel, stride, padding };
                compare_with_definition::<f64>(&shape);
                compare_with_definition::<f32>(&shape);
                n_cases += 1;
            }
        }
        assert_eq!(n_cases, 50);
    }

    /// All numbers are integers: both types are exact.
    fn compare_with_definition<E: Element>(shape: &ConvolutionShape) {
        let pseudo = |i: usize| ((i * 7919) % 31) as f64 - 15.0;
        let typed = |values: &[f64]| -> Vec<E> { values.iter().map(|value| E::from_f64(*value)).collect() };
        // More than share a tile, and not a whole number of tiles.
        let images: Vec<f64> = (0..131 * shape.image_len()).map(pseudo).collect();
        let weights: Vec<f64> = (0..shape.patch_len() * 5).map(|i| pseudo(i + 3)).collect();
        let expected: Vec<f64> = images
            .chunks(shape.image_len())
            .flat_map(|image| by_definition(shape, image, &weights))
            .collect();
        let (images, weights) = (typed(&images), typed(&weights));
        let mut outputs = vec![E::from_f64(f64::NAN); 131 * shape.output_len()];
        shape.forward(&images, &weights, &mut outputs, Finish::NOTHING);
        assert!(outputs == typed(&expected), "{shape:?}");
        gradients_are_adjoint(shape, &images, &weights, &outputs);
    }

    /// ⟨output, g⟩ = ⟨images, gradient in the images⟩ = ⟨weights, gradient in the weights⟩, exactly.
    fn gradients_are_adjoint<E: Element>(
        shape: &ConvolutionShape,
        images: &[E],
        weights: &[E],
        outputs: &[E],
    ) {
        let dot = |a: &[E], b: &[E]| a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum::<f64>();
        let gradients: Vec<E> =
            (0..outputs.len()).map(|i| E::from_f64(((i * 31) % 17) as f64 - 8.0)).collect();
        let nothing = E::from_f64(f64::NAN);
        let (mut in_images, mut in_weights) = (vec![nothing; images.len()], vec![nothing; weights.len()]);
        shape.input_gradient(&gradients, weights, &mut in_images);
        shape.weight_gradient(images, &gradients, &mut in_weights);
        let expected = dot(outputs, &gradients);
        let got = (dot(images, &in_images), dot(weights, &in_weights));
        assert_eq!(got, (expected, expected), "{shape:?}");
    }

    #[test]
    fn tiles_cover_the_output_once() {
        let shape = ConvolutionShape {
            height: 64,
            width: 64,
            in_channels: 16,
            out_channels: 2,
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        let tiles: Vec<_> = shape.tiles(1).collect();
        assert!(tiles.len() > 1);
        assert_eq!(
            tiles.iter().flat_map(|(rows, _)| rows.clone()).collect::<Vec<_>>(),
            (0..64).collect::<Vec<_>>()
        );
        assert_eq!(tiles.last().unwrap().1.end, shape.output_len());
    }
}

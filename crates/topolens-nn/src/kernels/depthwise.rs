//! Depthwise convolution: every channel has a kernel of its own.
//!
//! Weights are kernel row, kernel column, channel. Channels lie side by side, so each task runs along them in blocks whose sums
//! stay in registers.

#![expect(clippy::inline_always, reason = "inlined into loops compiled for the vector instructions")]

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::{ConvolutionShape, Finish, IMAGES_PER_CHUNK};
use crate::tensor::Element;

/// Rows of pixels that one task handles, at least.
const ROWS_PER_TASK: usize = 8;
/// Channels whose sums are kept in registers together.
const BLOCK: usize = 16;

/// Extents of a depthwise convolution: as of a convolution with as many channels out as in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DepthwiseShape(pub(crate) ConvolutionShape);

/// A product of a sum: where the pixel starts in the source, where its weights start.
type Term = (usize, usize);

impl DepthwiseShape {
    /// Writes the convolution of each image, finished.
    pub(crate) fn forward<E: Element>(
        &self,
        images: &[E],
        weights: &[E],
        outputs: &mut [E],
        finish: Finish<'_, E>,
    ) {
        let shape = &self.0;
        let row_len = shape.out_width() * shape.in_channels;
        let rows_per_image = shape.out_height();
        let rows = outputs.par_chunks_mut(row_len).enumerate().with_min_len(ROWS_PER_TASK);
        rows.for_each_init(Vec::new, |terms, (row, output)| {
            let image = &images[row / rows_per_image * shape.image_len()..][..shape.image_len()];
            let first = row % rows_per_image * shape.out_width();
            for (column, sums) in output.chunks_exact_mut(shape.in_channels).enumerate() {
                terms.clear();
                terms.extend(self.under(first + column));
                add_products(image, weights, terms, sums);
            }
            finish.apply(output, shape.in_channels);
        });
    }

    /// Writes the gradient in the images.
    pub(crate) fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], images: &mut [E]) {
        let shape = &self.0;
        let chunks = images.par_chunks_mut(shape.image_len()).with_min_len(IMAGES_PER_CHUNK);
        chunks.zip(gradients.par_chunks(shape.output_len())).for_each(|(image, gradient)| {
            let mut terms = Vec::new();
            for (position, sums) in image.chunks_exact_mut(shape.in_channels).enumerate() {
                terms.clear();
                terms.extend(self.over(position));
                add_products(gradient, weights, &terms, sums);
            }
        });
    }

    /// The gradient in the weights.
    pub(crate) fn weight_gradient<E: Element>(&self, images: &[E], gradients: &[E], weights: &mut [E]) {
        let shape = &self.0;
        let images = images.par_chunks(IMAGES_PER_CHUNK * shape.image_len());
        let gradients = gradients.par_chunks(IMAGES_PER_CHUNK * shape.output_len());
        let n_weights = weights.len();
        let partial = |(images, gradients): (&[E], &[E])| {
            let mut sum = vec![E::ZERO; n_weights];
            let images = images.chunks_exact(shape.image_len());
            for (image, gradient) in images.zip(gradients.chunks_exact(shape.output_len())) {
                self.add_weight_gradient_of_one(image, gradient, &mut sum);
            }
            sum
        };
        let partials: Vec<Vec<E>> = images.zip(gradients).map(partial).collect();
        weights.fill(E::ZERO);
        for partial in partials {
            weights.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
        }
    }

    fn add_weight_gradient_of_one<E: Element>(&self, image: &[E], gradient: &[E], sum: &mut [E]) {
        let channels = self.0.in_channels;
        for (position, gradient) in gradient.chunks_exact(channels).enumerate() {
            for (pixel, weight) in self.under(position) {
                let (image, sum) = (&image[pixel..pixel + channels], &mut sum[weight..weight + channels]);
                let products = image.iter().zip(gradient);
                sum.iter_mut().zip(products).for_each(|(sum, (value, gradient))| *sum += *value * *gradient);
            }
        }
    }

    /// The pixels under the kernel at an output position, each with its weights.
    fn under(&self, position: usize) -> impl Iterator<Item = Term> + use<> {
        let ConvolutionShape { height, width, in_channels, kernel, stride, padding, .. } = self.0;
        let (top, left) = (position / self.0.out_width() * stride, position % self.0.out_width() * stride);
        let inside = move |first: usize, k: usize, extent: usize| {
            (first + k).checked_sub(padding).filter(|at| *at < extent).map(|at| (k, at))
        };
        let rows = (0..kernel).filter_map(move |k| inside(top, k, height));
        rows.flat_map(move |(ky, y)| {
            let columns = (0..kernel).filter_map(move |k| inside(left, k, width));
            columns.map(move |(kx, x)| ((y * width + x) * in_channels, (ky * kernel + kx) * in_channels))
        })
    }

    /// The output positions whose kernel lies over a pixel, each with its weights.
    fn over(&self, position: usize) -> impl Iterator<Item = Term> + use<> {
        let ConvolutionShape { width, in_channels, kernel, stride, padding, .. } = self.0;
        let (out_height, out_width) = (self.0.out_height(), self.0.out_width());
        let (y, x) = (position / width, position % width);
        let place = move |at: usize, k: usize, extent: usize| {
            let from = (at + padding).checked_sub(k).filter(|from| from % stride == 0)?;
            Some(from / stride).filter(|out| *out < extent).map(|out| (k, out))
        };
        let rows = (0..kernel).filter_map(move |k| place(y, k, out_height));
        rows.flat_map(move |(ky, oy)| {
            let columns = (0..kernel).filter_map(move |k| place(x, k, out_width));
            columns
                .map(move |(kx, ox)| ((oy * out_width + ox) * in_channels, (ky * kernel + kx) * in_channels))
        })
    }
}

/// Writes Σ source · weights over the terms, channel by channel.
fn add_products<E: Element>(source: &[E], weights: &[E], terms: &[Term], sums: &mut [E]) {
    Arch::new().dispatch(AddProducts { source, weights, terms, sums });
}

struct AddProducts<'a, E> {
    source: &'a [E],
    weights: &'a [E],
    terms: &'a [Term],
    sums: &'a mut [E],
}

impl<E: Element> NullaryFnOnce for AddProducts<'_, E> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { source, weights, terms, sums } = self;
        let (blocks, rest) = sums.as_chunks_mut::<BLOCK>();
        let n_whole = blocks.len() * BLOCK;
        for (at, sums) in blocks.iter_mut().enumerate() {
            let mut block = [E::ZERO; BLOCK];
            for (pixel, weight) in terms {
                let source = &source[pixel + at * BLOCK..][..BLOCK];
                let weights = &weights[weight + at * BLOCK..][..BLOCK];
                for ((sum, value), weight) in block.iter_mut().zip(source).zip(weights) {
                    *sum += *value * *weight;
                }
            }
            *sums = block;
        }
        for (at, sum) in rest.iter_mut().enumerate() {
            let channel = n_whole + at;
            *sum = E::ZERO;
            for (pixel, weight) in terms {
                *sum += source[pixel + channel] * weights[weight + channel];
            }
        }
    }
}

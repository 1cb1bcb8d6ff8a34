//! Depthwise convolution: every channel has a kernel of its own.
//!
//! Weights are kernel row, kernel column, channel. Channels lie side by side, so each task runs along them in blocks whose sums
//! stay in registers.

use rayon::prelude::*;

use super::{ConvolutionShape, IMAGES_PER_CHUNK};
use crate::tensor::Element;

/// Channels whose sums are kept in registers together.
const BLOCK: usize = 16;

/// Extents of a depthwise convolution: as of a convolution with as many channels out as in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DepthwiseShape(pub(crate) ConvolutionShape);

/// A product of a sum: where the pixel starts in the source, where its weights start.
type Term = (usize, usize);

impl DepthwiseShape {
    /// Writes the convolution of each image.
    pub(crate) fn forward<E: Element>(&self, images: &[E], weights: &[E], outputs: &mut [E]) {
        let shape = &self.0;
        let chunks = outputs.par_chunks_mut(shape.output_len()).with_min_len(IMAGES_PER_CHUNK);
        chunks.zip(images.par_chunks(shape.image_len())).for_each(|(output, image)| {
            let mut terms = Vec::new();
            for (position, sums) in output.chunks_exact_mut(shape.in_channels).enumerate() {
                terms.clear();
                terms.extend(self.under(position));
                add_products(image, weights, &terms, sums);
            }
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
    let n_whole = sums.len() / BLOCK * BLOCK;
    for first in (0..n_whole).step_by(BLOCK) {
        let mut block = [E::ZERO; BLOCK];
        for (pixel, weight) in terms {
            let source = &source[pixel + first..pixel + first + BLOCK];
            let weights = &weights[weight + first..weight + first + BLOCK];
            let products = source.iter().zip(weights);
            block.iter_mut().zip(products).for_each(|(sum, (value, weight))| *sum += *value * *weight);
        }
        sums[first..first + BLOCK].copy_from_slice(&block);
    }
    for (channel, sum) in sums.iter_mut().enumerate().skip(n_whole) {
        *sum = terms.iter().map(|(pixel, weight)| source[pixel + channel] * weights[weight + channel]).sum();
    }
}

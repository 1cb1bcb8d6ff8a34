//! Global depthwise convolution: every channel has one kernel as large as the image (Chen et al. 2018).
//!
//! Weights are row, column, channel: as many as an image has values.

use rayon::prelude::*;

use super::{Finish, IMAGES_PER_CHUNK};
use crate::tensor::Element;

/// Extents of a global depthwise convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GlobalDepthwiseShape {
    /// Positions of an image.
    pub(crate) n_positions: usize,
    pub(crate) channels: usize,
}

impl GlobalDepthwiseShape {
    fn image_len(self) -> usize {
        self.n_positions * self.channels
    }

    /// Writes Σ over positions of image · weights, channel by channel, finished.
    pub(crate) fn forward<E: Element>(
        &self,
        images: &[E],
        weights: &[E],
        outputs: &mut [E],
        finish: Finish<'_, E>,
    ) {
        let sources = images.par_chunks(self.image_len());
        outputs.par_chunks_mut(self.channels).zip(sources).for_each(|(sums, image)| {
            sums.fill(E::ZERO);
            for (pixel, weights) in image.chunks_exact(self.channels).zip(weights.chunks_exact(self.channels))
            {
                let terms = pixel.iter().zip(weights);
                sums.iter_mut().zip(terms).for_each(|(sum, (value, weight))| *sum += *value * *weight);
            }
            finish.apply(sums, self.channels);
        });
    }

    /// Writes the gradient in the images.
    pub(crate) fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], images: &mut [E]) {
        let images = images.par_chunks_mut(self.image_len());
        images.zip(gradients.par_chunks(self.channels)).for_each(|(image, gradient)| {
            let values = image.iter_mut().zip(weights).zip(gradient.iter().cycle());
            values.for_each(|((value, weight), gradient)| *value = *weight * *gradient);
        });
    }

    /// Writes the gradient in the weights; parts of a fixed number of images are added in order.
    pub(crate) fn weight_gradient<E: Element>(&self, images: &[E], gradients: &[E], weights: &mut [E]) {
        let images = images.par_chunks(IMAGES_PER_CHUNK * self.image_len());
        let gradients = gradients.par_chunks(IMAGES_PER_CHUNK * self.channels);
        let partial = |(images, gradients): (&[E], &[E])| {
            let mut sums = vec![E::ZERO; self.image_len()];
            let images = images.chunks_exact(self.image_len());
            for (image, gradient) in images.zip(gradients.chunks_exact(self.channels)) {
                let terms = image.iter().zip(gradient.iter().cycle());
                sums.iter_mut().zip(terms).for_each(|(sum, (value, gradient))| *sum += *value * *gradient);
            }
            sums
        };
        let partials: Vec<Vec<E>> = images.zip(gradients).map(partial).collect();
        weights.fill(E::ZERO);
        for partial in partials {
            weights.iter_mut().zip(partial).for_each(|(sum, value)| *sum += value);
        }
    }
}

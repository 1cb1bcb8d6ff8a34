//! Every channel of an image times a number of its own, as squeeze-and-excitation does (Hu et al. 2018).

use rayon::prelude::*;

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

struct ChannelScale;

impl<E: Element> Tape<E> {
    /// N × height × width × channels times N × channels.
    pub(crate) fn channel_scale(&mut self, images: Variable, scales: Variable) -> Variable {
        let mut values = self.pool.take(self.value(images).len());
        let (source, scales_tensor) = (self.value(images), self.value(scales));
        multiply(source, scales_tensor, &mut values);
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &[images, scales], ChannelScale)
    }
}

fn multiply<E: Element>(images: &Tensor<E>, scales: &Tensor<E>, products: &mut [E]) {
    let (image_len, channels) = (images.item_len(), scales.item_len());
    let sources = images.values().par_chunks(image_len).zip(scales.values().par_chunks(channels));
    products.par_chunks_mut(image_len).zip(sources).for_each(|(products, (image, scales))| {
        for (products, pixel) in products.chunks_exact_mut(channels).zip(image.chunks_exact(channels)) {
            let terms = pixel.iter().zip(scales);
            products.iter_mut().zip(terms).for_each(|(product, (value, scale))| *product = *value * *scale);
        }
    });
}

impl<E: Element> Operator<E> for ChannelScale {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let (images, scales) = (step.inputs[0], step.inputs[1]);
        let for_scales = step.needed[1].then(|| {
            let mut sums = pool.take_zeros(scales.len());
            let (image_len, channels) = (images.item_len(), scales.item_len());
            let sources = images.values().par_chunks(image_len).zip(gradient.values().par_chunks(image_len));
            sums.par_chunks_mut(channels).zip(sources).for_each(|(sums, (image, gradient))| {
                for (pixel, gradient) in image.chunks_exact(channels).zip(gradient.chunks_exact(channels)) {
                    let terms = pixel.iter().zip(gradient);
                    sums.iter_mut()
                        .zip(terms)
                        .for_each(|(sum, (value, gradient))| *sum += *value * *gradient);
                }
            });
            Tensor::from_parts(scales.shape().to_vec(), sums)
        });
        let for_images = step.needed[0].then(|| {
            let mut values = pool.take(images.shape_len());
            multiply(&gradient, scales, &mut values);
            Tensor::from_parts(images.shape().to_vec(), values)
        });
        pool.give(gradient.into_values());
        vec![for_images, for_scales]
    }
}

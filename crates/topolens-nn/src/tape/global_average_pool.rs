//! Mean over all positions.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{global_average, spread_average};
use crate::tensor::{Element, Pool, Tensor};

struct GlobalAveragePool;

impl<E: Element> Tape<E> {
    /// N × height × width × channels to N × channels.
    pub(crate) fn global_average_pool(&mut self, images: Variable) -> Variable {
        let source = self.value(images);
        let (n_images, channels) = (source.n_items(), channels(source));
        let mut values = self.pool.take(n_images * channels);
        let source = self.value(images);
        global_average(source.values(), source.item_len() / channels, &mut values, channels);
        self.record(Tensor::from_parts(vec![n_images, channels], values), &[images], GlobalAveragePool)
    }
}

fn channels<E: Element>(images: &Tensor<E>) -> usize {
    images.shape().last().copied().unwrap_or(1)
}

impl<E: Element> Operator<E> for GlobalAveragePool {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::NOWHERE
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let images = step.inputs[0];
        let mut values = pool.take(images.shape_len());
        let channels = channels(images);
        spread_average(gradient.values(), images.item_len() / channels, &mut values, channels);
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(images.shape().to_vec(), values))]
    }
}

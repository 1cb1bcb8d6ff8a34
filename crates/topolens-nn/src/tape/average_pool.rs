//! Mean over windows.

use super::max_pool::shape_of;
use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{PoolShape, PoolWindow};
use crate::tensor::{Element, Pool, Tensor};

struct AveragePool {
    shape: PoolShape,
    counts_padding: bool,
}

impl<E: Element> Tape<E> {
    /// The mean of each window over its pixels in the image or, with `counts_padding`, over all of its extent.
    pub(crate) fn average_pool(
        &mut self,
        images: Variable,
        window: PoolWindow,
        counts_padding: bool,
    ) -> Variable {
        let shape = shape_of(self.value(images), window);
        let extents =
            vec![self.value(images).n_items(), shape.out_height(), shape.out_width(), shape.channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.means(self.value(images).values(), counts_padding, &mut values);
        let operator = AveragePool { shape, counts_padding };
        self.record(Tensor::from_parts(extents, values), &[images], operator)
    }
}

impl<E: Element> Operator<E> for AveragePool {
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
        self.shape.means_gradient(gradient.values(), self.counts_padding, &mut values);
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(images.shape().to_vec(), values))]
    }
}

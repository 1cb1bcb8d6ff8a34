//! Max pooling.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{MaxPoolShape, PoolWindow};
use crate::tensor::{Element, Pool, Tensor};

struct MaxPool {
    shape: MaxPoolShape,
}

impl<E: Element> Tape<E> {
    /// The largest value of each window.
    pub(crate) fn max_pool(&mut self, images: Variable, window: PoolWindow) -> Variable {
        let source = self.value(images);
        let [n_images, height, width, channels] = *source.shape() else {
            panic!("bug: max pooling of {:?}", source.shape());
        };
        let shape = MaxPoolShape { height, width, channels, window };
        let extents = vec![n_images, shape.out_height(), shape.out_width(), channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(images).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[images], MaxPool { shape })
    }
}

impl<E: Element> Operator<E> for MaxPool {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let images = step.inputs[0];
        let mut values = pool.take(images.shape_len());
        self.shape.backward(images.values(), gradient.values(), &mut values);
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(images.shape().to_vec(), values))]
    }
}

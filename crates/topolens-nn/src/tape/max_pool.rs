//! Max pooling.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{PoolShape, PoolWindow};
use crate::tensor::{Element, Pool, Tensor};

struct MaxPool {
    shape: PoolShape,
}

impl<E: Element> Tape<E> {
    /// The largest value of each window.
    pub(crate) fn max_pool(&mut self, images: Variable, window: PoolWindow) -> Variable {
        let (n_images, shape) = (self.value(images).n_items(), shape_of(self.value(images), window));
        let channels = shape.channels;
        let extents = vec![n_images, shape.out_height(), shape.out_width(), channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.maxima(self.value(images).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[images], MaxPool { shape })
    }
}

/// Extents of a pooling of these images.
pub(super) fn shape_of<E: Element>(images: &Tensor<E>, window: PoolWindow) -> PoolShape {
    let [_, height, width, channels] = *images.shape() else {
        panic!("bug: pooling of {:?}", images.shape())
    };
    PoolShape { height, width, channels, window }
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
        self.shape.maxima_gradient(images.values(), gradient.values(), &mut values);
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(images.shape().to_vec(), values))]
    }
}

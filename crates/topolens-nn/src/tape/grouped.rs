//! Convolution in groups.

use super::{Looks, Operator, Step, Tape, Variable, weighted};
use crate::kernels::GroupedShape;
use crate::tensor::{Element, Pool, Tensor};

struct Grouped {
    shape: GroupedShape,
}

impl<E: Element> Tape<E> {
    /// Convolution in groups of as many channels as the kernel × kernel × group × out weights say.
    pub(super) fn grouped_convolution(
        &mut self,
        images: Variable,
        weights: Variable,
        shape: GroupedShape,
    ) -> Variable {
        let whole = shape.whole;
        let n_images = self.value(images).n_items();
        let extents = vec![n_images, whole.out_height(), whole.out_width(), whole.out_channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(images).values(), self.value(weights).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[images, weights], Grouped { shape })
    }
}

impl<E: Element> Operator<E> for Grouped {
    fn looks_at(&self, needed: &[bool]) -> Looks {
        weighted::looks_at(needed)
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        weighted::gradients(&self.shape, step, gradient, pool)
    }
}

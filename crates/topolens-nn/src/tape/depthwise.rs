//! Depthwise convolution.

use super::convolution::shape_of;
use super::{Looks, Operator, Step, Tape, Variable, weighted};
use crate::kernels::DepthwiseShape;
use crate::tensor::{Element, Pool, Tensor};

struct Depthwise {
    shape: DepthwiseShape,
}

impl<E: Element> Tape<E> {
    /// Each channel of NHWC images with its own kernel, weights kernel × kernel × 1 × channels; the padding is (kernel − 1) / 2.
    pub(crate) fn depthwise(&mut self, images: Variable, weights: Variable, stride: usize) -> Variable {
        let (source, kernel) = (self.value(images), self.value(weights));
        let [size, _, 1, channels] = *kernel.shape() else {
            panic!("bug: depthwise convolution with {:?}", kernel.shape());
        };
        let convolution = shape_of(source, [size, channels], stride, (size - 1) / 2);
        let shape = DepthwiseShape(convolution);
        let extents = vec![source.n_items(), convolution.out_height(), convolution.out_width(), channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(images).values(), self.value(weights).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[images, weights], Depthwise { shape })
    }
}

impl<E: Element> Operator<E> for Depthwise {
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

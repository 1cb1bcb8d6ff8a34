//! Convolution.

use super::{Looks, Operator, Step, Tape, Variable, weighted};
use crate::kernels::{ConvolutionShape, GroupedShape};
use crate::tensor::{Element, Pool, Tensor};

struct Convolution {
    shape: ConvolutionShape,
}

impl<E: Element> Tape<E> {
    /// Convolution of NHWC images with weights kernel × kernel × in × out, in groups where there are fewer `in` than channels.
    pub(crate) fn convolution(
        &mut self,
        images: Variable,
        weights: Variable,
        [stride, padding]: [usize; 2],
    ) -> Variable {
        let (source, kernel) = (self.value(images), self.value(weights));
        let [size, _, group, out_channels] = *kernel.shape() else {
            panic!("bug: convolution of {:?} with {:?}", source.shape(), kernel.shape());
        };
        let shape = shape_of(source, [size, out_channels], stride, padding);
        if group < shape.in_channels {
            let n_groups = shape.in_channels / group;
            return self.grouped_convolution(images, weights, GroupedShape { whole: shape, n_groups });
        }
        let extents = vec![source.n_items(), shape.out_height(), shape.out_width(), shape.out_channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(images).values(), self.value(weights).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[images, weights], Convolution { shape })
    }
}

/// The extents of a convolution of `images` with a kernel of `size` and `out_channels`.
pub(super) fn shape_of<E: Element>(
    images: &Tensor<E>,
    [size, out_channels]: [usize; 2],
    stride: usize,
    padding: usize,
) -> ConvolutionShape {
    let [_, height, width, in_channels] = *images.shape() else {
        panic!("bug: convolution of {:?}", images.shape());
    };
    ConvolutionShape { height, width, in_channels, out_channels, kernel: size, stride, padding }
}

impl<E: Element> Operator<E> for Convolution {
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

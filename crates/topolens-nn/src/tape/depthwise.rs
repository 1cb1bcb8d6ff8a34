//! Depthwise convolution.

use super::convolution::shape_of;
use super::{Tape, Variable};
use crate::kernels::{DepthwiseShape, Finish};
use crate::tensor::Element;

impl<E: Element> Tape<E> {
    /// Each channel of NHWC images with its own kernel, weights kernel × kernel × 1 × channels; the padding is (kernel − 1) / 2.
    pub(crate) fn depthwise(&mut self, images: Variable, weights: Variable, steps: [usize; 2]) -> Variable {
        self.finished_depthwise(images, weights, steps, Finish::NOTHING)
    }

    /// The same, finished; there is no gradient in the bias.
    pub(crate) fn finished_depthwise(
        &mut self,
        images: Variable,
        weights: Variable,
        [stride, padding]: [usize; 2],
        finish: Finish<'_, E>,
    ) -> Variable {
        let (source, kernel) = (self.value(images), self.value(weights));
        let [size, _, 1, channels] = *kernel.shape() else {
            panic!("bug: depthwise convolution with {:?}", kernel.shape());
        };
        let shape = shape_of(source, [size, channels], stride, padding);
        let extents = vec![source.n_items(), shape.out_height(), shape.out_width(), channels];
        self.weighted([images, weights], extents, DepthwiseShape(shape), finish)
    }
}

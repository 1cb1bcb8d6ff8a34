//! Convolution.

use super::{Tape, Variable};
use crate::kernels::{ConvolutionShape, Finish, GroupedShape};
use crate::tensor::{Element, Tensor};

impl<E: Element> Tape<E> {
    /// Convolution of NHWC images with weights kernel × kernel × in × out, in groups where there are fewer `in` than channels.
    pub(crate) fn convolution(&mut self, images: Variable, weights: Variable, steps: [usize; 2]) -> Variable {
        self.finished_convolution(images, weights, steps, Finish::NOTHING)
    }

    /// The same, finished; there is no gradient in the bias.
    pub(crate) fn finished_convolution(
        &mut self,
        images: Variable,
        weights: Variable,
        [stride, padding]: [usize; 2],
        finish: Finish<'_, E>,
    ) -> Variable {
        let (source, kernel) = (self.value(images), self.value(weights));
        let [size, _, group, out_channels] = *kernel.shape() else {
            panic!("bug: convolution of {:?} with {:?}", source.shape(), kernel.shape());
        };
        let shape = shape_of(source, [size, out_channels], stride, padding);
        let extents = vec![source.n_items(), shape.out_height(), shape.out_width(), shape.out_channels];
        if group < shape.in_channels {
            let n_groups = shape.in_channels / group;
            return self.weighted(
                [images, weights],
                extents,
                GroupedShape { whole: shape, n_groups },
                finish,
            );
        }
        self.weighted([images, weights], extents, shape, finish)
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

//! Convolution.

use super::{Operator, Step, Tape, Variable};
use crate::kernels::ConvolutionShape;
use crate::tensor::{Element, Pool, Tensor};

struct Convolution {
    shape: ConvolutionShape,
}

impl<E: Element> Tape<E> {
    /// Convolution of NHWC images with weights kernel × kernel × in × out; the padding is (kernel − 1) / 2.
    pub(crate) fn convolution(&mut self, images: Variable, weights: Variable, stride: usize) -> Variable {
        let (source, kernel) = (self.value(images), self.value(weights));
        let ([n_images, height, width, in_channels], [size, _, _, out_channels]) =
            (source.shape(), kernel.shape())
        else {
            panic!("bug: convolution of {:?} with {:?}", source.shape(), kernel.shape());
        };
        let (n_images, size) = (*n_images, *size);
        let shape = ConvolutionShape {
            height: *height,
            width: *width,
            in_channels: *in_channels,
            out_channels: *out_channels,
            kernel: size,
            stride,
            padding: (size - 1) / 2,
        };
        let extents = vec![n_images, shape.out_height(), shape.out_width(), shape.out_channels];
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(images).values(), self.value(weights).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[images, weights], Convolution { shape })
    }
}

impl<E: Element> Operator<E> for Convolution {
    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let (images, weights) = (step.inputs[0], step.inputs[1]);
        let input = step.needed[0].then(|| {
            let mut values = pool.take_zeros(images.len());
            self.shape.input_gradient(gradient.values(), weights.values(), &mut values);
            Tensor::from_parts(images.shape().to_vec(), values)
        });
        let kernel = step.needed[1].then(|| {
            let mut values = pool.take(weights.len());
            self.shape.weight_gradient(images.values(), gradient.values(), &mut values);
            Tensor::from_parts(weights.shape().to_vec(), values)
        });
        pool.give(gradient.into_values());
        vec![input, kernel]
    }
}

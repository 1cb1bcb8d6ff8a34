//! The backward pass of operators that are linear in their input and in their weights.

use super::{Looks, Step};
use crate::kernels::{ConvolutionShape, DepthwiseShape, GroupedShape, LinearShape};
use crate::tensor::{Element, Pool, Tensor};

/// The kernels of such an operator: each writes its whole output.
pub(super) trait Weighted {
    fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], inputs: &mut [E]);
    fn weight_gradient<E: Element>(&self, inputs: &[E], gradients: &[E], weights: &mut [E]);
}

macro_rules! weighted {
    ($($shape:ty),*) => {$(
        impl Weighted for $shape {
            fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], inputs: &mut [E]) {
                self.input_gradient(gradients, weights, inputs);
            }

            fn weight_gradient<E: Element>(&self, inputs: &[E], gradients: &[E], weights: &mut [E]) {
                self.weight_gradient(inputs, gradients, weights);
            }
        }
    )*};
}

weighted!(ConvolutionShape, DepthwiseShape, GroupedShape, LinearShape);

/// The gradient in the weights is made from the input.
pub(super) fn looks_at(needed: &[bool]) -> Looks {
    Looks { inputs: needed[1], output: false }
}

/// The gradients that are needed, of the input and of the weights.
pub(super) fn gradients<E: Element>(
    shape: &impl Weighted,
    step: &Step<'_, E>,
    gradient: Tensor<E>,
    pool: &mut Pool<E>,
) -> Vec<Option<Tensor<E>>> {
    let (inputs, weights) = (step.inputs[0], step.inputs[1]);
    let input = step.needed[0].then(|| {
        let mut values = pool.take(inputs.shape_len());
        shape.input_gradient(gradient.values(), weights.values(), &mut values);
        Tensor::from_parts(inputs.shape().to_vec(), values)
    });
    let kernel = step.needed[1].then(|| {
        let mut values = pool.take(weights.len());
        shape.weight_gradient(inputs.values(), gradient.values(), &mut values);
        Tensor::from_parts(weights.shape().to_vec(), values)
    });
    pool.give(gradient.into_values());
    vec![input, kernel]
}

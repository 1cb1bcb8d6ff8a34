//! Operators that are linear in their input and in their weights.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{
    ConvolutionShape, DepthwiseShape, Finish, GlobalDepthwiseShape, GroupedShape, LinearShape,
    clear_at_bounds,
};
use crate::tensor::{Element, Pool, Tensor};

/// The kernels of such an operator: each writes its whole output.
pub(super) trait Weighted: 'static {
    fn forward<E: Element>(&self, inputs: &[E], weights: &[E], outputs: &mut [E], finish: Finish<'_, E>);
    fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], inputs: &mut [E]);
    fn weight_gradient<E: Element>(&self, inputs: &[E], gradients: &[E], weights: &mut [E]);
}

macro_rules! weighted {
    ($($shape:ty),*) => {$(
        impl Weighted for $shape {
            fn forward<E: Element>(
                &self,
                inputs: &[E],
                weights: &[E],
                outputs: &mut [E],
                finish: Finish<'_, E>,
            ) {
                self.forward(inputs, weights, outputs, finish);
            }

            fn input_gradient<E: Element>(&self, gradients: &[E], weights: &[E], inputs: &mut [E]) {
                self.input_gradient(gradients, weights, inputs);
            }

            fn weight_gradient<E: Element>(&self, inputs: &[E], gradients: &[E], weights: &mut [E]) {
                self.weight_gradient(inputs, gradients, weights);
            }
        }
    )*};
}

weighted!(ConvolutionShape, DepthwiseShape, GlobalDepthwiseShape, GroupedShape, LinearShape);

struct ByWeights<S, E> {
    shape: S,
    bounds: Option<[E; 2]>,
}

impl<E: Element> Tape<E> {
    /// Runs the kernels of `shape`; the output has `extents`. There is no gradient in the bias of `finish`.
    pub(super) fn weighted(
        &mut self,
        [input, weights]: [Variable; 2],
        extents: Vec<usize>,
        shape: impl Weighted,
        finish: Finish<'_, E>,
    ) -> Variable {
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(input).values(), self.value(weights).values(), &mut values, finish);
        let operator = ByWeights { shape, bounds: finish.bounds };
        self.record(Tensor::from_parts(extents, values), &[input, weights], operator)
    }
}

impl<E: Element, S: Weighted> Operator<E> for ByWeights<S, E> {
    fn looks_at(&self, needed: &[bool]) -> Looks {
        // The gradient in the weights is made from the input.
        Looks { inputs: needed[1], output: self.bounds.is_some() }
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        if let Some(bounds) = self.bounds {
            clear_at_bounds(gradient.values_mut(), step.output.values(), bounds);
        }
        let (inputs, weights) = (step.inputs[0], step.inputs[1]);
        let input = step.needed[0].then(|| {
            let mut values = pool.take(inputs.shape_len());
            self.shape.input_gradient(gradient.values(), weights.values(), &mut values);
            Tensor::from_parts(inputs.shape().to_vec(), values)
        });
        let kernel = step.needed[1].then(|| {
            let mut values = pool.take(weights.len());
            self.shape.weight_gradient(inputs.values(), gradient.values(), &mut values);
            Tensor::from_parts(weights.shape().to_vec(), values)
        });
        pool.give(gradient.into_values());
        vec![input, kernel]
    }
}

//! Pointwise nonlinearities.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::Nonlinearity;
use crate::tensor::{Element, Pool, Tensor};

impl<E: Element> Tape<E> {
    /// φ of each value.
    pub(crate) fn nonlinearity(&mut self, input: Variable, nonlinearity: Nonlinearity) -> Variable {
        let mut values = self.pool.take(self.value(input).len());
        let source = self.value(input);
        nonlinearity.forward(source.values(), &mut values);
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &[input], nonlinearity)
    }
}

impl<E: Element> Operator<E> for Nonlinearity {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks { inputs: self.derivative_needs_input(), output: true }
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        _: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let outputs = step.output.values();
        let values = if self.derivative_needs_input() { step.inputs[0].values() } else { outputs };
        Self::backward(*self, values, outputs, gradient.values_mut());
        vec![Some(gradient)]
    }
}

//! The error function, as files write GELU out.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{error_function, error_function_gradient};
use crate::tensor::{Element, Pool, Tensor};

struct ErrorFunction;

impl<E: Element> Tape<E> {
    /// erf of each value.
    pub(crate) fn error_function(&mut self, input: Variable) -> Variable {
        let mut values = self.pool.take(self.value(input).len());
        error_function(self.value(input).values(), &mut values);
        let value = Tensor::from_parts(self.value(input).shape().to_vec(), values);
        self.record(value, &[input], ErrorFunction)
    }
}

impl<E: Element> Operator<E> for ErrorFunction {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        _: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        error_function_gradient(step.inputs[0].values(), gradient.values_mut());
        vec![Some(gradient)]
    }
}

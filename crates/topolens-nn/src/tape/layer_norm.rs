//! Layer normalisation.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{layer_norm, layer_norm_gradient};
use crate::tensor::{Element, Pool, Tensor};

struct LayerNorm {
    epsilon: f64,
}

impl<E: Element> Tape<E> {
    /// γ (x − mean) / √(variance + ε) + β, with mean and variance over the last axis.
    pub(crate) fn layer_norm(&mut self, inputs: [Variable; 3], epsilon: f64) -> Variable {
        let mut values = self.pool.take(self.value(inputs[0]).len());
        let [source, gamma, beta] = inputs.map(|input| self.value(input));
        layer_norm(source.values(), [gamma.values(), beta.values()], epsilon, &mut values);
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &inputs, LayerNorm { epsilon })
    }
}

impl<E: Element> Operator<E> for LayerNorm {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let [values, gamma] = [0, 1].map(|input| step.inputs[input].values());
        let sums = layer_norm_gradient(values, gamma, self.epsilon, gradient.values_mut());
        let column = |sums: Vec<E>| Tensor::from_parts(vec![sums.len()], sums);
        let in_gamma = step.needed[1].then(|| column(sums.scale));
        let in_beta = step.needed[2].then(|| column(sums.shift));
        if step.needed[0] {
            return vec![Some(gradient), in_gamma, in_beta];
        }
        pool.give(gradient.into_values());
        vec![None, in_gamma, in_beta]
    }
}

//! Batch normalisation in training and in evaluation mode.

use super::{Operator, Step, Tape, Variable};
use crate::kernels::{
    BatchStatistics, NormGradient, batch_norm_gradient, batch_statistics, channel_sums, scale_and_shift,
};
use crate::tensor::{Element, Pool, Tensor};

/// Added to variances, as PyTorch does.
const EPSILON: f64 = 1e-5;

struct BatchNorm<E> {
    mean: Vec<E>,
    /// $1 / \sqrt{\mathrm{variance} + \epsilon}$.
    inverse: Vec<E>,
    of_batch: bool,
}

impl<E: Element> Tape<E> {
    /// γ (x − mean) / √(variance + ε) + β with mean and variance of the batch, which are returned too.
    pub(crate) fn batch_norm_training(
        &mut self,
        input: Variable,
        gamma: Variable,
        beta: Variable,
    ) -> (Variable, BatchStatistics) {
        let statistics = batch_statistics(self.value(input).values(), self.value(gamma).len());
        let operator = BatchNorm::new(&statistics.mean, &statistics.variance, true);
        (self.normalize([input, gamma, beta], operator), statistics)
    }

    /// γ (x − mean) / √(variance + ε) + β with mean and variance from outside.
    pub(crate) fn batch_norm_evaluation(
        &mut self,
        inputs: [Variable; 3],
        mean: &Tensor<E>,
        variance: &Tensor<E>,
    ) -> Variable {
        let double =
            |tensor: &Tensor<E>| -> Vec<f64> { tensor.values().iter().map(|value| value.to_f64()).collect() };
        let operator = BatchNorm::new(&double(mean), &double(variance), false);
        self.normalize(inputs, operator)
    }

    fn normalize(&mut self, inputs: [Variable; 3], operator: BatchNorm<E>) -> Variable {
        let [input, gamma, beta] = inputs;
        let mut values = self.pool.take(self.value(input).len());
        let source = self.value(input);
        let scale = operator.scale(self.value(gamma).values());
        let terms = self.value(beta).values().iter().zip(&operator.mean).zip(&scale);
        let shift: Vec<E> = terms.map(|((beta, mean), scale)| *beta - *mean * *scale).collect();
        scale_and_shift(source.values(), &scale, &shift, &mut values);
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &inputs, operator)
    }
}

impl<E: Element> BatchNorm<E> {
    fn new(mean: &[f64], variance: &[f64], of_batch: bool) -> Self {
        let inverse =
            variance.iter().map(|variance| E::from_f64(1.0 / (variance + EPSILON).sqrt())).collect();
        Self { mean: mean.iter().map(|mean| E::from_f64(*mean)).collect(), inverse, of_batch }
    }

    fn scale(&self, gamma: &[E]) -> Vec<E> {
        gamma.iter().zip(&self.inverse).map(|(gamma, inverse)| *gamma * *inverse).collect()
    }
}

impl<E: Element> Operator<E> for BatchNorm<E> {
    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let [for_input, for_gamma, for_beta] = [step.needed[0], step.needed[1], step.needed[2]];
        let (values, gamma) = (step.inputs[0].values(), step.inputs[1].values());
        let sums = (self.of_batch || for_gamma || for_beta)
            .then(|| channel_sums(values, gradient.values(), &self.mean, &self.inverse));
        let scale = sums.as_ref().filter(|_| for_gamma).map(|sums| column(&sums.scale));
        let shift = sums.as_ref().filter(|_| for_beta).map(|sums| column(&sums.shift));
        let input = if for_input {
            Some(self.input_gradient(values, gamma, gradient, sums.filter(|_| self.of_batch)))
        } else {
            pool.give(gradient.into_values());
            None
        };
        vec![input, scale, shift]
    }
}

impl<E: Element> BatchNorm<E> {
    /// The gradient in the input, in the memory of that in the output; `sums` are there when mean and variance are the batch's.
    fn input_gradient(
        &self,
        values: &[E],
        gamma: &[E],
        mut gradient: Tensor<E>,
        sums: Option<NormGradient<E>>,
    ) -> Tensor<E> {
        let nothing = || vec![E::ZERO; gamma.len()];
        let sums = sums.unwrap_or_else(|| NormGradient { scale: nothing(), shift: nothing() });
        let terms = [self.mean.as_slice(), &self.inverse, gamma];
        batch_norm_gradient(values, gradient.values_mut(), terms, &sums);
        gradient
    }
}

fn column<E: Element>(values: &[E]) -> Tensor<E> {
    Tensor::from_parts(vec![values.len()], values.to_vec())
}

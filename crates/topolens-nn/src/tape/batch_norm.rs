//! Batch normalisation in training and in evaluation mode, with the nonlinearity that follows it.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{
    BatchStatistics, Followed, Nonlinearity, batch_gradient, batch_statistics, channel_sums,
    constant_gradient, scale_and_shift,
};
use crate::tensor::{Element, Pool, Tensor};

/// Added to variances, as PyTorch does.
pub(crate) const EPSILON: f64 = 1e-5;

struct BatchNorm<E> {
    mean: Vec<E>,
    /// $1 / \sqrt{\mathrm{variance} + \epsilon}$.
    inverse: Vec<E>,
    of_batch: bool,
    nonlinearity: Option<Nonlinearity>,
}

impl<E: Element> Tape<E> {
    /// γ (x − mean) / √(variance + ε) + β with mean and variance of the batch, which are returned too; then the nonlinearity.
    pub(crate) fn batch_norm_training(
        &mut self,
        inputs: [Variable; 3],
        nonlinearity: Option<Nonlinearity>,
    ) -> (Variable, BatchStatistics) {
        let [input, gamma, _] = inputs;
        let statistics = batch_statistics(self.value(input).values(), self.value(gamma).len());
        let operator = BatchNorm {
            of_batch: true,
            nonlinearity,
            ..BatchNorm::new(&statistics.mean, &statistics.variance)
        };
        (self.normalize(inputs, operator), statistics)
    }

    /// γ (x − mean) / √(variance + ε) + β with mean and variance from outside; then the nonlinearity.
    pub(crate) fn batch_norm_evaluation(
        &mut self,
        inputs: [Variable; 3],
        [mean, variance]: [&Tensor<E>; 2],
        nonlinearity: Option<Nonlinearity>,
    ) -> Variable {
        let double =
            |tensor: &Tensor<E>| -> Vec<f64> { tensor.values().iter().map(|value| value.to_f64()).collect() };
        let operator = BatchNorm { nonlinearity, ..BatchNorm::new(&double(mean), &double(variance)) };
        self.normalize(inputs, operator)
    }

    /// scale x + shift, a number of each for every channel: normalisation by mean 0 and deviation 1. Then the bounds.
    pub(crate) fn affine(&mut self, inputs: [Variable; 3], bounds: Option<[E; 2]>) -> Variable {
        let nonlinearity = bounds.and_then(nonlinearity_of);
        let affine = self.plain_affine(inputs, nonlinearity);
        match bounds.filter(|_| nonlinearity.is_none()) {
            Some(bounds) => {
                let bounded = self.bounded(affine, bounds);
                self.release(affine);
                bounded
            }
            None => affine,
        }
    }

    fn plain_affine(&mut self, inputs: [Variable; 3], nonlinearity: Option<Nonlinearity>) -> Variable {
        let n_channels = self.value(inputs[1]).len();
        let (mean, inverse) = (vec![E::ZERO; n_channels], vec![E::ONE; n_channels]);
        self.normalize(inputs, BatchNorm { mean, inverse, of_batch: false, nonlinearity })
    }

    fn normalize(&mut self, inputs: [Variable; 3], operator: BatchNorm<E>) -> Variable {
        let [input, gamma, beta] = inputs;
        let mut values = self.pool.take(self.value(input).len());
        let source = self.value(input);
        let [scale, shift] = operator.affine(self.value(gamma).values(), self.value(beta).values());
        scale_and_shift(source.values(), [&scale, &shift], operator.nonlinearity, &mut values);
        let value = Tensor::from_parts(source.shape().to_vec(), values);
        self.record(value, &inputs, operator)
    }
}

impl<E: Element> BatchNorm<E> {
    fn new(mean: &[f64], variance: &[f64]) -> Self {
        let inverse =
            variance.iter().map(|variance| E::from_f64(1.0 / (variance + EPSILON).sqrt())).collect();
        let mean = mean.iter().map(|mean| E::from_f64(*mean)).collect();
        Self { mean, inverse, of_batch: false, nonlinearity: None }
    }

    /// Scale and shift that amount to the normalisation.
    fn affine(&self, gamma: &[E], beta: &[E]) -> [Vec<E>; 2] {
        let scale: Vec<E> =
            gamma.iter().zip(&self.inverse).map(|(gamma, inverse)| *gamma * *inverse).collect();
        let terms = beta.iter().zip(&self.mean).zip(&scale);
        let shift = terms.map(|((beta, mean), scale)| *beta - *mean * *scale).collect();
        [scale, shift]
    }

    fn needs_sums(&self, needed: &[bool]) -> bool {
        self.of_batch || needed[1] || needed[2]
    }
}

impl<E: Element> Operator<E> for BatchNorm<E> {
    fn looks_at(&self, needed: &[bool]) -> Looks {
        let by_input = self.nonlinearity.is_some_and(Nonlinearity::derivative_needs_input);
        Looks { inputs: by_input || self.needs_sums(needed), output: self.nonlinearity.is_some() }
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let [values, gamma, beta] = [0, 1, 2].map(|input| step.inputs[input].values());
        let [scale, shift] = self.affine(gamma, beta);
        if let Some(nonlinearity) = self.nonlinearity {
            let (outputs, affine) = (step.output.values(), [scale.as_slice(), &shift]);
            let followed = Followed { nonlinearity, outputs, affine };
            followed.scale_gradients(values, gradient.values_mut());
        }
        let sums = self
            .needs_sums(&step.needed)
            .then(|| channel_sums(values, gradient.values(), [&self.mean, &self.inverse]));
        let in_gamma = sums.as_ref().filter(|_| step.needed[1]).map(|sums| column(&sums.scale));
        let in_beta = sums.as_ref().filter(|_| step.needed[2]).map(|sums| column(&sums.shift));
        if !step.needed[0] {
            pool.give(gradient.into_values());
            return vec![None, in_gamma, in_beta];
        }
        match sums.filter(|_| self.of_batch) {
            Some(sums) => {
                let terms = [self.mean.as_slice(), &self.inverse, gamma];
                batch_gradient(values, gradient.values_mut(), terms, &sums);
            }
            None => constant_gradient(gradient.values_mut(), &scale),
        }
        vec![Some(gradient), in_gamma, in_beta]
    }
}

/// The nonlinearity that brings into these bounds, if it has a name.
fn nonlinearity_of<E: Element>([least, greatest]: [E; 2]) -> Option<Nonlinearity> {
    match (least.to_f64(), greatest.to_f64()) {
        (0.0, f64::INFINITY) => Some(Nonlinearity::Relu),
        (0.0, 6.0) => Some(Nonlinearity::Relu6),
        _ => None,
    }
}

fn column<E: Element>(values: &[E]) -> Tensor<E> {
    Tensor::from_parts(vec![values.len()], values.to_vec())
}

//! Cross entropy of the softmax.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

struct CrossEntropy {
    labels: Vec<usize>,
    smoothing: f64,
}

impl<E: Element> Tape<E> {
    /// $-\sum_c t_c \log \mathrm{softmax}(z)_c$ of each row of C logits, where the target t is `smoothing` / C, and 1 − `smoothing` more
    /// at the label (Szegedy et al. 2016).
    pub(crate) fn cross_entropy(&mut self, logits: Variable, labels: &[usize], smoothing: f64) -> Variable {
        let source = self.value(logits);
        let rows = source.values().chunks_exact(source.item_len().max(1));
        let losses: Vec<E> =
            rows.zip(labels).map(|(row, label)| E::from_f64(loss(row, *label, smoothing))).collect();
        let value = Tensor::from_parts(vec![losses.len()], losses);
        self.record(value, &[logits], CrossEntropy { labels: labels.to_vec(), smoothing })
    }
}

/// The cross entropy of one row, in double precision, with the largest logit taken out so that nothing overflows.
pub(crate) fn loss<E: Element>(logits: &[E], label: usize, smoothing: f64) -> f64 {
    let largest = largest(logits);
    let sum: f64 = logits.iter().map(|logit| (logit.to_f64() - largest).exp()).sum();
    let log_normalizer = sum.ln() + largest;
    let at_label = log_normalizer - logits[label].to_f64();
    if smoothing == 0.0 {
        return at_label;
    }
    let mean = logits.iter().map(|logit| log_normalizer - logit.to_f64()).sum::<f64>() / logits.len() as f64;
    (1.0 - smoothing) * at_label + smoothing * mean
}

/// The derivative of [`loss`] in each logit.
pub(crate) fn slope<E: Element>(logits: &[E], label: usize, smoothing: f64) -> Vec<f64> {
    let largest = largest(logits);
    let sum: f64 = logits.iter().map(|logit| (logit.to_f64() - largest).exp()).sum();
    let share = smoothing / logits.len() as f64;
    let slope = |(class, logit): (usize, &E)| {
        let at_label = if class == label { 1.0 - smoothing } else { 0.0 };
        (logit.to_f64() - largest).exp() / sum - (at_label + share)
    };
    logits.iter().enumerate().map(slope).collect()
}

fn largest<E: Element>(logits: &[E]) -> f64 {
    logits.iter().map(|logit| logit.to_f64()).fold(f64::NEG_INFINITY, f64::max)
}

impl<E: Element> Operator<E> for CrossEntropy {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let logits = step.inputs[0];
        let mut values = pool.take_copy(logits.values());
        let rows = values.chunks_exact_mut(logits.item_len().max(1));
        for ((row, label), weight) in rows.zip(&self.labels).zip(gradient.values()) {
            let slopes = slope(row, *label, self.smoothing);
            for (logit, slope) in row.iter_mut().zip(slopes) {
                *logit = E::from_f64(slope * weight.to_f64());
            }
        }
        pool.give(gradient.into_values());
        vec![Some(Tensor::from_parts(logits.shape().to_vec(), values))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_logits_do_not_overflow() {
        assert_eq!(loss(&[1e30_f64, 0.0], 0, 0.0), 0.0);
        assert_eq!(loss(&[1e30_f64, 0.0], 1, 0.0), 1e30);
        assert!((loss(&[0.0_f64; 4], 2, 0.0) - 4.0_f64.ln()).abs() < 1e-15);
        assert!(loss(&[f32::NAN, 0.0], 1, 0.0).is_nan());
    }
}

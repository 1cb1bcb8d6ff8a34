//! Cross entropy of the softmax.

use super::{Operator, Step, Tape, Variable};
use crate::tensor::{Element, Pool, Tensor};

struct CrossEntropy {
    labels: Vec<usize>,
}

impl<E: Element> Tape<E> {
    /// $-\log \mathrm{softmax}(z)_{label}$ of each row of logits.
    pub(crate) fn cross_entropy(&mut self, logits: Variable, labels: &[usize]) -> Variable {
        let source = self.value(logits);
        let rows = source.values().chunks_exact(source.item_len().max(1));
        let losses: Vec<E> = rows.zip(labels).map(|(row, label)| loss(row, *label)).collect();
        let value = Tensor::from_parts(vec![losses.len()], losses);
        self.record(value, &[logits], CrossEntropy { labels: labels.to_vec() })
    }
}

/// In double precision, with the largest logit taken out so that nothing overflows.
fn loss<E: Element>(logits: &[E], label: usize) -> E {
    let largest = largest(logits);
    let sum: f64 = logits.iter().map(|logit| (logit.to_f64() - largest).exp()).sum();
    E::from_f64(sum.ln() + largest - logits[label].to_f64())
}

fn largest<E: Element>(logits: &[E]) -> f64 {
    logits.iter().map(|logit| logit.to_f64()).fold(f64::NEG_INFINITY, f64::max)
}

impl<E: Element> Operator<E> for CrossEntropy {
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
            let largest = largest(row);
            let sum: f64 = row.iter().map(|logit| (logit.to_f64() - largest).exp()).sum();
            for (class, logit) in row.iter_mut().enumerate() {
                let probability = (logit.to_f64() - largest).exp() / sum;
                let target = if class == *label { 1.0 } else { 0.0 };
                *logit = E::from_f64((probability - target) * weight.to_f64());
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
        assert_eq!(loss(&[1e30_f32, 0.0], 0), 0.0);
        assert_eq!(loss(&[1e30_f32, 0.0], 1), 1e30);
        assert!((loss(&[0.0_f64; 4], 2) - 4.0_f64.ln()).abs() < 1e-15);
        assert!(loss(&[f32::NAN, 0.0], 1).is_nan());
    }
}

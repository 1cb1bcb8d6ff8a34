//! Gradients of one mini-batch.

use super::Model;
use crate::layer::{ParameterId, RunSettings};
use crate::tape::{Tape, Variable};
use crate::tensor::{Element, Tensor};

/// Mean loss and gradients of a mini-batch; the gradients stay on the tape.
#[derive(Debug)]
pub(crate) struct TrainStep {
    /// Mean cross entropy.
    pub(crate) loss: f64,
    /// Images whose largest logit was that of their label.
    pub(crate) n_correct: usize,
    /// The trained tensors, in the order of use.
    pub(crate) leaves: Vec<(ParameterId, Variable)>,
}

impl<E: Element> Model<E> {
    /// Runs a batch in training mode, which moves the running statistics, and leaves the gradients of the mean loss, its labels
    /// smoothed by `smoothing`, on `tape`.
    pub(crate) fn train_step(
        &mut self,
        tape: &mut Tape<E>,
        batch: &Tensor<E>,
        labels: &[usize],
        smoothing: f64,
    ) -> TrainStep {
        tape.clear();
        let run = self.graph.run(tape, batch, RunSettings::TRAINING, &[]);
        let logits = run.outputs[run.outputs.len() - 1];
        let losses = tape.cross_entropy(logits, labels, smoothing);
        let n_images = labels.len() as f64;
        let loss = tape.value(losses).values().iter().map(|loss| loss.to_f64()).sum::<f64>() / n_images;
        let n_correct = count_correct(tape.value(logits), labels);
        let weight = E::from_f64(1.0 / n_images);
        tape.backward(losses, Tensor::from_parts(vec![labels.len()], vec![weight; labels.len()]));
        self.graph.update_statistics(&run.updates);
        TrainStep { loss, n_correct, leaves: run.leaves }
    }
}

/// The number of rows of `logits` whose largest value is at their label; of equal values the first counts.
pub(crate) fn count_correct<E: Element>(logits: &Tensor<E>, labels: &[usize]) -> usize {
    let rows = logits.values().chunks_exact(logits.item_len().max(1));
    rows.zip(labels).filter(|(row, label)| largest(row) == Some(**label)).count()
}

/// The index of the largest of numbers, of equal ones the first; none if none is a number.
pub(crate) fn largest<E: Element>(row: &[E]) -> Option<usize> {
    let candidates = (0..row.len()).filter(|class| row[*class].partial_cmp(&row[*class]).is_some());
    candidates.reduce(|best, class| if row[class] > row[best] { class } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first_and_nan_never_wins() {
        let logits = Tensor::new(&[3, 2], vec![1.0, 1.0, f32::NAN, 0.0, f32::NAN, f32::NAN]).unwrap();
        assert_eq!(count_correct(&logits, &[0, 1, 0]), 2);
        assert_eq!(count_correct(&logits, &[1, 0, 1]), 0);
    }
}

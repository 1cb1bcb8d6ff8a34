//! Gradients of one mini-batch.

use super::Model;
use crate::layer::{ParameterId, RunSettings};
use crate::tape::{ArcMargin, Tape, Variable};
use crate::tensor::{Element, Tensor};

/// What a step makes small.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Objective {
    /// Share of the target that is spread over all classes.
    pub(crate) smoothing: f64,
    /// Margin of the label's angle; only where the output is a cosine.
    pub(crate) margin: Option<f64>,
}

/// Mean loss and gradients of a mini-batch; the gradients stay on the tape.
#[derive(Debug)]
pub(crate) struct TrainStep {
    /// Mean cross entropy, with the margin if there is one.
    pub(crate) loss: f64,
    /// Images whose largest logit, without a margin, was that of their label.
    pub(crate) n_correct: usize,
    /// The trained tensors, in the order of use.
    pub(crate) leaves: Vec<(ParameterId, Variable)>,
}

impl<E: Element> Model<E> {
    /// Runs a batch in training mode, which moves the running statistics, and leaves the gradients of the mean loss on `tape`.
    pub(crate) fn train_step(
        &mut self,
        tape: &mut Tape<E>,
        batch: &Tensor<E>,
        labels: &[usize],
        objective: Objective,
    ) -> TrainStep {
        tape.clear();
        let run = self.graph.run(tape, batch, RunSettings::TRAINING, &[]);
        let logits = run.outputs[run.outputs.len() - 1];
        let margin = objective.margin.zip(self.spec().cosine_scale);
        let judged = match margin {
            Some((margin, scale)) => {
                tape.arc_margin(logits, labels, ArcMargin { scale: f64::from(scale), margin })
            }
            None => logits,
        };
        let losses = tape.cross_entropy(judged, labels, objective.smoothing);
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

//! Fully connected layer.

use super::{Tape, Variable};
use crate::kernels::{Finish, LinearShape};
use crate::tensor::Element;

impl<E: Element> Tape<E> {
    /// The last axis of `rows` times weights (in × out).
    pub(crate) fn linear(&mut self, rows: Variable, weights: Variable) -> Variable {
        self.finished_linear(rows, weights, Finish::NOTHING)
    }

    /// The same, finished; there is no gradient in the bias.
    pub(crate) fn finished_linear(
        &mut self,
        rows: Variable,
        weights: Variable,
        finish: Finish<'_, E>,
    ) -> Variable {
        let [n_in, n_out] = *self.value(weights).shape() else {
            panic!("bug: linear with weights {:?}", self.value(weights).shape());
        };
        let mut extents = self.value(rows).shape().to_vec();
        if let Some(last) = extents.last_mut() {
            *last = n_out;
        }
        self.weighted([rows, weights], extents, LinearShape { n_in, n_out }, finish)
    }
}

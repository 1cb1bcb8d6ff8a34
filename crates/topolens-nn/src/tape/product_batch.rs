//! Products of matrices that both hang on the input.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::ProductShape;
use crate::tensor::{Element, Pool, Tensor};

struct ProductBatch {
    shape: ProductShape,
}

impl<E: Element> Tape<E> {
    /// The product of each matrix of `left` with that of `right` at the same indices of the axes before the last two; with
    /// `is_transposed` the right matrices lie as their transposes.
    pub(crate) fn product_batch(&mut self, [left, right]: [Variable; 2], is_transposed: bool) -> Variable {
        let (mut extents, right_extents) = (self.value(left).shape().to_vec(), self.value(right).shape());
        let (last, n_last) = (extents.len() - 1, right_extents.len() - 1);
        let (n_rows, n_inner) = (extents[last - 1], extents[last]);
        let n_columns = if is_transposed { right_extents[n_last - 1] } else { right_extents[n_last] };
        let shape = ProductShape { n_rows, n_inner, n_columns, is_transposed };
        extents[last] = n_columns;
        let mut values = self.pool.take(extents.iter().product());
        shape.forward(self.value(left).values(), self.value(right).values(), &mut values);
        self.record(Tensor::from_parts(extents, values), &[left, right], ProductBatch { shape })
    }
}

impl<E: Element> Operator<E> for ProductBatch {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let [left, right] = [step.inputs[0], step.inputs[1]];
        let mut filled = |needed: bool, of: &Tensor<E>, write: &dyn Fn(&mut [E])| {
            needed.then(|| {
                let mut values = pool.take(of.len());
                write(&mut values);
                Tensor::from_parts(of.shape().to_vec(), values)
            })
        };
        let gradients = vec![
            filled(step.needed[0], left, &|values| {
                self.shape.left_gradient(gradient.values(), right.values(), values);
            }),
            filled(step.needed[1], right, &|values| {
                self.shape.right_gradient(left.values(), gradient.values(), values);
            }),
        ];
        pool.give(gradient.into_values());
        gradients
    }
}

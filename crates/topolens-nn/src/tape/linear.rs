//! Fully connected layer.

use super::{Operator, Step, Tape, Variable};
use crate::kernels::{Matrix, Write, matrix_product};
use crate::tensor::{Element, Pool, Tensor};

struct Linear;

impl<E: Element> Tape<E> {
    /// Rows times weights (in × out) plus bias.
    pub(crate) fn linear(&mut self, rows: Variable, weights: Variable, bias: Variable) -> Variable {
        let (n_rows, n_out) = (self.value(rows).n_items(), self.value(bias).len());
        let mut values = self.pool.take(n_rows * n_out);
        values.chunks_exact_mut(n_out).for_each(|row| row.copy_from_slice(self.value(bias).values()));
        matrix_product(&mut values, matrix(self.value(rows)), matrix(self.value(weights)), Write::Add);
        self.record(Tensor::from_parts(vec![n_rows, n_out], values), &[rows, weights, bias], Linear)
    }
}

fn matrix<E: Element>(tensor: &Tensor<E>) -> Matrix<'_, E> {
    Matrix::new(tensor.values(), tensor.n_items(), tensor.item_len())
}

impl<E: Element> Operator<E> for Linear {
    fn backward(
        &self,
        step: &Step<'_, E>,
        gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let [rows, weights, bias] = [step.inputs[0], step.inputs[1], step.inputs[2]];
        let mut product = |shape: &Tensor<E>, left: Matrix<'_, E>, right: Matrix<'_, E>| {
            let mut values = pool.take(shape.len());
            matrix_product(&mut values, left, right, Write::Replace);
            Tensor::from_parts(shape.shape().to_vec(), values)
        };
        let input = step.needed[0].then(|| product(rows, matrix(&gradient), matrix(weights).transposed()));
        let kernel = step.needed[1].then(|| product(weights, matrix(rows).transposed(), matrix(&gradient)));
        let shift = step.needed[2].then(|| column_sums(&gradient, bias.len()));
        pool.give(gradient.into_values());
        vec![input, kernel, shift]
    }
}

fn column_sums<E: Element>(gradient: &Tensor<E>, n_columns: usize) -> Tensor<E> {
    let mut sums = vec![E::ZERO; n_columns];
    for row in gradient.values().chunks_exact(n_columns) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
    }
    Tensor::from_parts(vec![n_columns], sums)
}

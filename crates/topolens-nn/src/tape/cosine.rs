//! Cosines between rows and the columns of weights.

use super::{Looks, Operator, Step, Tape, Variable};
use crate::kernels::{Finish, LinearShape};
use crate::tensor::{Element, Pool, Tensor};

struct Cosine {
    shape: LinearShape,
    scale: f64,
}

impl<E: Element> Tape<E> {
    /// $s \cos\theta_c = s \, h \cdot w_c / (|h| |w_c|)$ of rows h, N × D, and the columns of weights, D × classes.
    ///
    /// A vector of zeros has cosine 0 with everything, and no gradient.
    pub(crate) fn cosine(&mut self, rows: Variable, weights: Variable, scale: f64) -> Variable {
        let (rows_tensor, weights_tensor) = (self.value(rows), self.value(weights));
        let [n_in, n_out] = *weights_tensor.shape() else {
            panic!("bug: cosines with {:?}", weights_tensor.shape());
        };
        let shape = LinearShape { n_in, n_out };
        let (units, columns) = (Units::of_rows(rows_tensor, n_in), Units::of_columns(weights_tensor, n_out));
        let n_rows = rows_tensor.n_items();
        let mut values = vec![E::ZERO; n_rows * n_out];
        shape.forward(&units.values, &columns.values, &mut values, Finish::NOTHING);
        let scale_of = E::from_f64(scale);
        for value in &mut values {
            *value *= scale_of;
        }
        let value = Tensor::from_parts(vec![n_rows, n_out], values);
        self.record(value, &[rows, weights], Cosine { shape, scale })
    }
}

/// Vectors divided by their lengths, and one over each length; 0 for a vector of zeros.
struct Units<E> {
    values: Vec<E>,
    inverse_lengths: Vec<f64>,
    /// The vector that number `index` belongs to is `index / stride % n`.
    stride: usize,
}

impl<E: Element> Units<E> {
    fn of_rows(rows: &Tensor<E>, length: usize) -> Self {
        Self::new(rows.values(), rows.len() / length, length)
    }

    fn of_columns(matrix: &Tensor<E>, n_columns: usize) -> Self {
        Self::new(matrix.values(), n_columns, 1)
    }

    fn new(values: &[E], n_vectors: usize, stride: usize) -> Self {
        let mut squares = vec![0.0; n_vectors];
        for (index, value) in values.iter().enumerate() {
            squares[index / stride % n_vectors] += value.to_f64() * value.to_f64();
        }
        let inverse = |square: &f64| if *square > 0.0 { square.sqrt().recip() } else { 0.0 };
        let inverse_lengths: Vec<f64> = squares.iter().map(inverse).collect();
        let unit = |(index, value): (usize, &E)| {
            E::from_f64(value.to_f64() * inverse_lengths[index / stride % n_vectors])
        };
        let values = values.iter().enumerate().map(unit).collect();
        Self { values, inverse_lengths, stride }
    }

    /// From gradients in the unit vectors u to those in the vectors: $(g - (g \cdot u) u) / |v|$.
    fn gradient(&self, gradients: &mut [E]) {
        let n_vectors = self.inverse_lengths.len();
        let mut along = vec![0.0; n_vectors];
        for (index, (gradient, unit)) in gradients.iter().zip(&self.values).enumerate() {
            along[index / self.stride % n_vectors] += gradient.to_f64() * unit.to_f64();
        }
        for (index, (gradient, unit)) in gradients.iter_mut().zip(&self.values).enumerate() {
            let vector = index / self.stride % n_vectors;
            let across = gradient.to_f64() - along[vector] * unit.to_f64();
            *gradient = E::from_f64(across * self.inverse_lengths[vector]);
        }
    }
}

impl<E: Element> Operator<E> for Cosine {
    fn looks_at(&self, _: &[bool]) -> Looks {
        Looks::AT_INPUTS
    }

    fn backward(
        &self,
        step: &Step<'_, E>,
        mut gradient: Tensor<E>,
        pool: &mut Pool<E>,
    ) -> Vec<Option<Tensor<E>>> {
        let (rows, weights) = (step.inputs[0], step.inputs[1]);
        let LinearShape { n_in, n_out } = self.shape;
        let (units, columns) = (Units::of_rows(rows, n_in), Units::of_columns(weights, n_out));
        let scale = E::from_f64(self.scale);
        gradient.values_mut().iter_mut().for_each(|value| *value *= scale);
        let for_rows = step.needed[0].then(|| {
            let mut values = pool.take(rows.len());
            self.shape.input_gradient(gradient.values(), &columns.values, &mut values);
            units.gradient(&mut values);
            Tensor::from_parts(rows.shape().to_vec(), values)
        });
        let for_weights = step.needed[1].then(|| {
            let mut values = pool.take(weights.len());
            self.shape.weight_gradient(&units.values, gradient.values(), &mut values);
            columns.gradient(&mut values);
            Tensor::from_parts(weights.shape().to_vec(), values)
        });
        pool.give(gradient.into_values());
        vec![for_rows, for_weights]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_zeros_has_cosine_zero_and_no_gradient() {
        let mut tape = Tape::new();
        let rows = tape.leaf(&Tensor::new(&[2, 2], vec![0.0, 0.0, 3.0, 4.0]).unwrap(), true);
        let weights = tape.leaf(&Tensor::new(&[2, 2], vec![2.0, 0.0, 0.0, 5.0]).unwrap(), false);
        let cosines = tape.cosine(rows, weights, 10.0);
        let expected: [f64; 4] = [0.0, 0.0, 6.0, 8.0];
        for (got, expected) in tape.value(cosines).values().iter().zip(expected) {
            assert!((got - expected).abs() < 1e-14, "{got} {expected}");
        }
        tape.backward(cosines, Tensor::new(&[2, 2], vec![1.0; 4]).unwrap());
        assert_eq!(tape.gradient(rows).unwrap().values()[..2], [0.0, 0.0]);
    }
}

//! Scaled dot-product attention of the tokens of one image to each other (Vaswani et al. 2017).

#![expect(clippy::inline_always, reason = "inlined into loops compiled for the vector instructions")]

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::{Matrix, Write, matrix_product};
use crate::tensor::Element;

/// Extents of an attention; a token has 3 `width` numbers, its query, key and value, each of `n_heads` parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttentionShape {
    pub(crate) n_tokens: usize,
    pub(crate) width: usize,
    pub(crate) n_heads: usize,
}

/// The matrices of one head of one image, tokens × head width, and tokens × tokens.
#[derive(Debug)]
struct Head<E> {
    query: Vec<E>,
    key: Vec<E>,
    value: Vec<E>,
    weights: Vec<E>,
    output: Vec<E>,
}

impl AttentionShape {
    fn head_width(&self) -> usize {
        self.width / self.n_heads
    }

    fn image_len(&self) -> usize {
        3 * self.output_len()
    }

    fn output_len(&self) -> usize {
        self.n_tokens * self.width
    }

    fn head<E: Element>(&self) -> Head<E> {
        let part = || vec![E::ZERO; self.n_tokens * self.head_width()];
        let weights = vec![E::ZERO; self.n_tokens * self.n_tokens];
        Head { query: part(), key: part(), value: part(), weights, output: part() }
    }

    /// Writes softmax(QKᵀ / √d) V of each head.
    pub(crate) fn forward<E: Element>(&self, images: &[E], outputs: &mut [E]) {
        let chunks = outputs.par_chunks_mut(self.output_len()).zip(images.par_chunks(self.image_len()));
        chunks.for_each_init(
            || self.head(),
            |head, (output, image)| {
                for number in 0..self.n_heads {
                    self.attend(image, number, head);
                    let place = number * self.head_width();
                    self.write_part(&head.output, output, (place, self.width));
                }
            },
        );
    }

    /// Writes the gradient in queries, keys and values; the weights are computed again.
    pub(crate) fn backward<E: Element>(&self, images: &[E], gradients: &[E], in_images: &mut [E]) {
        let chunks = in_images.par_chunks_mut(self.image_len());
        let sources = images.par_chunks(self.image_len()).zip(gradients.par_chunks(self.output_len()));
        chunks.zip(sources).for_each_init(
            || (self.head(), self.head()),
            |(head, slopes), (in_image, (image, gradient))| {
                for number in 0..self.n_heads {
                    self.attend(image, number, head);
                    let place = number * self.head_width();
                    self.read_part(gradient, (place, self.width), &mut slopes.output);
                    self.head_gradient(head, slopes);
                    for (part, values) in [&slopes.query, &slopes.key, &slopes.value].into_iter().enumerate()
                    {
                        self.write_part(values, in_image, (part * self.width + place, 3 * self.width));
                    }
                }
            },
        );
    }

    /// Fills a head with its part of an image, its weights and its output.
    fn attend<E: Element>(&self, image: &[E], number: usize, head: &mut Head<E>) {
        let (n, d) = (self.n_tokens, self.head_width());
        for (part, values) in [&mut head.query, &mut head.key, &mut head.value].into_iter().enumerate() {
            self.read_part(image, (part * self.width + number * d, 3 * self.width), values);
        }
        let keys = Matrix::new(&head.key, n, d).transposed();
        matrix_product(&mut head.weights, Matrix::new(&head.query, n, d), keys, Write::Replace);
        let scale = self.scale();
        head.weights.chunks_exact_mut(n).for_each(|row| softmax(row, scale));
        let (weights, values) = (Matrix::new(&head.weights, n, n), Matrix::new(&head.value, n, d));
        matrix_product(&mut head.output, weights, values, Write::Replace);
    }

    /// From the gradient in the output of a head, in `slopes`, those in its query, key and value.
    fn head_gradient<E: Element>(&self, head: &Head<E>, slopes: &mut Head<E>) {
        let (n, d) = (self.n_tokens, self.head_width());
        let gradient = Matrix::new(&slopes.output, n, d);
        let weights = Matrix::new(&head.weights, n, n).transposed();
        matrix_product(&mut slopes.value, weights, gradient, Write::Replace);
        let values = Matrix::new(&head.value, n, d).transposed();
        matrix_product(&mut slopes.weights, gradient, values, Write::Replace);
        let scale: E = self.scale();
        for (row, weights) in slopes.weights.chunks_exact_mut(n).zip(head.weights.chunks_exact(n)) {
            let mean: E = row.iter().zip(weights).map(|(slope, weight)| *slope * *weight).sum();
            row.iter_mut()
                .zip(weights)
                .for_each(|(slope, weight)| *slope = (*slope - mean) * *weight * scale);
        }
        let scores = Matrix::new(&slopes.weights, n, n);
        matrix_product(&mut slopes.query, scores, Matrix::new(&head.key, n, d), Write::Replace);
        let queries = Matrix::new(&head.query, n, d);
        matrix_product(&mut slopes.key, scores.transposed(), queries, Write::Replace);
    }

    fn scale<E: Element>(&self) -> E {
        E::from_f64(1.0 / (self.head_width() as f64).sqrt())
    }

    /// Reads what is at `place` of every token, tokens being `stride` apart.
    fn read_part<E: Element>(&self, tokens: &[E], (place, stride): (usize, usize), part: &mut [E]) {
        let d = self.head_width();
        for (part, token) in part.chunks_exact_mut(d).zip(tokens.chunks_exact(stride)) {
            part.copy_from_slice(&token[place..place + d]);
        }
    }

    fn write_part<E: Element>(&self, part: &[E], tokens: &mut [E], (place, stride): (usize, usize)) {
        let d = self.head_width();
        for (part, token) in part.chunks_exact(d).zip(tokens.chunks_exact_mut(stride)) {
            token[place..place + d].copy_from_slice(part);
        }
    }
}

/// The softmax of `scale` times a row, with the largest number taken out so that nothing overflows.
pub(crate) fn softmax<E: Element>(row: &mut [E], scale: E) {
    Arch::new().dispatch(Softmax { row, scale });
}

struct Softmax<'a, E> {
    row: &'a mut [E],
    scale: E,
}

impl<E: Element> NullaryFnOnce for Softmax<'_, E> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { row, scale } = self;
        let largest =
            row.iter().copied().fold(row[0], |largest, score| if score > largest { score } else { largest });
        for score in row.iter_mut() {
            *score = ((*score - largest) * scale).exponential();
        }
        let inverse = E::ONE / sum_by_lanes(row);
        for weight in row {
            *weight *= inverse;
        }
    }
}

/// The sum in a fixed number of lanes, that vector instructions add side by side.
#[inline(always)]
fn sum_by_lanes<E: Element>(values: &[E]) -> E {
    let (groups, rest) = values.as_chunks::<8>();
    let mut lanes = [E::ZERO; 8];
    for group in groups {
        lanes.iter_mut().zip(group).for_each(|(lane, value)| *lane += *value);
    }
    lanes.into_iter().chain(rest.iter().copied()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_scores_pick_the_largest() {
        let mut row = [1e30_f32, 0.0, 1e30];
        softmax(&mut row, 1.0);
        assert_eq!(row, [0.5, 0.0, 0.5]);
    }

    /// Equal keys: the output is the mean of the values.
    #[test]
    fn tokens_without_preference_see_the_mean() {
        let shape = AttentionShape { n_tokens: 2, width: 2, n_heads: 2 };
        let image = [5.0, -5.0, 1.0, 1.0, 2.0, 10.0, 7.0, 3.0, 1.0, 1.0, 4.0, 20.0];
        let mut output = [f64::NAN; 4];
        shape.forward(&image, &mut output);
        assert_eq!(output, [3.0, 15.0, 3.0, 15.0]);
    }
}

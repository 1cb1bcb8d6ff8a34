//! Normalisation of each row over its values (Ba, Kiros & Hinton 2016).

use rayon::prelude::*;

use super::batch_norm::NormGradient;
use crate::tensor::Element;

/// Rows that one task handles.
const ROWS: usize = 256;

/// Writes γ x̂ + β of each row, x̂ = (x − mean) / √(variance + ε).
pub(crate) fn layer_norm<E: Element>(values: &[E], [gamma, beta]: [&[E]; 2], epsilon: f64, output: &mut [E]) {
    let (length, chunk) = (gamma.len(), ROWS * gamma.len());
    output.par_chunks_mut(chunk).zip(values.par_chunks(chunk)).for_each(|(output, values)| {
        for (output, row) in output.chunks_exact_mut(length).zip(values.chunks_exact(length)) {
            let (mean, inverse) = moments(row, epsilon);
            let terms = row.iter().zip(gamma).zip(beta);
            for (output, ((value, gamma), beta)) in output.iter_mut().zip(terms) {
                *output = (*value - mean) * inverse * *gamma + *beta;
            }
        }
    });
}

/// Replaces the gradient in the output by that in the input, and gives those in γ and β.
pub(crate) fn layer_norm_gradient<E: Element>(
    values: &[E],
    gamma: &[E],
    epsilon: f64,
    gradients: &mut [E],
) -> NormGradient<E> {
    let (length, chunk) = (gamma.len(), ROWS * gamma.len());
    let chunks = gradients.par_chunks_mut(chunk).zip(values.par_chunks(chunk));
    let parts: Vec<NormGradient<E>> = chunks
        .map(|(gradients, values)| {
            let nothing = || vec![E::ZERO; length];
            let mut sums = NormGradient { scale: nothing(), shift: nothing() };
            for (gradient, row) in gradients.chunks_exact_mut(length).zip(values.chunks_exact(length)) {
                row_gradient(row, gamma, epsilon, gradient, &mut sums);
            }
            sums
        })
        .collect();
    let mut total = NormGradient { scale: vec![E::ZERO; length], shift: vec![E::ZERO; length] };
    for part in parts {
        total.scale.iter_mut().zip(part.scale).for_each(|(sum, value)| *sum += value);
        total.shift.iter_mut().zip(part.shift).for_each(|(sum, value)| *sum += value);
    }
    total
}

/// With h = γ g: (h − mean h − x̂ mean(h x̂)) / √(variance + ε).
fn row_gradient<E: Element>(
    row: &[E],
    gamma: &[E],
    epsilon: f64,
    gradient: &mut [E],
    sums: &mut NormGradient<E>,
) {
    let (mean, inverse) = moments(row, epsilon);
    let (mut plain, mut weighted) = (E::ZERO, E::ZERO);
    let columns = sums.scale.iter_mut().zip(&mut sums.shift);
    for ((value, gradient), (gamma, (scale, shift))) in
        row.iter().zip(gradient.iter_mut()).zip(gamma.iter().zip(columns))
    {
        let normalized = (*value - mean) * inverse;
        *scale += *gradient * normalized;
        *shift += *gradient;
        *gradient *= *gamma;
        plain += *gradient;
        weighted += *gradient * normalized;
    }
    let weight = E::ONE / E::from_f64(row.len() as f64);
    for (value, gradient) in row.iter().zip(gradient) {
        let normalized = (*value - mean) * inverse;
        *gradient = (*gradient - plain * weight - normalized * weighted * weight) * inverse;
    }
}

/// Mean and 1 / √(variance + ε).
fn moments<E: Element>(row: &[E], epsilon: f64) -> (E, E) {
    let weight = E::ONE / E::from_f64(row.len() as f64);
    let mean = row.iter().copied().sum::<E>() * weight;
    let squares: E = row.iter().map(|value| (*value - mean) * (*value - mean)).sum();
    (mean, E::from_f64(1.0 / ((squares * weight).to_f64() + epsilon).sqrt()))
}

//! Batch normalisation over all positions of all images (Ioffe & Szegedy 2015).

use rayon::prelude::*;

use crate::tensor::Element;

/// Rows that one task handles; short enough for sums in single precision.
const ROWS: usize = 512;

/// Mean and variance of each channel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BatchStatistics {
    /// Mean.
    pub(crate) mean: Vec<f64>,
    /// Variance, divided by the number of rows.
    pub(crate) variance: Vec<f64>,
    /// Number of rows.
    pub(crate) n_rows: usize,
}

/// Mean and variance of the columns of `values`, `n_channels` wide.
pub(crate) fn batch_statistics<E: Element>(values: &[E], n_channels: usize) -> BatchStatistics {
    let parts: Vec<_> =
        values.par_chunks(ROWS * n_channels).map(|rows| chunk_statistics(rows, n_channels)).collect();
    let mut total =
        BatchStatistics { mean: vec![0.0; n_channels], variance: vec![0.0; n_channels], n_rows: 0 };
    for part in parts {
        merge(&mut total, &part);
    }
    let n_rows = total.n_rows as f64;
    total.variance.iter_mut().for_each(|squares| *squares /= n_rows);
    total
}

/// As the whole, but `variance` holds the sum of squared deviations.
fn chunk_statistics<E: Element>(rows: &[E], n_channels: usize) -> BatchStatistics {
    let n_rows = rows.len() / n_channels;
    let mut mean = vec![E::ZERO; n_channels];
    for row in rows.chunks_exact(n_channels) {
        mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
    }
    let weight = E::ONE / E::from_f64(n_rows as f64);
    for sum in &mut mean {
        *sum *= weight;
    }
    let mut squares = vec![E::ZERO; n_channels];
    for row in rows.chunks_exact(n_channels) {
        for ((square, value), mean) in squares.iter_mut().zip(row).zip(&mean) {
            let deviation = *value - *mean;
            *square += deviation * deviation;
        }
    }
    let double = |values: Vec<E>| values.into_iter().map(E::to_f64).collect();
    BatchStatistics { mean: double(mean), variance: double(squares), n_rows }
}

/// Adds the statistics of more rows (Chan, Golub & LeVeque 1983).
fn merge(total: &mut BatchStatistics, part: &BatchStatistics) {
    let (n_before, n_part) = (total.n_rows as f64, part.n_rows as f64);
    let n = n_before + n_part;
    for channel in 0..total.mean.len() {
        let difference = part.mean[channel] - total.mean[channel];
        total.mean[channel] += difference * n_part / n;
        total.variance[channel] += part.variance[channel] + difference * difference * n_before * n_part / n;
    }
    total.n_rows += part.n_rows;
}

/// Writes scale · value + shift, each channel its own.
pub(crate) fn scale_and_shift<E: Element>(values: &[E], scale: &[E], shift: &[E], output: &mut [E]) {
    let chunk = ROWS * scale.len();
    output.par_chunks_mut(chunk).zip(values.par_chunks(chunk)).for_each(|(output, values)| {
        for (output, row) in output.chunks_exact_mut(scale.len()).zip(values.chunks_exact(scale.len())) {
            for (((output, value), scale), shift) in output.iter_mut().zip(row).zip(scale).zip(shift) {
                *output = *value * *scale + *shift;
            }
        }
    });
}

/// What flows back through a normalisation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NormGradient<E> {
    /// Gradient in the scale γ.
    pub(crate) scale: Vec<E>,
    /// Gradient in the shift β.
    pub(crate) shift: Vec<E>,
}

/// $\sum g$ and $\sum g \hat x$ for each channel, where $\hat x = (x - \mathrm{mean}) \cdot \mathrm{inverse}$.
pub(crate) fn channel_sums<E: Element>(
    values: &[E],
    gradients: &[E],
    mean: &[E],
    inverse: &[E],
) -> NormGradient<E> {
    let n_channels = mean.len();
    let chunk = ROWS * n_channels;
    let partial = |(values, gradients): (&[E], &[E])| {
        let (mut plain, mut weighted) = (vec![E::ZERO; n_channels], vec![E::ZERO; n_channels]);
        for (row, gradient) in values.chunks_exact(n_channels).zip(gradients.chunks_exact(n_channels)) {
            let sums = plain.iter_mut().zip(weighted.iter_mut());
            for (((plain, weighted), (value, gradient)), mean) in sums.zip(row.iter().zip(gradient)).zip(mean)
            {
                *plain += *gradient;
                *weighted += *gradient * (*value - *mean);
            }
        }
        (plain, weighted)
    };
    let parts: Vec<_> = values.par_chunks(chunk).zip(gradients.par_chunks(chunk)).map(partial).collect();
    let (mut shift, mut scale) = (vec![0.0; n_channels], vec![0.0; n_channels]);
    for (plain, weighted) in parts {
        shift.iter_mut().zip(plain).for_each(|(sum, value)| *sum += value.to_f64());
        scale.iter_mut().zip(weighted).for_each(|(sum, value)| *sum += value.to_f64());
    }
    let scale = scale.iter().zip(inverse).map(|(sum, inverse)| E::from_f64(*sum) * *inverse).collect();
    NormGradient { scale, shift: shift.into_iter().map(E::from_f64).collect() }
}

/// Replaces the gradient in the output by that in the input.
///
/// `sums` says how mean and variance hang on the values: as [`channel_sums`] gives it if they are those of the batch itself, zeros
/// if they are constants.
pub(crate) fn batch_norm_gradient<E: Element>(
    values: &[E],
    gradients: &mut [E],
    [mean, inverse, gamma]: [&[E]; 3],
    sums: &NormGradient<E>,
) {
    let n_channels = mean.len();
    let weight = E::ONE / E::from_f64((values.len() / n_channels) as f64);
    let column = |term: &dyn Fn(usize) -> E| -> Vec<E> { (0..n_channels).map(term).collect() };
    let factor = column(&|c| gamma[c] * inverse[c]);
    let slope = column(&|c| E::ZERO - factor[c] * inverse[c] * sums.scale[c] * weight);
    let offset = column(&|c| E::ZERO - factor[c] * sums.shift[c] * weight - slope[c] * mean[c]);
    let chunk = ROWS * n_channels;
    gradients.par_chunks_mut(chunk).zip(values.par_chunks(chunk)).for_each(|(gradients, values)| {
        for (gradient, row) in gradients.chunks_exact_mut(n_channels).zip(values.chunks_exact(n_channels)) {
            let terms = factor.iter().zip(&slope).zip(&offset);
            for ((gradient, value), ((factor, slope), offset)) in gradient.iter_mut().zip(row).zip(terms) {
                *gradient = *gradient * *factor + *value * *slope + *offset;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_many_chunks_equal_the_definition() {
        let column = |i: usize| ((i * 7919) % 101) as f32 + 1000.0 + i as f32 / 8.0;
        let values: Vec<f32> = (0..2 * 1300).map(|i| if i % 2 == 0 { column(i) } else { 5.0 }).collect();
        let statistics = batch_statistics(&values, 2);
        let first: Vec<f64> = values.iter().step_by(2).map(|value| f64::from(*value)).collect();
        let mean = first.iter().sum::<f64>() / 1300.0;
        let variance = first.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 1300.0;
        assert!((statistics.mean[0] / mean - 1.0).abs() < 1e-6);
        assert!((statistics.variance[0] / variance - 1.0).abs() < 1e-5);
        assert_eq!((statistics.mean[1], statistics.variance[1], statistics.n_rows), (5.0, 0.0, 1300));
    }
}

//! Batch normalisation over all positions of all images (Ioffe & Szegedy 2015).

use pulp::Arch;
use rayon::prelude::*;

use super::Nonlinearity;
use crate::tensor::Element;

/// Rows that one task handles at most; few enough for sums in single precision.
const ROWS: usize = 512;
/// Values that one task handles, about; few enough for the cache.
const CHUNK: usize = 1 << 13;

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
        values.par_chunks(chunk_len(n_channels)).map(|rows| chunk_statistics(rows, n_channels)).collect();
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
    let (mut mean, mut squares) = (vec![E::ZERO; n_channels], vec![E::ZERO; n_channels]);
    let weight = E::ONE / E::from_f64(n_rows as f64);
    Arch::new().dispatch(|| {
        for row in rows.chunks_exact(n_channels) {
            mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
        }
        for sum in &mut mean {
            *sum *= weight;
        }
        for row in rows.chunks_exact(n_channels) {
            for ((square, value), mean) in squares.iter_mut().zip(row).zip(&mean) {
                let deviation = *value - *mean;
                *square += deviation * deviation;
            }
        }
    });
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

/// Writes $\varphi$(scale · value + shift), each channel its own; without $\varphi$ just that.
pub(crate) fn scale_and_shift<E: Element>(
    values: &[E],
    [scale, shift]: [&[E]; 2],
    nonlinearity: Option<Nonlinearity>,
    output: &mut [E],
) {
    let chunk = chunk_len(scale.len());
    output.par_chunks_mut(chunk).zip(values.par_chunks(chunk)).for_each(|(output, values)| {
        affine(values, [scale, shift], output);
        if let Some(nonlinearity) = nonlinearity {
            nonlinearity.apply(output);
        }
    });
}

fn affine<E: Element>(values: &[E], [scale, shift]: [&[E]; 2], output: &mut [E]) {
    Arch::new().dispatch(|| {
        for (output, row) in output.chunks_exact_mut(scale.len()).zip(values.chunks_exact(scale.len())) {
            for (((output, value), scale), shift) in output.iter_mut().zip(row).zip(scale).zip(shift) {
                *output = *value * *scale + *shift;
            }
        }
    });
}

/// Values of whole rows that one task handles: few enough to stay in cache, and for sums in single precision.
fn chunk_len(n_channels: usize) -> usize {
    (CHUNK / n_channels).clamp(1, ROWS) * n_channels
}

/// What flows back through a normalisation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NormGradient<E> {
    /// Gradient in the scale γ.
    pub(crate) scale: Vec<E>,
    /// Gradient in the shift β.
    pub(crate) shift: Vec<E>,
}

/// A normalisation that is followed by a nonlinearity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Followed<'a, E> {
    pub(crate) nonlinearity: Nonlinearity,
    /// What the nonlinearity gave.
    pub(crate) outputs: &'a [E],
    /// Scale and shift before it.
    pub(crate) affine: [&'a [E]; 2],
}

impl<E: Element> Followed<'_, E> {
    /// Multiplies each gradient by $\varphi'$; the normalisation's inputs are looked at where the outputs do not tell enough.
    pub(crate) fn scale_gradients(&self, values: &[E], gradients: &mut [E]) {
        let chunk = chunk_len(self.affine[0].len());
        let outputs = self.outputs.par_chunks(chunk);
        if !self.nonlinearity.derivative_needs_input() {
            let chunks = gradients.par_chunks_mut(chunk).zip(outputs);
            chunks.for_each(|(gradients, outputs)| self.nonlinearity.scale(outputs, outputs, gradients));
            return;
        }
        let chunks = gradients.par_chunks_mut(chunk).zip(outputs.zip(values.par_chunks(chunk)));
        chunks.for_each_init(Vec::new, |before, (gradients, (outputs, values))| {
            before.resize(values.len(), E::ZERO);
            affine(values, self.affine, before);
            self.nonlinearity.scale(before, outputs, gradients);
        });
    }
}

/// $\sum g$ and $\sum g \hat x$ for each channel, where $\hat x = (x - \mathrm{mean}) \cdot \mathrm{inverse}$.
pub(crate) fn channel_sums<E: Element>(
    values: &[E],
    gradients: &[E],
    [mean, inverse]: [&[E]; 2],
) -> NormGradient<E> {
    let n_channels = mean.len();
    let chunk = chunk_len(n_channels);
    let partial = |(values, gradients): (&[E], &[E])| chunk_sums(values, gradients, mean);
    let parts: Vec<_> = values.par_chunks(chunk).zip(gradients.par_chunks(chunk)).map(partial).collect();
    let (mut shift, mut scale) = (vec![0.0; n_channels], vec![0.0; n_channels]);
    for (plain, weighted) in parts {
        shift.iter_mut().zip(plain).for_each(|(sum, value)| *sum += value.to_f64());
        scale.iter_mut().zip(weighted).for_each(|(sum, value)| *sum += value.to_f64());
    }
    let scale = scale.iter().zip(inverse).map(|(sum, inverse)| E::from_f64(*sum) * *inverse).collect();
    NormGradient { scale, shift: shift.into_iter().map(E::from_f64).collect() }
}

fn chunk_sums<E: Element>(values: &[E], gradients: &[E], mean: &[E]) -> (Vec<E>, Vec<E>) {
    let n_channels = mean.len();
    let (mut plain, mut weighted) = (vec![E::ZERO; n_channels], vec![E::ZERO; n_channels]);
    Arch::new().dispatch(|| {
        for (row, gradient) in values.chunks_exact(n_channels).zip(gradients.chunks_exact(n_channels)) {
            let sums = plain.iter_mut().zip(weighted.iter_mut());
            for (((plain, weighted), (value, gradient)), mean) in sums.zip(row.iter().zip(gradient)).zip(mean)
            {
                *plain += *gradient;
                *weighted += *gradient * (*value - *mean);
            }
        }
    });
    (plain, weighted)
}

/// Replaces the gradient in the output by that in the input, when mean and variance are those of the batch; `sums` are those of
/// [`channel_sums`].
pub(crate) fn batch_gradient<E: Element>(
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
    let chunk = chunk_len(n_channels);
    gradients.par_chunks_mut(chunk).zip(values.par_chunks(chunk)).for_each(|(gradients, values)| {
        Arch::new().dispatch(|| {
            let rows = gradients.chunks_exact_mut(n_channels).zip(values.chunks_exact(n_channels));
            for (gradient, row) in rows {
                let terms = factor.iter().zip(&slope).zip(&offset);
                for ((gradient, value), ((factor, slope), offset)) in gradient.iter_mut().zip(row).zip(terms)
                {
                    *gradient = *gradient * *factor + *value * *slope + *offset;
                }
            }
        });
    });
}

/// Replaces the gradient in the output by that in the input, when mean and variance are constants.
pub(crate) fn constant_gradient<E: Element>(gradients: &mut [E], scale: &[E]) {
    gradients.par_chunks_mut(chunk_len(scale.len())).for_each(|gradients| {
        Arch::new().dispatch(|| {
            for gradient in gradients.chunks_exact_mut(scale.len()) {
                gradient.iter_mut().zip(scale).for_each(|(gradient, scale)| *gradient *= *scale);
            }
        });
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

//! The path of the weights.

use std::collections::VecDeque;

use super::recording::TrajectorySettings;
use crate::layer::Parameters;
use crate::tensor::Tensor;

/// The last iterates, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trajectory {
    settings: TrajectorySettings,
    rows: VecDeque<Vec<f32>>,
}

impl Trajectory {
    /// Before the first step.
    pub(crate) fn new(settings: TrajectorySettings) -> Self {
        Self { settings, rows: VecDeque::with_capacity(settings.n_iterates) }
    }

    /// Takes up rows that were recorded before.
    pub(crate) fn from_tensor(settings: TrajectorySettings, rows: &Tensor) -> Self {
        let rows = rows.values().chunks_exact(rows.item_len().max(1)).map(<[f32]>::to_vec);
        Self { settings, rows: rows.collect() }
    }

    /// The rows, iterates × numbers.
    pub(crate) fn tensor(&self) -> Tensor {
        let width = self.rows.front().map_or(0, Vec::len);
        Tensor::from_parts(vec![self.rows.len(), width], self.rows.iter().flatten().copied().collect())
    }

    /// Adds the weights as they are, all trained ones in order; the oldest row goes if there are too many.
    pub(crate) fn record(&mut self, parameters: &Parameters<f32>) {
        let trained = parameters.iter().filter(|parameter| parameter.role.is_trained());
        let tensors: Vec<&Tensor> = trained.map(|parameter| &parameter.tensor).collect();
        let n_weights: usize = tensors.iter().map(|tensor| tensor.len()).sum();
        let weights = tensors.iter().flat_map(|tensor| tensor.values()).copied();
        let mut row = if self.rows.len() == self.settings.n_iterates { self.rows.pop_front() } else { None }
            .unwrap_or_default();
        row.clear();
        if n_weights <= self.settings.dimension {
            row.extend(weights);
        } else {
            row.resize(self.settings.dimension, 0.0);
            project(weights, &mut row);
        }
        self.rows.push_back(row);
    }
}

/// A sketch (Charikar, Chen & Farach-Colton 2002): every number is added, with a sign, to one place of the row, both drawn at random
/// from its index. Squares of distances are kept in the mean, with a relative variance of at most 2 / the length of the row.
fn project(weights: impl Iterator<Item = f32>, row: &mut [f32]) {
    for (index, weight) in weights.enumerate() {
        let random = scrambled(index as u64);
        let place = ((u128::from(random) * row.len() as u128) >> 64) as usize;
        row[place] += if random & 1 == 0 { weight } else { -weight };
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014) of an index.
fn scrambled(index: u64) -> u64 {
    let mut z = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference implementation's first outputs from seed 0.
    #[test]
    fn scrambled_numbers_are_those_published() {
        assert_eq!(scrambled(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(scrambled(1), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn lengths_are_kept_in_the_mean() {
        let pseudo = |i: usize, k: usize| ((i * 7919 + k * 104_729) % 1009) as f32 / 1009.0 - 0.5;
        let mut ratios = Vec::new();
        for k in 0..20 {
            let weights: Vec<f32> = (0..20_000).map(|i| pseudo(i, k) * pseudo(i + 1, k)).collect();
            let mut row = vec![0.0; 500];
            project(weights.iter().copied(), &mut row);
            let square = |values: &[f32]| values.iter().map(|value| value * value).sum::<f32>();
            ratios.push(square(&row) / square(&weights));
        }
        let mean = ratios.iter().sum::<f32>() / 20.0;
        assert!((mean - 1.0).abs() < 0.1, "{ratios:?}");
        assert!(ratios.iter().all(|ratio| (ratio - 1.0).abs() < 0.4), "{ratios:?}");
    }
}

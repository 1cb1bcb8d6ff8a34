//! How much noise the weights bear.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use topolens_nn::{Model, WeightKind};

use super::Evidence;
use crate::Result;

/// The training error may rise by this much.
const RISE: f64 = 0.1;
/// Noises over which the error is averaged.
const DRAWS: u64 = 3;
/// "sharpnes" in ASCII: far from the seeds of networks, whose initial weights come from the same generator.
const SEED: u64 = 0x7368_6172_706e_6573;
/// Halvings of the range of $\log \sigma$.
const HALVINGS: usize = 8;

/// $1 / \sigma^2$ of the largest $\sigma$ such that weights $w (1 + \sigma z)$, $z$ normal, raise the training error by less than 0.1 on average.
///
/// Searched between $\sigma = 10^{-3}$ and 3; the same noise is drawn for all networks of one shape.
pub(super) fn sharpness(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    let before = (evidence.error_of)(evidence.model)?;
    let (mut low, mut high) = (1e-3_f64.ln(), 3.0_f64.ln());
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        let mut risen = 0.0;
        for draw in 0..DRAWS {
            let noisy = with_noise(evidence.model, middle.exp(), draw)?;
            risen += ((evidence.error_of)(&noisy)? - before) / DRAWS as f64;
        }
        if risen < RISE {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(Some((-low - high).exp()))
}

fn with_noise(model: &Model, sigma: f64, draw: u64) -> Result<Model> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED + draw);
    let mut change = |weights: topolens_nn::Weights<'_>| -> Vec<f32> {
        if weights.kind == WeightKind::Vector {
            return weights.values.to_vec();
        }
        let noisy = weights.values.iter().map(|w| {
            let z: f64 = StandardNormal.sample(&mut random);
            (f64::from(*w) * (1.0 + sigma * z)) as f32
        });
        noisy.collect()
    };
    Ok(model.with_weights(&mut change)?)
}

#[cfg(test)]
mod tests {
    use topolens_nn::ModelSpec;

    use super::super::fixture::card;
    use super::*;

    #[test]
    fn the_noise_that_raises_the_error_is_found() {
        let spec = ModelSpec { width: 64, ..ModelSpec::new("mlp2", [4, 4, 1], 3) };
        let model: Model = spec.build().unwrap();
        let values = |model: &Model| -> Vec<f64> {
            model.weights().iter().flat_map(|w| w.values).map(|w| f64::from(*w)).collect()
        };
        let before = values(&model);
        let whole: f64 = before.iter().map(|w| w * w).sum();
        // An error that is the squared distance moved, relative to the squared norm: σ² on average.
        let error_of = |noisy: &Model| {
            let moved: f64 = values(noisy).iter().zip(&before).map(|(a, b)| (a - b).powi(2)).sum();
            Ok(moved / whole)
        };
        let card = card(&spec);
        let evidence = Evidence {
            model: &model,
            initial: &model,
            card: &card,
            logits: &[],
            labels: &[],
            error_of: &error_of,
        };
        let found = sharpness(&evidence).unwrap().unwrap();
        assert!((found * 0.1 - 1.0).abs() < 0.15, "{found}");
    }
}

//! Norms of all weights together.

use topolens_nn::{Model, WeightKind};

use super::Evidence;
use crate::Result;

/// $\|w\|_2$ of all trained weights but biases, scales and shifts.
pub(super) fn weight_norm(evidence: &Evidence<'_>) -> f64 {
    matrices(evidence.model).map(|w| w * w).sum::<f64>().sqrt()
}

/// $\|w - w_0\|_2$ of the same, $w_0$ the weights before training.
pub(super) fn distance_from_initialization(evidence: &Evidence<'_>) -> f64 {
    let pairs = matrices(evidence.model).zip(matrices(evidence.initial));
    pairs.map(|(w, before)| (w - before).powi(2)).sum::<f64>().sqrt()
}

/// The logarithm of [`Model::path_norm`].
pub(super) fn log_path_norm(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    Ok(evidence.model.path_norm()?.map(f64::ln))
}

fn matrices(model: &Model) -> impl Iterator<Item = f64> {
    let weights = model.weights().into_iter().filter(|weights| weights.kind != WeightKind::Vector);
    weights.flat_map(|weights| weights.values.iter().map(|w| f64::from(*w)))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::of_perceptron;

    #[test]
    fn norms_follow_the_scale_of_the_weights() {
        let [one, three] = [1.0, 3.0].map(|factor| of_perceptron(factor, &[], &[], "weight-norm").unwrap());
        assert!((three / one - 3.0).abs() < 1e-6);
        let moved = of_perceptron(3.0, &[], &[], "distance-from-initialization").unwrap();
        assert!((moved / one - 2.0).abs() < 1e-6);
        assert_eq!(of_perceptron(1.0, &[], &[], "distance-from-initialization"), Some(0.0));
        let [one, three] = [1.0, 3.0].map(|factor| of_perceptron(factor, &[], &[], "log-path-norm").unwrap());
        assert!((three - one - 2.0 * 3.0_f64.ln()).abs() < 1e-5);
    }
}

//! Tails of the eigenvalues of weights.

use topolens::singular_values;
use topolens::statistics::power_law;
use topolens_nn::{WeightKind, Weights};

use super::Evidence;
use crate::Result;

/// Layers with fewer eigenvalues have no tail to speak of.
const FEWEST: usize = 8;

/// The mean over layers of the exponent $\alpha$ of the power law that the eigenvalues of $W^T W$ follow in their tail.
///
/// As in WeightWatcher, a convolution gives one matrix for each place of its kernel, and their eigenvalues are pooled.
pub(super) fn alpha(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    let mut exponents = Vec::new();
    for weights in evidence.model.weights().into_iter().filter(Weights::is_matrix) {
        let eigenvalues = eigenvalues(&weights)?;
        if eigenvalues.len() >= FEWEST
            && let Ok(law) = power_law(&eigenvalues)
        {
            exponents.push(law.exponent);
        }
    }
    let n = exponents.len() as f64;
    Ok((n > 0.0).then(|| exponents.iter().sum::<f64>() / n))
}

fn eigenvalues(weights: &Weights<'_>) -> Result<Vec<f64>> {
    let (n_in, n_out) = match (weights.kind, weights.shape) {
        (WeightKind::Convolution, [.., n_in, n_out]) => (*n_in, *n_out),
        _ => (weights.shape[0], weights.values.len() / weights.shape[0]),
    };
    let mut eigenvalues = Vec::new();
    for place in weights.values.chunks(n_in * n_out) {
        let matrix: Vec<f64> = place.iter().map(|w| f64::from(*w)).collect();
        eigenvalues.extend(singular_values(&matrix, n_in)?.into_iter().map(|value| value * value));
    }
    Ok(eigenvalues)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_convolution_gives_the_eigenvalues_of_every_place() {
        let values = [1.0, 0.0, 0.0, 2.0, 3.0, 0.0, 0.0, 0.0];
        let weights =
            Weights { name: "w", kind: WeightKind::Convolution, shape: &[1, 2, 2, 2], values: &values };
        let mut found = eigenvalues(&weights).unwrap();
        found.sort_by(f64::total_cmp);
        let expected = [0.0, 1.0, 4.0, 9.0];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }
}

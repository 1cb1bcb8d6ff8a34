//! Norms of the layers' matrices.

use topolens::singular_values;
use topolens_nn::Weights;

use super::Evidence;
use crate::Result;

/// $\sum_l \log \sigma_1(W_l)$; the matrix of a convolution has a row for each input at each place of the kernel, a column for each output.
pub(super) fn log_spectral_product(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    let mut sum = 0.0;
    for (matrix, n_rows) in matrices(evidence) {
        sum += singular_values(&matrix, n_rows)?[0].ln();
    }
    Ok(Some(sum))
}

/// $\sum_l \log \|W_l\|_F$.
pub(super) fn log_frobenius_product(evidence: &Evidence<'_>) -> f64 {
    let logarithm = |(matrix, _): (Vec<f64>, usize)| matrix.iter().map(|w| w * w).sum::<f64>().sqrt().ln();
    matrices(evidence).map(logarithm).sum()
}

/// The matrices of the layers with their numbers of rows.
fn matrices(evidence: &Evidence<'_>) -> impl Iterator<Item = (Vec<f64>, usize)> {
    let weights = evidence.model.weights().into_iter().filter(Weights::is_matrix);
    weights.map(|weights| {
        let n_outputs = weights.shape[weights.shape.len() - 1];
        (weights.values.iter().map(|w| f64::from(*w)).collect(), weights.values.len() / n_outputs)
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::of_perceptron;

    #[test]
    fn products_follow_the_scale_of_each_layer() {
        for product in ["log-spectral-product", "log-frobenius-product"] {
            let [one, three] = [1.0, 3.0].map(|factor| of_perceptron(factor, &[], &[], product).unwrap());
            assert!((three - one - 2.0 * 3.0_f64.ln()).abs() < 1e-5);
        }
        let spectral = of_perceptron(1.0, &[], &[], "log-spectral-product").unwrap();
        let frobenius = of_perceptron(1.0, &[], &[], "log-frobenius-product").unwrap();
        assert!(spectral < frobenius && frobenius < spectral + 6.0_f64.ln());
    }
}

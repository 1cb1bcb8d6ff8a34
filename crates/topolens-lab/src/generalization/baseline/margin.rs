//! Margins between logits.

use super::Evidence;
use super::spectral::log_spectral_product;
use crate::Result;

/// The tenth percentile over training images of the logit of the class less the largest other one.
pub(super) fn margin(evidence: &Evidence<'_>) -> Option<f64> {
    let mut margins: Vec<f64> = evidence.images().map(|(logits, class)| of_image(logits, class)).collect();
    margins.sort_by(f64::total_cmp);
    margins.get(margins.len() / 10).copied()
}

/// The logarithm of the margin, less that of the product of the layers' largest singular values.
pub(super) fn log_normalized_margin(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    let Some(margin) = margin(evidence).filter(|margin| *margin > 0.0) else { return Ok(None) };
    Ok(log_spectral_product(evidence)?.map(|spectral| margin.ln() - spectral))
}

fn of_image(logits: &[f32], class: usize) -> f64 {
    let others = logits.iter().enumerate().filter(|(other, _)| *other != class);
    let largest = others.map(|(_, logit)| *logit).fold(f32::NEG_INFINITY, f32::max);
    f64::from(logits[class]) - f64::from(largest)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::of_perceptron;

    #[test]
    fn the_tenth_percentile_of_known_margins() {
        let logits: Vec<f32> = (0..20).flat_map(|i| [i as f32, 0.0, -1.0]).collect();
        assert_eq!(of_perceptron(1.0, &logits, &[0; 20], "margin"), Some(2.0));
        assert_eq!(of_perceptron(1.0, &logits, &[2; 20], "margin"), Some(-18.0));
        assert_eq!(of_perceptron(1.0, &logits, &[2; 20], "log-margin-over-spectral-product"), None);
        assert!(of_perceptron(1.0, &logits, &[0; 20], "log-margin-over-spectral-product").is_some());
    }
}

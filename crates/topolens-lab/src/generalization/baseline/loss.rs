//! How well the training images are known.

use super::Evidence;

/// Mean cross entropy of training images, as they are, in evaluation mode.
pub(super) fn train_loss(evidence: &Evidence<'_>) -> Option<f64> {
    let loss = |(logits, class): (&[f32], usize)| {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
        sum.ln() - f64::from(logits[class] - largest)
    };
    mean(evidence, loss)
}

/// Share of them that is classified wrongly.
pub(super) fn train_error(evidence: &Evidence<'_>) -> Option<f64> {
    mean(evidence, |(logits, class)| {
        let beaten =
            logits.iter().enumerate().any(|(other, logit)| other != class && *logit >= logits[class]);
        f64::from(u8::from(beaten))
    })
}

fn mean(evidence: &Evidence<'_>, of_image: impl Fn((&[f32], usize)) -> f64) -> Option<f64> {
    let n = evidence.labels.len() as f64;
    (n > 0.0).then(|| evidence.images().map(of_image).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::of_perceptron;

    #[test]
    fn equal_logits_lose_the_logarithm_of_the_classes() {
        let loss = of_perceptron(1.0, &[2.0; 6], &[0, 2], "train-loss").unwrap();
        assert!((loss - 3.0_f64.ln()).abs() < 1e-9);
        let error = of_perceptron(1.0, &[5.0, 1.0, 0.0, 5.0, 1.0, 0.0], &[0, 1], "train-error");
        assert_eq!(error, Some(0.5));
        assert_eq!(of_perceptron(1.0, &[], &[], "train-error"), None);
    }
}

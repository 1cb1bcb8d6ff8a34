//! Settings as measures.

use super::Evidence;

/// The step size over the images of a step.
pub(super) fn learning_rate_over_batch(evidence: &Evidence<'_>) -> Option<f64> {
    let settings = &evidence.card.settings;
    Some(settings.optimizer.learning_rate() / settings.batch_size as f64)
}

/// The logarithm of the number of weights.
pub(super) fn log_parameters(evidence: &Evidence<'_>) -> Option<f64> {
    Some((evidence.model.n_parameters() as f64).ln())
}

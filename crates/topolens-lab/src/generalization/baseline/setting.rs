//! Settings as measures.

use super::Evidence;

/// The step size over the images of a step.
pub(super) fn learning_rate_over_batch(evidence: &Evidence<'_>) -> f64 {
    let settings = &evidence.card.settings;
    settings.optimizer.learning_rate() / settings.batch_size as f64
}

/// The logarithm of the number of weights.
pub(super) fn log_parameters(evidence: &Evidence<'_>) -> f64 {
    (evidence.model.n_parameters() as f64).ln()
}

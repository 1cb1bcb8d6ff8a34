//! Settings as measures.

use super::Evidence;
use crate::Result;

/// The step size over the images of a step.
pub(super) fn learning_rate_over_batch(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    let settings = &evidence.card.settings;
    Ok(Some(settings.optimizer.learning_rate() / settings.batch_size as f64))
}

/// The logarithm of the number of weights.
pub(super) fn log_parameters(evidence: &Evidence<'_>) -> Result<Option<f64>> {
    Ok(Some((evidence.model.n_parameters() as f64).ln()))
}

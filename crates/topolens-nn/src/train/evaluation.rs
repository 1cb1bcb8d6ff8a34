//! How often a network is right.

use crate::dataset::{Dataset, Normalization};
use crate::error::Error;
use crate::model::count_correct;
use crate::network::Network;

const BATCH_SIZE: usize = 100;

/// The share of images whose largest logit is that of their label, in [0, 1].
///
/// Of equal logits the first counts; a logit that is not a number is never the largest.
///
/// # Errors
///
/// As [`Network::forward`].
pub fn accuracy(network: &dyn Network, images: &Dataset, normalization: Normalization) -> Result<f64, Error> {
    let indices: Vec<usize> = (0..images.len()).collect();
    let mut n_correct = 0;
    for batch in indices.chunks(BATCH_SIZE) {
        let forward = network.forward(&images.batch(batch, normalization)?, &[])?;
        let labels: Vec<usize> = batch.iter().map(|index| images.labels()[*index]).collect();
        n_correct += count_correct(&forward.output, &labels);
    }
    Ok(n_correct as f64 / images.len() as f64)
}

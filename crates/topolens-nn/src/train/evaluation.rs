//! How well a network does on images.

use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, Normalization};
use crate::error::Error;
use crate::model::count_correct;
use crate::network::Network;
use crate::tape::cross_entropy_loss;

const BATCH_SIZE: usize = 100;

/// Loss and accuracy on a set of images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Mean cross entropy.
    pub loss: f64,
    /// The share of images whose largest logit is that of their label, in [0, 1].
    pub accuracy: f64,
}

impl Evaluation {
    /// Runs the images `indices` through a network in evaluation mode.
    ///
    /// Of equal logits the first counts; a logit that is not a number is never the largest.
    ///
    /// # Errors
    ///
    /// As [`Network::forward`], and if there is no index or one is not below the number of images.
    pub fn of(
        network: &dyn Network,
        images: &Dataset,
        indices: &[usize],
        normalization: &Normalization,
    ) -> Result<Self, Error> {
        let (mut loss, mut n_correct) = (0.0, 0);
        for batch in indices.chunks(BATCH_SIZE) {
            let logits = network.forward(&images.batch(batch, normalization)?, &[])?.output;
            let labels: Vec<usize> = batch.iter().map(|index| images.labels()[*index]).collect();
            n_correct += count_correct(&logits, &labels);
            let rows = logits.values().chunks_exact(logits.item_len().max(1));
            loss += rows.zip(&labels).map(|(row, label)| cross_entropy_loss(row, *label, 0.0)).sum::<f64>();
        }
        let n_images = indices.len() as f64;
        Ok(Self { loss: loss / n_images, accuracy: n_correct as f64 / n_images })
    }
}

/// The accuracy on all `images`.
///
/// # Errors
///
/// As [`Network::forward`].
pub fn accuracy(
    network: &dyn Network,
    images: &Dataset,
    normalization: &Normalization,
) -> Result<f64, Error> {
    let indices: Vec<usize> = (0..images.len()).collect();
    Ok(Evaluation::of(network, images, &indices, normalization)?.accuracy)
}

//! How often a network is right.

use crate::dataset::{Dataset, Normalization};
use crate::error::Error;
use crate::network::Network;

/// The share of images whose largest logit is that of their label, in [0, 1].
///
/// Of equal logits the first counts; a logit that is not a number is never the largest.
///
/// # Errors
///
/// As [`Network::forward`].
pub fn accuracy(network: &dyn Network, images: &Dataset, normalization: Normalization) -> Result<f64, Error> {
    todo!()
}

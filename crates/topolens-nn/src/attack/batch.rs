//! What an attack is given, and what it must do.

use std::fmt;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{Ball, Criterion, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// Images under attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// N × height × width × channels, from 0 (black) to 1 (full brightness).
    pub images: Tensor,
    /// What is wanted of each.
    pub criteria: Vec<Criterion>,
    /// A number of each image under which its random numbers are drawn, so that they do not depend on the others.
    pub streams: Vec<u64>,
    /// Seed of all.
    pub seed: u64,
}

impl Batch {
    /// The number of images.
    pub fn len(&self) -> usize {
        self.criteria.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.criteria.is_empty()
    }

    /// The images `items`, in that order.
    pub(super) fn select(&self, items: &[usize]) -> Self {
        Self {
            images: self.images.select(items),
            criteria: items.iter().map(|item| self.criteria[*item]).collect(),
            streams: items.iter().map(|item| self.streams[*item]).collect(),
            seed: self.seed,
        }
    }

    /// The generator of an image, another one for each restart.
    pub(super) fn random(&self, item: usize, restart: usize) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream((self.streams[item] << 16) + restart as u64);
        random
    }
}

/// A way to perturb images.
pub trait Attack: fmt::Debug + Send + Sync {
    /// The perturbed images, in the shape of those of the batch. An attack that looks for the smallest perturbation takes only
    /// the norm from `ball`, and returns the image itself where it found none.
    ///
    /// # Errors
    ///
    /// If the network cannot take the images, or has no gradients and the attack needs them; interrupted.
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error>;
}

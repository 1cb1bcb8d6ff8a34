//! Batches made ready while the network works on the one before.

use std::sync::mpsc::{Receiver, sync_channel};

use super::TrainSettings;
use super::order::{augment_seed, shuffled};
use super::split::Split;
use crate::dataset::{Dataset, Normalization};
use crate::error::Error;
use crate::tensor::Tensor;

/// Batches that wait at most.
const N_AHEAD: usize = 2;

/// Images and labels of one step.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) images: Tensor,
    pub(super) labels: Vec<usize>,
}

/// Makes the batches of an epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loader<'a> {
    pub(super) images: &'a Dataset,
    pub(super) split: &'a Split,
    pub(super) normalization: &'a Normalization,
    pub(super) settings: &'a TrainSettings,
}

impl Loader<'_> {
    /// Batches of an epoch.
    pub(super) fn n_batches(&self) -> usize {
        self.split.training.len().div_ceil(self.settings.batch_size)
    }

    /// Lets `consume` take the batches of `epoch` in order while another thread makes the next ones.
    pub(super) fn with_batches<T>(
        self,
        epoch: usize,
        consume: impl FnOnce(Receiver<Result<Batch, Error>>) -> T,
    ) -> T {
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(N_AHEAD);
            scope.spawn(move || {
                let order = shuffled(self.split.training.len(), self.settings.seed, epoch);
                for (number, places) in order.chunks(self.settings.batch_size).enumerate() {
                    // Nobody listens once the epoch was interrupted.
                    if sender.send(self.batch(places, epoch, number * self.settings.batch_size)).is_err() {
                        return;
                    }
                }
            });
            consume(receiver)
        })
    }

    /// The training images at `places`, changed at random as those at places `first` … of the epoch's order.
    fn batch(&self, places: &[usize], epoch: usize, first: usize) -> Result<Batch, Error> {
        let indices: Vec<usize> = places.iter().map(|place| self.split.training[*place]).collect();
        let mut images = self.images.batch(&indices, self.normalization)?;
        let channels = 0..self.images.image_shape()[2];
        let black: Vec<f32> = channels.map(|channel| self.normalization.bounds(channel)[0]).collect();
        self.settings.augment.apply(&mut images, &black, augment_seed(self.settings.seed, epoch), first);
        Ok(Batch { images, labels: indices.iter().map(|index| self.split.labels[*index]).collect() })
    }
}

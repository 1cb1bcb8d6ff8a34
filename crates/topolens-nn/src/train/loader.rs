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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Augment;

    /// The images and labels of an epoch, of forty images of one white pixel each among black ones, with labels drawn anew.
    fn epoch(number: usize, augment: Augment) -> (Vec<f32>, Vec<usize>, Vec<usize>) {
        let pixels = (0..40).flat_map(|image| [255, image, 255, 255]).collect();
        let labels: Vec<usize> = (0..40).map(|image| image % 2).collect();
        let images =
            Dataset::new("x", [2, 2, 1], pixels, labels, ["a", "b"].map(str::to_owned).to_vec()).unwrap();
        let settings =
            TrainSettings { random_labels: 1.0, batch_size: 16, augment, ..TrainSettings::default() };
        let split = Split::new(&images, &settings).unwrap();
        let normalization = Normalization::new(&[0.5], &[0.25]).unwrap();
        let loader =
            Loader { images: &images, split: &split, normalization: &normalization, settings: &settings };
        let batches: Vec<Batch> =
            loader.with_batches(number, |batches| batches.iter().map(Result::unwrap).collect());
        let values = batches.iter().flat_map(|batch| batch.images.values().to_vec()).collect();
        (values, batches.iter().flat_map(|batch| batch.labels.clone()).collect(), split.labels.clone())
    }

    #[test]
    fn labels_are_those_of_the_split_and_every_epoch_has_an_order_of_its_own() {
        let (values, labels, of_images) = epoch(1, Augment::default());
        // The second pixel of an image is its number.
        let numbers: Vec<usize> =
            values.chunks(4).map(|image| (255.0 * (0.25 * image[1] + 0.5)).round() as usize).collect();
        let expected: Vec<usize> = numbers.iter().map(|number| of_images[*number]).collect();
        assert_eq!(labels, expected);
        assert_ne!(values, epoch(2, Augment::default()).0);
    }

    #[test]
    fn what_is_shifted_in_is_black() {
        let (values, ..) = epoch(1, Augment { shift: true, ..Augment::default() });
        let black = values.iter().filter(|value| (**value + 2.0).abs() < 1e-6).count();
        assert!(black > 40, "{black} of 160");
        assert!(values.iter().all(|value| *value >= -2.0 - 1e-6));
    }
}

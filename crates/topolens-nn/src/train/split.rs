//! Which images are trained on and with which labels, and which are kept apart.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::TrainSettings;
use crate::dataset::Dataset;
use crate::error::{Error, ErrorKind};

/// Streams of random numbers that no order of images and no augmentation uses.
const SPLIT_STREAM: u64 = 2 << 32;
const LABEL_STREAM: u64 = 3 << 32;

/// A set of images in two parts.
#[derive(Debug)]
pub(super) struct Split {
    /// Images to be trained on, ascending.
    pub(super) training: Vec<usize>,
    /// Images kept apart, ascending.
    pub(super) validation: Vec<usize>,
    /// The label that each image of the set is trained with.
    pub(super) labels: Vec<usize>,
}

impl Split {
    /// Keeps the share `settings.validation` of every class apart and draws the share `settings.random_labels` of the labels of the
    /// rest anew, uniformly over all classes.
    pub(super) fn new(images: &Dataset, settings: &TrainSettings) -> Result<Self, Error> {
        let mut validation = Vec::new();
        for mut members in members_by_class(images) {
            members.shuffle(&mut random(settings.seed, SPLIT_STREAM));
            let n_validation = share_of(members.len(), settings.validation);
            validation.extend(&members[..n_validation]);
        }
        validation.sort_unstable();
        let is_kept = |index: &usize| validation.binary_search(index).is_err();
        let training: Vec<usize> = (0..images.len()).filter(is_kept).collect();
        if training.is_empty() || (settings.validation > 0.0 && validation.is_empty()) {
            let (argument, value) = ("validation", settings.validation);
            let allowed = "such that both parts hold images; give more images";
            return Err(ErrorKind::OutOfRange { argument, value, allowed }.into());
        }
        let mut labels = images.labels().to_vec();
        draw_labels(&mut labels, &training, images.n_classes(), settings);
        Ok(Self { training, validation, labels })
    }
}

fn members_by_class(images: &Dataset) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); images.n_classes()];
    for (index, label) in images.labels().iter().enumerate() {
        members[*label].push(index);
    }
    members
}

fn draw_labels(labels: &mut [usize], training: &[usize], n_classes: usize, settings: &TrainSettings) {
    let mut random = random(settings.seed, LABEL_STREAM);
    let mut drawn = training.to_vec();
    drawn.shuffle(&mut random);
    drawn.truncate(share_of(training.len(), settings.random_labels));
    for index in drawn {
        labels[index] = random.random_range(0..n_classes);
    }
}

/// `share` of `n` things, to the nearest whole number.
#[expect(clippy::cast_sign_loss, reason = "shares are not negative")]
fn share_of(n: usize, share: f64) -> usize {
    (share * n as f64).round() as usize
}

fn random(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    random
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images() -> Dataset {
        let labels: Vec<usize> = (0..60).map(|index| usize::from(index >= 40)).collect();
        let names = ["a", "b"].map(str::to_owned).to_vec();
        Dataset::new("x", [1, 1, 1], vec![0; 60], labels, names).unwrap()
    }

    fn split(settings: &TrainSettings) -> Result<Split, Error> {
        Split::new(&images(), settings)
    }

    #[test]
    fn every_class_gives_its_share() {
        let half = split(&TrainSettings { validation: 0.25, ..TrainSettings::default() }).unwrap();
        assert_eq!((half.training.len(), half.validation.len()), (45, 15));
        assert_eq!(half.validation.iter().filter(|index| **index >= 40).count(), 5);
        let mut all = [half.training, half.validation].concat();
        all.sort_unstable();
        assert_eq!(all, (0..60).collect::<Vec<_>>());
        assert_eq!(half.labels, images().labels());
        let message =
            split(&TrainSettings { validation: 0.01, ..TrainSettings::default() }).unwrap_err().to_string();
        assert!(message.contains("validation"), "{message}");
    }

    #[test]
    fn random_labels_leave_the_validation_images_alone() {
        let settings = TrainSettings { validation: 0.5, random_labels: 1.0, ..TrainSettings::default() };
        let split = split(&settings).unwrap();
        let images = images();
        let n_wrong = |part: &[usize]| {
            part.iter().filter(|index| split.labels[**index] != images.labels()[**index]).count()
        };
        assert_eq!(n_wrong(&split.validation), 0);
        assert!((8..=22).contains(&n_wrong(&split.training)), "{}", n_wrong(&split.training));
    }
}

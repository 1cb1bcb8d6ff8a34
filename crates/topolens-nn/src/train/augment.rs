//! Random changes of training images.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::tensor::Tensor;

/// Largest shift along an axis, in pixels.
const REACH: usize = 4;

/// Which random changes are made to training images.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::Augment;
///
/// assert!(!Augment::default().flip);
/// let both = Augment { flip: true, shift: true };
/// assert_ne!(both, Augment::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Augment {
    /// Mirror half of the images left to right.
    pub flip: bool,
    /// Move each image by up to 4 pixels along each axis; what comes in from outside is black.
    pub shift: bool,
}

impl Augment {
    /// Changes the images of `batch`, N × height × width × channels; the image at `first` + i of the epoch's order draws from
    /// stream `first` + i under `seed`. `black` is the value of a black pixel.
    pub(super) fn apply(self, batch: &mut Tensor, black: f32, seed: u64, first: usize) {
        if self == Self::default() {
            return;
        }
        let [_, height, width, channels] = *batch.shape() else {
            panic!("bug: augmentation of {:?}", batch.shape());
        };
        let image_len = batch.item_len();
        for (index, image) in batch.values_mut().chunks_exact_mut(image_len).enumerate() {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream((first + index) as u64);
            let flipped = random.random_range(0..2) == 1;
            let offsets = [random.random_range(0..=2 * REACH), random.random_range(0..=2 * REACH)];
            if self.flip && flipped {
                image.chunks_exact_mut(width * channels).for_each(|row| mirror(row, channels));
            }
            if self.shift {
                shift(image, [height, width, channels], offsets, black);
            }
        }
    }
}

fn mirror(row: &mut [f32], channels: usize) {
    row.reverse();
    row.chunks_exact_mut(channels).for_each(<[f32]>::reverse);
}

/// Pixel (y, x) becomes what was at (y + offset − REACH, x + offset − REACH).
fn shift(image: &mut [f32], [height, width, channels]: [usize; 3], [down, right]: [usize; 2], black: f32) {
    let before = image.to_vec();
    for (position, pixel) in image.chunks_exact_mut(channels).enumerate() {
        let row = (position / width + down).checked_sub(REACH).filter(|row| *row < height);
        let column = (position % width + right).checked_sub(REACH).filter(|column| *column < width);
        match row.zip(column) {
            Some((row, column)) => {
                let from = (row * width + column) * channels;
                pixel.copy_from_slice(&before[from..from + channels]);
            }
            None => pixel.fill(black),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLIP: Augment = Augment { flip: true, shift: false };
    const SHIFT: Augment = Augment { flip: false, shift: true };

    fn batch() -> Tensor {
        Tensor::new(&[40, 6, 5, 2], (0..40 * 60).map(|value| value as f32).collect()).unwrap()
    }

    fn changed(augment: Augment, seed: u64, first: usize) -> Tensor {
        let mut batch = batch();
        augment.apply(&mut batch, -1.0, seed, first);
        batch
    }

    #[test]
    fn about_half_are_mirrored_and_the_rest_left_alone() {
        let (before, after) = (batch(), changed(FLIP, 1, 0));
        let mut n_mirrored = 0;
        for (before, after) in before.values().chunks(60).zip(after.values().chunks(60)) {
            if before != after {
                n_mirrored += 1;
                assert_eq!(after[..4], [before[8], before[9], before[6], before[7]]);
            }
        }
        assert!((10..=30).contains(&n_mirrored), "{n_mirrored}");
    }

    #[test]
    fn a_shift_keeps_what_stays_inside() {
        let (before, after) = (batch(), changed(SHIFT, 2, 0));
        let images = before.values().chunks(60).zip(after.values().chunks(60));
        let n_moved = images.clone().filter(|(before, after)| before != after).count();
        assert!(n_moved > 30, "{n_moved}");
        for (before, after) in images {
            assert!(after.iter().all(|value| *value == -1.0 || before.contains(value)));
        }
        let mut corner = vec![1.0, 2.0, 3.0, 4.0];
        shift(&mut corner, [2, 2, 1], [REACH + 1, REACH], 0.0);
        assert_eq!(corner, [3.0, 4.0, 0.0, 0.0]);
    }

    #[test]
    fn the_place_in_the_order_decides_not_the_batch() {
        let both = Augment { flip: true, shift: true };
        assert_eq!(changed(both, 3, 0), changed(both, 3, 0));
        assert_ne!(changed(both, 3, 0), changed(both, 4, 0));
        assert_ne!(changed(both, 3, 0), changed(both, 3, 1));
        let mut single = Tensor::new(&[1, 6, 5, 2], batch().values()[60 * 7..60 * 8].to_vec()).unwrap();
        both.apply(&mut single, -1.0, 3, 7);
        assert_eq!(single.values(), &changed(both, 3, 0).values()[60 * 7..60 * 8]);
    }
}

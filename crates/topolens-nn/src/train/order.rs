//! The order of images in an epoch.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A permutation of 0 … `n_images` − 1 that depends on seed and epoch alone.
pub(super) fn shuffled(n_images: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(epoch as u64);
    let mut order: Vec<usize> = (0..n_images).collect();
    order.shuffle(&mut random);
    order
}

/// The seed of the random changes in an epoch: the first number of a stream that no order uses.
pub(super) fn augment_seed(seed: u64, epoch: usize) -> u64 {
    use rand::Rng;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream((1 << 32) + epoch as u64);
    random.next_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_permutation_of_its_epoch() {
        let order = shuffled(100, 1, 2);
        assert_ne!(order, (0..100).collect::<Vec<_>>());
        assert_ne!(order, shuffled(100, 1, 3));
        assert_ne!(order, shuffled(100, 2, 2));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_ne!(augment_seed(1, 2), augment_seed(1, 3));
    }
}

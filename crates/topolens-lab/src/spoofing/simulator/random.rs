//! Everything random comes from ChaCha8, a stream for each stage of each image.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random numbers of one image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streams<'a> {
    pub(super) seed: u64,
    /// What tells images apart, so that the numbers of one do not depend on which others there are.
    pub(super) name: &'a str,
}

impl Streams<'_> {
    /// The stream of a stage: a stage that draws more leaves the other stages as they were.
    pub(super) fn stage(&self, stage: &str) -> ChaCha8Rng {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.name.as_bytes()).update(&[0]).update(stage.as_bytes());
        let mut stream = [0; 8];
        stream.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(u64::from_le_bytes(stream));
        random
    }
}

/// A quantity that differs from image to image: uniform between two ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range(pub(super) f64, pub(super) f64);

impl Range {
    pub(super) fn draw(self, random: &mut ChaCha8Rng) -> f64 {
        self.0 + (self.1 - self.0) * random.random::<f64>()
    }

    /// As [`Range::draw`], with either sign.
    pub(super) fn draw_signed(self, random: &mut ChaCha8Rng) -> f64 {
        let size = self.draw(random);
        if random.random::<bool>() { size } else { -size }
    }

    pub(super) fn middle(self) -> f64 {
        f64::midpoint(self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_image_and_stage_and_come_back() {
        let first = |seed, name, stage| Streams { seed, name }.stage(stage).random::<u64>();
        let reference = first(1, "a.png", "noise");
        assert_eq!(first(1, "a.png", "noise"), reference);
        for other in [first(2, "a.png", "noise"), first(1, "b.png", "noise"), first(1, "a.png", "view")] {
            assert_ne!(other, reference);
        }
    }

    #[test]
    fn draws_lie_between_the_ends() {
        let mut random = Streams { seed: 0, name: "" }.stage("");
        let draws: Vec<f64> = (0..1000).map(|_| Range(2.0, 3.0).draw(&mut random)).collect();
        assert!(draws.iter().all(|draw| (2.0..3.0).contains(draw)));
        assert!((draws.iter().sum::<f64>() / 1000.0 - Range(2.0, 3.0).middle()).abs() < 0.05);
        let signed: Vec<f64> = (0..100).map(|_| Range(2.0, 3.0).draw_signed(&mut random)).collect();
        assert!(signed.iter().any(|draw| *draw < 0.0) && signed.iter().any(|draw| *draw > 0.0));
    }
}

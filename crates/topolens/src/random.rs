//! Explicit random streams: one per item, so that no result depends on scheduling.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The generator of item `stream` under `seed`.
pub(crate) fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    generator
}

//! The control: a perturbation of the same size that knows nothing of the network.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::random_direction::direction;
use super::{Attack, Ball, Batch, Norm, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// A step of full size in a random direction. What the bounds cut off is made up for by a longer step, as far as there is room.
#[derive(Debug, Clone, Copy)]
pub(super) struct RandomNoise;

impl Attack for RandomNoise {
    fn perturb(&self, _: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut perturbed = batch.images.clone();
        let n = perturbed.item_len();
        for (item, (moved, image)) in
            perturbed.values_mut().chunks_exact_mut(n).zip(batch.images.items()).enumerate()
        {
            let mut random = batch.random(item, 0);
            match ball.norm() {
                Norm::L0 => salt(ball, image, moved, &mut random),
                norm => reach(ball, image, moved, &direction(norm, n, &mut random)),
            }
            ball.project(image, moved);
        }
        Ok(perturbed)
    }
}

/// As many numbers as the ball allows become black or white, whichever is farther.
fn salt(ball: Ball, image: &[f32], moved: &mut [f32], random: &mut ChaCha8Rng) {
    #[expect(clippy::cast_sign_loss, reason = "a radius is not negative")]
    let n_changed = (ball.epsilon() * image.len() as f64) as usize;
    let mut order: Vec<usize> = (0..image.len()).collect();
    order.shuffle(random);
    for at in order.into_iter().take(n_changed) {
        moved[at] = if image[at] < 0.5 { 1.0 } else { 0.0 };
    }
}

/// The longest step along `direction` that stays in the ball once it is cut at the bounds, by bisection.
fn reach(ball: Ball, image: &[f32], moved: &mut [f32], direction: &[f32]) {
    let mut go = |length: f64| {
        for ((moved, pixel), direction) in moved.iter_mut().zip(image).zip(direction) {
            *moved = (pixel + length as f32 * direction).clamp(0.0, 1.0);
        }
        ball.norm().distance(image, moved)
    };
    let (mut low, mut high) = (ball.epsilon(), ball.epsilon());
    while go(high) < ball.epsilon() && high < 1e3 * (1.0 + ball.epsilon()) {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if go(middle) > ball.epsilon() {
            high = middle;
        } else {
            low = middle;
        }
    }
    go(low);
}

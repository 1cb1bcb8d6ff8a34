//! Random points of balls.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

use super::{Ball, Norm};

/// A direction of size 1, uniform over the surface of the ball; for L∞ a corner.
pub(super) fn direction(norm: Norm, n: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
    let sign = |random: &mut ChaCha8Rng| if random.random_bool(0.5) { 1.0 } else { -1.0 };
    let direction: Vec<f64> = match norm {
        Norm::L0 | Norm::Linf => (0..n).map(|_| sign(random)).collect(),
        Norm::L1 => (0..n)
            .map(|_| {
                let size: f64 = Exp1.sample(random);
                sign(random) * size
            })
            .collect(),
        Norm::L2 => (0..n).map(|_| StandardNormal.sample(random)).collect(),
    };
    let size = match norm {
        Norm::L0 | Norm::Linf => 1.0,
        Norm::L1 => direction.iter().map(|value| value.abs()).sum(),
        Norm::L2 => direction.iter().map(|value| value * value).sum::<f64>().sqrt(),
    };
    direction.into_iter().map(|value| (value / size) as f32).collect()
}

/// Moves `image` to a point that is uniform in the ball around it, then into ball and bounds.
pub(super) fn start(ball: Ball, image: &[f32], random: &mut ChaCha8Rng) -> Vec<f32> {
    let epsilon = ball.epsilon();
    let mut moved: Vec<f32> = if ball.norm() == Norm::Linf {
        let change = |pixel: &f32| pixel + (epsilon * random.random_range(-1.0..=1.0)) as f32;
        image.iter().map(change).collect()
    } else {
        let direction = direction(ball.norm(), image.len(), random);
        let share: f64 = random.random_range(0.0..1.0);
        let reach = (epsilon * share.powf(1.0 / image.len() as f64)) as f32;
        image.iter().zip(direction).map(|(pixel, direction)| pixel + reach * direction).collect()
    };
    ball.project(image, &mut moved);
    moved
}

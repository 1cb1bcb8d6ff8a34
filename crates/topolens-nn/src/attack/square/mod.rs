//! A search by squares that needs no gradient (Andriushchenko et al. 2020).

mod energy;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::loss::margin;
use super::{Attack, Ball, Batch, Norm, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// Share of the pixels of the first square, also where that is 0.1 for the Euclidean ball in the publication: AutoAttack takes this.
const FIRST_SHARE: f64 = 0.8;

/// Begins with vertical stripes; in each step a square gets another corner of the ball, and it is kept if the margin rises. In the
/// Euclidean ball it begins with tiles, and in each step one window takes the energy of another.
/// Images whose criterion is met are left alone. It asks the network once per step and image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Square {
    /// Steps, each of which asks the network once.
    pub(super) steps: usize,
}

impl Attack for Square {
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut randoms: Vec<ChaCha8Rng> = (0..batch.len()).map(|item| batch.random(item, 0)).collect();
        let shape = Shape::of(&batch.images);
        let mut best = batch.images.clone();
        for (item, random) in randoms.iter_mut().enumerate() {
            let image = best.item_mut(item);
            match ball.norm() {
                Norm::L2 => shape.tiles(ball, image, random),
                _ => shape.stripes(ball, image, random),
            }
        }
        let mut margins = margins(victim, batch, &best, &(0..batch.len()).collect::<Vec<_>>())?;
        for step in 1..self.steps {
            let left: Vec<usize> = (0..batch.len()).filter(|item| margins[*item] <= 0.0).collect();
            if left.is_empty() {
                break;
            }
            let side = shape.side(step, self.steps);
            let mut tried = best.select(&left);
            for (at, item) in left.iter().enumerate() {
                let (image, tried) = (batch.images.item(*item), tried.item_mut(at));
                match ball.norm() {
                    Norm::L2 => shape.exchange((ball, side), image, tried, &mut randoms[*item]),
                    _ => shape.square((ball, side), image, tried, &mut randoms[*item]),
                }
            }
            let found = self::margins(victim, batch, &tried, &left)?;
            for (at, (item, margin)) in left.into_iter().zip(found).enumerate() {
                if margin > margins[item] {
                    margins[item] = margin;
                    best.item_mut(item).copy_from_slice(tried.item(at));
                }
            }
        }
        Ok(best)
    }
}

/// How near each of the images `items` is to its criterion, when it looks as in `at`; infinite if the criterion is met.
fn margins(victim: &Victim<'_>, batch: &Batch, at: &Tensor, items: &[usize]) -> Result<Vec<f64>, Error> {
    let logits = victim.logits(at)?;
    let margin = |(row, item): (&[f32], &usize)| {
        let criterion = batch.criteria[*item];
        if criterion.is_met(row) { f64::INFINITY } else { margin(row, criterion).min(0.0) }
    };
    Ok(logits.items().zip(items).map(margin).collect())
}

struct Shape {
    height: usize,
    width: usize,
    n_channels: usize,
}

impl Shape {
    fn of(images: &Tensor) -> Self {
        let shape = images.shape();
        Self { height: shape[1], width: shape[2], n_channels: shape[3] }
    }

    /// Each column of each channel one way or the other by the whole of epsilon.
    fn stripes(&self, ball: Ball, image: &mut [f32], random: &mut ChaCha8Rng) {
        let epsilon = ball.epsilon() as f32;
        let columns: Vec<f32> = (0..self.width * self.n_channels)
            .map(|_| if random.random_bool(0.5) { epsilon } else { -epsilon })
            .collect();
        let pixels = image.iter_mut().zip(columns.iter().cycle());
        pixels.for_each(|(pixel, change)| *pixel = (*pixel + change).clamp(0.0, 1.0));
    }

    /// A square of `tried` to another corner of the ball around `image`, each channel one way or the other.
    fn square(&self, (ball, side): (Ball, usize), image: &[f32], tried: &mut [f32], random: &mut ChaCha8Rng) {
        let (top, left) =
            (random.random_range(0..=self.height - side), random.random_range(0..=self.width - side));
        let reach = 2.0 * ball.epsilon() as f32;
        let changes: Vec<f32> =
            (0..self.n_channels).map(|_| if random.random_bool(0.5) { reach } else { -reach }).collect();
        for row in top..top + side {
            let start = (row * self.width + left) * self.n_channels;
            let pixels = &mut tried[start..start + side * self.n_channels];
            pixels.iter_mut().zip(changes.iter().cycle()).for_each(|(pixel, change)| *pixel += change);
        }
        ball.project(image, tried);
    }

    /// The side of the square of a step: its area is halved at fixed shares of the steps.
    fn side(&self, step: usize, steps: usize) -> usize {
        const HALVED_AT: [usize; 9] = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];
        let place = step * 10_000 / steps.max(1);
        let halvings = HALVED_AT.iter().filter(|at| place > **at).count();
        let share = FIRST_SHARE / f64::from(1_u32 << halvings);
        #[expect(clippy::cast_sign_loss, reason = "the root of a share of an area")]
        let side = (share * (self.height * self.width) as f64).sqrt().round() as usize;
        side.clamp(1, self.height.min(self.width).saturating_sub(1).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_shrink() {
        let shape = Shape { height: 32, width: 32, n_channels: 3 };
        let sides: Vec<usize> = [1, 20, 100, 300, 700, 1500, 3000, 5000, 7000, 9000]
            .map(|step| shape.side(step, 10_000))
            .to_vec();
        assert_eq!(sides, [29, 20, 14, 10, 7, 5, 4, 3, 2, 1]);
    }
}

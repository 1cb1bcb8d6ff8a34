//! Steps along the gradient, each brought back into the ball: FGSM, BIM, PGD and MI-FGSM.

use super::loss::Loss;
use super::random_direction::start;
use super::{Attack, Ball, Batch, Norm, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// Share of the numbers of an image that a step within an L1 ball changes: those of the largest slopes (Tramèr & Boneh 2019).
const L1_SHARE: f64 = 0.05;

/// Steps along the gradient of the cross entropy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ProjectedGradient {
    /// The number of steps.
    pub(super) steps: usize,
    /// The size of a step, as a share of epsilon.
    pub(super) step_size: f64,
    /// Begin at a random point of the ball.
    pub(super) random_start: bool,
    /// Further tries for images that resist.
    pub(super) restarts: usize,
    /// Share of the direction of the step before that is added to that of a step (Dong et al. 2018).
    pub(super) momentum: Option<f64>,
}

impl Attack for ProjectedGradient {
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut perturbed = self.climb(victim, batch, ball, 0)?;
        for restart in 1..=self.restarts {
            let logits = victim.logits(&perturbed)?;
            let met = logits.items().zip(&batch.criteria).map(|(row, criterion)| criterion.is_met(row));
            let left: Vec<usize> =
                met.enumerate().filter(|(_, is_met)| !is_met).map(|(item, _)| item).collect();
            if left.is_empty() {
                break;
            }
            let again = self.climb(victim, &batch.select(&left), ball, restart)?;
            perturbed.put(&left, &again);
        }
        Ok(perturbed)
    }
}

impl ProjectedGradient {
    fn climb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball, restart: usize) -> Result<Tensor, Error> {
        let mut at = self.beginning(batch, ball, restart);
        let mut velocity = Tensor::zeros(at.shape());
        let (n, step) = (at.item_len(), self.step_size * ball.epsilon());
        for _ in 0..self.steps {
            let gradient = victim.slope(&at, &batch.criteria, Loss::CrossEntropy)?.gradient;
            let moved = at.values_mut().chunks_exact_mut(n).zip(batch.images.items());
            let velocities = velocity.values_mut().chunks_exact_mut(n);
            for (((moved, image), slopes), velocity) in moved.zip(gradient.items()).zip(velocities) {
                let direction = match self.momentum {
                    Some(momentum) => {
                        accelerate(velocity, momentum, slopes);
                        &*velocity
                    }
                    None => slopes,
                };
                ascend(ball.norm(), direction, step, moved);
                ball.project(image, moved);
            }
        }
        Ok(at)
    }

    fn beginning(&self, batch: &Batch, ball: Ball, restart: usize) -> Tensor {
        if !self.random_start {
            return batch.images.clone();
        }
        let items = batch.images.items().enumerate();
        let started = items.flat_map(|(item, image)| start(ball, image, &mut batch.random(item, restart)));
        Tensor::from_parts(batch.images.shape().to_vec(), started.collect())
    }
}

/// The step of size `step` in a norm that the linear approximation rises most by; for L1 one that is spread over a few numbers.
pub(super) fn ascend(norm: Norm, slopes: &[f32], step: f64, moved: &mut [f32]) {
    let step_by = |moved: &mut [f32], change: &dyn Fn(f32) -> f64| {
        for (pixel, slope) in moved.iter_mut().zip(slopes).filter(|(_, slope)| **slope != 0.0) {
            *pixel += change(*slope) as f32;
        }
    };
    match norm {
        Norm::Linf => step_by(moved, &|slope| step * f64::from(slope.signum())),
        Norm::L2 => {
            let length = slopes.iter().map(|slope| f64::from(*slope).powi(2)).sum::<f64>().sqrt();
            step_by(moved, &|slope| step * f64::from(slope) / length.max(f64::MIN_POSITIVE));
        }
        Norm::L1 | Norm::L0 => {
            #[expect(clippy::cast_sign_loss, reason = "a share of a length")]
            let n_kept = ((L1_SHARE * slopes.len() as f64).ceil() as usize).max(1);
            let mut sizes: Vec<f32> = slopes.iter().map(|slope| slope.abs()).collect();
            sizes.sort_unstable_by(|a, b| b.total_cmp(a));
            let least = sizes[n_kept - 1];
            let n_moved = sizes.iter().filter(|size| **size >= least && **size > 0.0).count();
            let share = step / n_moved.max(1) as f64;
            step_by(moved, &|slope| {
                if slope.abs() >= least { share * f64::from(slope.signum()) } else { 0.0 }
            });
        }
    }
}

/// The direction before, weakened, and the slopes over the sum of their sizes.
fn accelerate(velocity: &mut [f32], momentum: f64, slopes: &[f32]) {
    let size: f64 = slopes.iter().map(|slope| f64::from(slope.abs())).sum();
    let scale = if size > 0.0 { 1.0 / size } else { 0.0 };
    for (velocity, slope) in velocity.iter_mut().zip(slopes) {
        *velocity = (momentum * f64::from(*velocity) + scale * f64::from(*slope)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_its_size_and_rises() {
        let slopes = [0.5_f32, -2.0, 0.0, 1.0];
        for norm in [Norm::L1, Norm::L2, Norm::Linf] {
            let mut moved = [0.5_f32; 4];
            ascend(norm, &slopes, 0.1, &mut moved);
            assert!((norm.distance(&[0.5; 4], &moved) - 0.1).abs() < 1e-6, "{norm}: {moved:?}");
            assert!(moved.iter().zip(slopes).all(|(pixel, slope)| (pixel - 0.5) * slope >= 0.0));
            assert_eq!(moved[2], 0.5, "{norm}: where the slope is 0 nothing moves");
        }
        let mut moved = [0.5_f32; 4];
        ascend(Norm::L2, &[0.0; 4], 0.1, &mut moved);
        assert_eq!(moved, [0.5; 4]);
    }

    #[test]
    fn momentum_remembers() {
        let mut velocity = [0.0_f32; 2];
        accelerate(&mut velocity, 1.0, &[3.0, -1.0]);
        assert_eq!(velocity, [0.75, -0.25]);
        accelerate(&mut velocity, 1.0, &[0.0, 0.0]);
        assert_eq!(velocity, [0.75, -0.25]);
        accelerate(&mut velocity, 0.5, &[0.0, 2.0]);
        assert_eq!(velocity, [0.375, 0.875]);
    }
}

//! Projected gradient that chooses its step by itself (Croce & Hein 2020).

use super::loss::Loss;
use super::projected_gradient::ascend;
use super::random_direction::direction;
use super::victim::Slope;
use super::{Attack, Ball, Batch, Norm, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// Share of the step that is new; the rest is that of the step before.
const SHARE_OF_STEP: f64 = 0.75;
/// The step is halved if fewer than this share of the steps since the last look went up.
const SHARE_OF_RISES: f64 = 0.75;

/// Projected gradient with momentum, whose step is halved where the loss no longer rises; then it goes on from the best
/// point. Images whose criterion is met are left alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AutoProjectedGradient {
    /// The number of steps.
    pub(super) steps: usize,
    /// Further tries for images that resist.
    pub(super) restarts: usize,
    /// What is made large.
    pub(super) loss: Loss,
}

impl Attack for AutoProjectedGradient {
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut perturbed = batch.images.clone();
        let mut left: Vec<usize> = (0..batch.len()).collect();
        for restart in 0..=self.restarts {
            let part = batch.select(&left);
            let found = Climb { attack: self, victim, ball }.run(&part, restart)?;
            perturbed.put(&left, &found.images);
            left = left.into_iter().zip(found.is_met).filter(|(_, met)| !met).map(|(item, _)| item).collect();
            if left.is_empty() {
                break;
            }
        }
        Ok(perturbed)
    }
}

struct Found {
    images: Tensor,
    is_met: Vec<bool>,
}

/// One image on its way.
struct Walker {
    item: usize,
    before: Vec<f32>,
    at: Vec<f32>,
    best: Vec<f32>,
    slope: Vec<f32>,
    best_slope: Vec<f32>,
    best_loss: f64,
    step: f64,
    /// Loss at every step since the last look, and at that look.
    losses: Vec<f64>,
    best_at_look: f64,
    was_halved: bool,
}

struct Climb<'a> {
    attack: &'a AutoProjectedGradient,
    victim: &'a Victim<'a>,
    ball: Ball,
}

impl Climb<'_> {
    fn run(&self, batch: &Batch, restart: usize) -> Result<Found, Error> {
        let mut found = Found { images: batch.images.clone(), is_met: vec![false; batch.len()] };
        let mut walkers = self.begin(batch, restart);
        self.look(batch, &mut walkers, &mut found, true)?;
        let mut checkpoints = Checkpoints::new(self.attack.steps);
        for step in 0..self.attack.steps {
            if walkers.is_empty() {
                break;
            }
            for walker in &mut walkers {
                self.step(walker, batch.images.item(walker.item), step == 0);
            }
            self.look(batch, &mut walkers, &mut found, false)?;
            if let Some(period) = checkpoints.reached() {
                for walker in &mut walkers {
                    walker.settle(period);
                }
            }
        }
        for walker in walkers {
            found.images.item_mut(walker.item).copy_from_slice(&walker.best);
        }
        Ok(found)
    }

    /// At the surface of the ball, in a random direction.
    fn begin(&self, batch: &Batch, restart: usize) -> Vec<Walker> {
        let begin = |(item, image): (usize, &[f32])| {
            let mut random = batch.random(item, restart);
            let direction = direction_from(self.ball.norm(), image.len(), &mut random);
            let epsilon = self.ball.epsilon() as f32;
            let mut at: Vec<f32> =
                image.iter().zip(direction).map(|(pixel, direction)| pixel + epsilon * direction).collect();
            self.ball.project(image, &mut at);
            Walker::new(item, at, 2.0 * self.ball.epsilon())
        };
        batch.images.items().enumerate().map(begin).collect()
    }

    fn step(&self, walker: &mut Walker, image: &[f32], is_first: bool) {
        let share = if is_first { 1.0 } else { SHARE_OF_STEP } as f32;
        let mut ahead = walker.at.clone();
        ascend(self.ball.norm(), &walker.slope, walker.step, &mut ahead);
        self.ball.project(image, &mut ahead);
        let before = std::mem::replace(&mut walker.before, walker.at.clone());
        for ((at, ahead), before) in walker.at.iter_mut().zip(ahead).zip(before) {
            *at += share * (ahead - *at) + (1.0 - share) * (*at - before);
        }
        self.ball.project(image, &mut walker.at);
    }

    /// Loss and slope where the walkers are; those that have arrived leave.
    fn look(
        &self,
        batch: &Batch,
        walkers: &mut Vec<Walker>,
        found: &mut Found,
        is_first: bool,
    ) -> Result<(), Error> {
        let items: Vec<usize> = walkers.iter().map(|walker| walker.item).collect();
        let mut at = batch.images.select(&items);
        let n = at.item_len();
        for (pixels, walker) in at.values_mut().chunks_exact_mut(n).zip(walkers.iter()) {
            pixels.copy_from_slice(&walker.at);
        }
        let criteria: Vec<_> = items.iter().map(|item| batch.criteria[*item]).collect();
        let Slope { logits, losses, gradient } = self.victim.slope(&at, &criteria, self.attack.loss)?;
        let seen = losses.into_iter().zip(gradient.items());
        walkers.iter_mut().zip(seen).for_each(|(walker, (loss, slope))| walker.see(loss, slope, is_first));
        let mut rows = logits.items();
        walkers.retain(|walker| {
            let is_met = rows.next().is_some_and(|row| batch.criteria[walker.item].is_met(row));
            if is_met {
                found.images.item_mut(walker.item).copy_from_slice(&walker.at);
                found.is_met[walker.item] = true;
            }
            !is_met
        });
        Ok(())
    }
}

/// A random direction of size 1, for L∞ with a number of size 1.
fn direction_from(norm: Norm, n: usize, random: &mut rand_chacha::ChaCha8Rng) -> Vec<f32> {
    use rand::RngExt;
    if norm != Norm::Linf {
        return direction(norm, n, random);
    }
    let direction: Vec<f32> = (0..n).map(|_| random.random_range(-1.0..=1.0)).collect();
    let largest = direction.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    direction.into_iter().map(|value| value / largest).collect()
}

impl Walker {
    fn new(item: usize, at: Vec<f32>, step: f64) -> Self {
        Self {
            item,
            before: at.clone(),
            best: at.clone(),
            at,
            slope: Vec::new(),
            best_slope: Vec::new(),
            best_loss: f64::NEG_INFINITY,
            step,
            losses: Vec::new(),
            best_at_look: f64::NEG_INFINITY,
            was_halved: true,
        }
    }

    fn see(&mut self, loss: f64, slope: &[f32], is_first: bool) {
        self.slope = slope.to_vec();
        self.losses.push(loss);
        if loss > self.best_loss {
            self.best_loss = loss;
            self.best.clone_from(&self.at);
            self.best_slope.clone_from(&self.slope);
        }
        if is_first {
            self.best_at_look = self.best_loss;
        }
    }

    /// Halves the step where the last `period` steps seldom went up, or nothing was gained since a look at which the step was kept.
    fn settle(&mut self, period: usize) {
        let rises = self.losses.windows(2).filter(|pair| pair[1] > pair[0]).count();
        let is_rare = rises as f64 <= SHARE_OF_RISES * period as f64;
        let is_stuck = !self.was_halved && self.best_at_look >= self.best_loss;
        self.was_halved = is_rare || is_stuck;
        self.best_at_look = self.best_loss;
        let last = self.losses.pop();
        self.losses.clear();
        self.losses.extend(last);
        if self.was_halved {
            self.step /= 2.0;
            self.at.clone_from(&self.best);
            self.slope.clone_from(&self.best_slope);
        }
    }
}

/// When the step is looked at: after 22 % of the steps, then after periods that get shorter by 3 % down to 6 %.
struct Checkpoints {
    period: usize,
    since: usize,
    shorter: usize,
    least: usize,
}

impl Checkpoints {
    fn new(steps: usize) -> Self {
        #[expect(clippy::cast_sign_loss, reason = "a share of a number of steps")]
        let share = |share: f64| ((share * steps as f64) as usize).max(1);
        Self { period: share(0.22), since: 0, shorter: share(0.03), least: share(0.06) }
    }

    /// Counts a step; at a checkpoint the length of the period that ends with it.
    fn reached(&mut self) -> Option<usize> {
        self.since += 1;
        if self.since < self.period {
            return None;
        }
        let ended = self.period;
        self.since = 0;
        self.period = self.period.saturating_sub(self.shorter).max(self.least);
        Some(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_are_those_of_the_paper() {
        // p_0 = 0, p_1 = 0.22, p_(j+1) = p_j + max(p_j - p_(j-1) - 0.03, 0.06).
        let mut checkpoints = Checkpoints::new(100);
        let reached: Vec<usize> = (1..=100).filter(|_| checkpoints.reached().is_some()).collect();
        assert_eq!(reached, [22, 41, 57, 70, 80, 87, 93, 99]);
    }

    #[test]
    fn a_step_is_halved_where_the_loss_does_not_rise() {
        let mut walker = Walker::new(0, vec![0.5], 0.4);
        walker.see(1.0, &[1.0], true);
        for loss in [2.0, 3.0, 4.0, 5.0] {
            walker.at = vec![loss as f32];
            walker.see(loss, &[1.0], false);
        }
        walker.settle(4);
        assert_eq!((walker.step, walker.was_halved), (0.4, false), "it always rose");
        for loss in [4.0, 4.5, 4.25, 4.75] {
            walker.at = vec![loss as f32];
            walker.see(loss, &[1.0], false);
        }
        walker.settle(4);
        assert_eq!((walker.step, walker.was_halved), (0.2, true), "it rose two times of four");
        assert_eq!(walker.at, [5.0], "it goes on from the best");
    }
}

//! The smallest perturbation as an optimisation (Carlini & Wagner 2017).

use super::loss::{margin, rivals};
use super::{Attack, Ball, Batch, Norm, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// Adam in $w$ with $x = (1 + \tanh w) / 2$ on $\|x - x_0\|_2^2 + c \max(0, -\mathrm{margin}(x))$, and a search for the least $c$ that
/// succeeds: ten times as much until it does, then halves. An image stops early when its least loss has not
/// fallen for a tenth of the steps; the last loss would not do, since that swings once the criterion is met.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CarliniWagner {
    /// Steps for each value of c.
    pub(super) steps: usize,
    /// Step size of Adam.
    pub(super) step_size: f64,
    /// The number of values of c.
    pub(super) searches: usize,
    /// The first of them.
    pub(super) first_weight: f64,
}

/// One image and what was found for it.
struct Search {
    weight: f64,
    lower: f64,
    upper: f64,
    best: Option<(f64, Vec<f32>)>,
}

/// The optimisation of one image for one weight.
struct Descent {
    item: usize,
    /// Where it begins in the space without bounds.
    origin: Vec<f64>,
    change: Vec<f64>,
    means: [Vec<f64>; 2],
    least_loss: f64,
    least_at_look: f64,
    has_succeeded: bool,
}

impl Attack for CarliniWagner {
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, _: Ball) -> Result<Tensor, Error> {
        let begin = || Search { weight: self.first_weight, lower: 0.0, upper: f64::INFINITY, best: None };
        let mut searches: Vec<Search> = (0..batch.len()).map(|_| begin()).collect();
        for _ in 0..self.searches {
            let succeeded = self.descend(victim, batch, &mut searches)?;
            searches.iter_mut().zip(succeeded).for_each(|(search, found)| search.narrow(found));
        }
        let mut perturbed = batch.images.clone();
        for (item, search) in searches.into_iter().enumerate() {
            if let Some((_, best)) = search.best {
                perturbed.item_mut(item).copy_from_slice(&best);
            }
        }
        Ok(perturbed)
    }
}

impl CarliniWagner {
    /// Which images met their criterion on the way.
    fn descend(
        &self,
        victim: &Victim<'_>,
        batch: &Batch,
        searches: &mut [Search],
    ) -> Result<Vec<bool>, Error> {
        let mut succeeded = vec![false; batch.len()];
        let images = batch.images.items().enumerate();
        let mut descents: Vec<Descent> = images.map(|(item, image)| Descent::new(item, image)).collect();
        for step in 0..self.steps {
            let corrections = [0.9_f64, 0.999].map(|decay| 1.0 - decay.powf(step as f64 + 1.0));
            let (points, gradient) = Self::look(victim, batch, searches, &mut descents)?;
            for (descent, (point, slopes)) in descents.iter_mut().zip(points.items().zip(gradient.items())) {
                descent.step(self.step_size, corrections, (point, batch.images.item(descent.item)), slopes);
                succeeded[descent.item] |= descent.has_succeeded;
            }
            if step % self.steps.div_ceil(10) == 0 {
                descents.retain_mut(Descent::goes_on);
            }
            if descents.is_empty() {
                break;
            }
        }
        Ok(succeeded)
    }

    /// Where the images are, and the slope there of the part of the loss that depends on the network.
    fn look(
        victim: &Victim<'_>,
        batch: &Batch,
        searches: &mut [Search],
        descents: &mut [Descent],
    ) -> Result<(Tensor, Tensor), Error> {
        let items: Vec<usize> = descents.iter().map(|descent| descent.item).collect();
        let mut points = batch.images.select(&items);
        for (at, descent) in descents.iter().enumerate() {
            descent.write(points.item_mut(at));
        }
        let mut losses = Vec::with_capacity(items.len());
        let found = victim.pullback(&points, &mut |logits| {
            let mut cotangent = Tensor::zeros(logits.shape());
            for (at, (item, row)) in items.iter().zip(logits.items()).enumerate() {
                let (criterion, weight) = (batch.criteria[*item], searches[*item].weight);
                let height = -margin(row, criterion);
                losses.push(weight * height.max(0.0));
                if height > 0.0 {
                    let [up, down] = rivals(row, criterion);
                    let slopes = cotangent.item_mut(at);
                    (slopes[up], slopes[down]) = (-weight as f32, weight as f32);
                }
            }
            Ok(cotangent)
        })?;
        let seen = descents.iter_mut().zip(points.items().zip(found.logits.items())).zip(losses);
        for ((descent, (point, row)), loss) in seen {
            let distance = Norm::L2.distance(batch.images.item(descent.item), point);
            descent.see(loss + distance * distance);
            if batch.criteria[descent.item].is_met(row) {
                descent.has_succeeded = true;
                searches[descent.item].keep(distance, point);
            }
        }
        Ok((points, found.gradient))
    }
}

impl Search {
    fn keep(&mut self, distance: f64, point: &[f32]) {
        if self.best.as_ref().is_none_or(|(best, _)| distance < *best) {
            self.best = Some((distance, point.to_vec()));
        }
    }

    fn narrow(&mut self, has_succeeded: bool) {
        if has_succeeded {
            self.upper = self.weight;
        } else {
            self.lower = self.weight;
        }
        self.weight =
            if self.upper.is_finite() { f64::midpoint(self.lower, self.upper) } else { 10.0 * self.weight };
    }
}

impl Descent {
    fn new(item: usize, image: &[f32]) -> Self {
        let origin = image.iter().map(|pixel| ((2.0 * f64::from(*pixel) - 1.0) * 0.999_999).atanh());
        let n = image.len();
        Self {
            item,
            origin: origin.collect(),
            change: vec![0.0; n],
            means: [vec![0.0; n], vec![0.0; n]],
            least_loss: f64::INFINITY,
            least_at_look: f64::INFINITY,
            has_succeeded: false,
        }
    }

    fn write(&self, point: &mut [f32]) {
        for ((pixel, origin), change) in point.iter_mut().zip(&self.origin).zip(&self.change) {
            *pixel = f64::midpoint((origin + change).tanh(), 1.0) as f32;
        }
    }

    /// One step of Adam; the slope of the distance and that of tanh are added here.
    fn step(&mut self, size: f64, corrections: [f64; 2], (point, image): (&[f32], &[f32]), slopes: &[f32]) {
        let [first, second] = &mut self.means;
        for (at, change) in self.change.iter_mut().enumerate() {
            let (pixel, clean) = (f64::from(point[at]), f64::from(image[at]));
            let slope = f64::from(slopes[at]) + 2.0 * (pixel - clean);
            // With x = (1 + tanh w) / 2, dx/dw is 2 x (1 - x).
            let slope = slope * 2.0 * pixel * (1.0 - pixel);
            first[at] = 0.9 * first[at] + 0.1 * slope;
            second[at] = 0.999 * second[at] + 0.001 * slope * slope;
            *change -= size * (first[at] / corrections[0]) / ((second[at] / corrections[1]).sqrt() + 1e-8);
        }
    }

    fn see(&mut self, loss: f64) {
        self.least_loss = self.least_loss.min(loss);
    }

    fn goes_on(&mut self) -> bool {
        let goes_on = self.least_loss <= 0.9999 * self.least_at_look;
        self.least_at_look = self.least_loss;
        goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descent_goes_on_while_its_least_loss_falls() {
        let mut descent = Descent::new(0, &[0.5]);
        let mut look = |losses: &[f64]| {
            for loss in losses {
                descent.see(*loss);
            }
            descent.goes_on()
        };
        assert!(look(&[1.0]));
        assert!(look(&[0.5, 2.0]), "the last loss swings");
        assert!(!look(&[0.75, 0.6]));
    }
}

//! The fast gradient sign method.

use crate::error::{Error, ErrorKind};
use crate::network::Differentiable;
use crate::tensor::Tensor;

/// What an attack wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// Away from the labels, which are the true ones.
    Untargeted,
    /// Towards the labels, which are the wanted ones.
    Targeted,
}

/// One step of size epsilon along the sign of the gradient of the cross entropy (Goodfellow et al. 2015).
///
/// # Units
///
/// `epsilon` and `bounds` are in the units of the batch. For an epsilon in units of full brightness divide by
/// `Normalization::std`; the bounds are `Normalization::bounds`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fgsm {
    epsilon: f32,
    bounds: [f32; 2],
    goal: Goal,
}

impl Fgsm {
    /// A step of `epsilon`, clipped to `bounds`.
    ///
    /// # Errors
    ///
    /// If epsilon is negative or not finite, or the lower bound is not below the upper.
    pub fn new(epsilon: f32, bounds: [f32; 2], goal: Goal) -> Result<Self, Error> {
        if !(epsilon >= 0.0 && epsilon.is_finite()) {
            let value = f64::from(epsilon);
            return Err(ErrorKind::OutOfRange {
                argument: "epsilon",
                value,
                allowed: "at least 0 and finite",
            }
            .into());
        }
        if !(bounds[0] < bounds[1] && bounds.iter().all(|bound| bound.is_finite())) {
            let value = f64::from(bounds[0]);
            return Err(ErrorKind::OutOfRange {
                argument: "bounds",
                value,
                allowed: "below the upper bound",
            }
            .into());
        }
        Ok(Self { epsilon, bounds, goal })
    }

    /// The perturbed batch: within epsilon of `batch` in every pixel, and within the bounds.
    ///
    /// # Errors
    ///
    /// As [`Differentiable::input_gradient`]; and if a pixel of `batch` is outside the bounds or not finite.
    pub fn perturb(
        &self,
        network: &dyn Differentiable,
        batch: &Tensor,
        labels: &[usize],
    ) -> Result<Tensor, Error> {
        self.check(batch)?;
        let gradient = network.input_gradient(batch, labels)?.gradient;
        let direction = match self.goal {
            Goal::Untargeted => self.epsilon,
            Goal::Targeted => -self.epsilon,
        };
        let [lower, upper] = self.bounds;
        let moved = |(pixel, slope): (&f32, &f32)| {
            let step = if *slope == 0.0 { 0.0 } else { direction * slope.signum() };
            (pixel + step).clamp(lower, upper)
        };
        let values = batch.values().iter().zip(gradient.values()).map(moved).collect();
        Tensor::new(batch.shape(), values)
    }

    fn check(&self, batch: &Tensor) -> Result<(), Error> {
        let [lower, upper] = self.bounds;
        match batch.values().iter().find(|value| !(lower..=upper).contains(*value)) {
            Some(value) if value.is_finite() => {
                let (value, allowed) = (f64::from(*value), "within the bounds given to the attack");
                Err(ErrorKind::OutOfRange { argument: "batch", value, allowed }.into())
            }
            Some(value) => Err(ErrorKind::NotFinite { argument: "batch", value: f64::from(*value) }.into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dataset;
    use crate::model::{Model, ModelSpec};

    fn network() -> Model {
        ModelSpec { width: 4, seed: 5, ..ModelSpec::new("small-cnn", [28, 28, 1], 10) }.build().unwrap()
    }

    fn images(n: usize) -> (Tensor, [f32; 2], Vec<usize>) {
        let set = dataset::embedded(false).unwrap();
        let normalization = set.normalization().unwrap();
        let indices: Vec<usize> = (0..n).collect();
        (set.batch(&indices, normalization).unwrap(), normalization.bounds(), set.labels()[..n].to_vec())
    }

    fn mean_loss(network: &Model, batch: &Tensor, labels: &[usize]) -> f32 {
        network.input_gradient(batch, labels).unwrap().losses.iter().sum::<f32>() / labels.len() as f32
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn the_result_is_inside_ball_and_box(epsilon in 0.0_f32..2.0, targeted: bool) {
            let (batch, bounds, labels) = images(3);
            let goal = if targeted { Goal::Targeted } else { Goal::Untargeted };
            let perturbed = Fgsm::new(epsilon, bounds, goal).unwrap().perturb(&network(), &batch, &labels).unwrap();
            for (before, after) in batch.values().iter().zip(perturbed.values()) {
                prop_assert!((after - before).abs() <= epsilon * (1.0 + 1e-5) + 1e-6);
                prop_assert!((bounds[0]..=bounds[1]).contains(after));
            }
            prop_assert!(epsilon == 0.0 || perturbed != batch);
        }
    }

    #[test]
    fn zero_epsilon_changes_nothing() {
        let (batch, bounds, labels) = images(2);
        let attack = Fgsm::new(0.0, bounds, Goal::Untargeted).unwrap();
        assert_eq!(attack.perturb(&network(), &batch, &labels).unwrap(), batch);
    }

    #[test]
    fn the_loss_goes_where_the_goal_says() {
        let (network, (batch, bounds, labels)) = (network(), images(8));
        let before = mean_loss(&network, &batch, &labels);
        for (goal, sign) in [(Goal::Untargeted, 1.0), (Goal::Targeted, -1.0)] {
            let perturbed =
                Fgsm::new(0.01, bounds, goal).unwrap().perturb(&network, &batch, &labels).unwrap();
            let after = mean_loss(&network, &perturbed, &labels);
            assert!(sign * (after - before) > 1e-4, "{goal:?}: {before} to {after}");
        }
    }

    #[test]
    fn bad_requests_are_named() {
        let fails = |result: Result<Fgsm, Error>, word: &str| {
            let message = result.unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails(Fgsm::new(-0.1, [0.0, 1.0], Goal::Targeted), "epsilon");
        fails(Fgsm::new(f32::NAN, [0.0, 1.0], Goal::Targeted), "epsilon");
        fails(Fgsm::new(0.1, [1.0, 1.0], Goal::Targeted), "bounds");
        let (mut batch, bounds, labels) = images(1);
        let attack = Fgsm::new(0.1, bounds, Goal::Untargeted).unwrap();
        assert!(attack.perturb(&network(), &batch, &[10]).unwrap_err().to_string().contains("label 10"));
        batch.values_mut()[7] = 100.0;
        assert!(attack.perturb(&network(), &batch, &labels).unwrap_err().to_string().contains("batch"));
        batch.values_mut()[7] = f32::NAN;
        assert!(attack.perturb(&network(), &batch, &labels).unwrap_err().to_string().contains("NaN"));
    }
}

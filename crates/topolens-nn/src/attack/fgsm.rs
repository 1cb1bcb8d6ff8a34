//! The fast gradient sign method.

use crate::dataset::Normalization;
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
/// `epsilon` is in units of full brightness, the same for every channel; the batch is in those of the normalisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Fgsm {
    epsilon: f64,
    normalization: Normalization,
    goal: Goal,
}

impl Fgsm {
    /// A step of `epsilon` from images scaled by `normalization`, clipped to black and white.
    ///
    /// # Errors
    ///
    /// If epsilon is negative or not finite.
    pub fn new(epsilon: f64, normalization: &Normalization, goal: Goal) -> Result<Self, Error> {
        if !(epsilon >= 0.0 && epsilon.is_finite()) {
            let allowed = "at least 0 and finite";
            return Err(ErrorKind::OutOfRange { argument: "epsilon", value: epsilon, allowed }.into());
        }
        Ok(Self { epsilon, normalization: normalization.clone(), goal })
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
        let mut perturbed = batch.clone();
        let n_channels = n_channels(batch);
        for channel in 0..n_channels {
            let step = (self.epsilon / self.normalization.std(channel)) as f32;
            let step = if self.goal == Goal::Untargeted { step } else { -step };
            let [lower, upper] = self.normalization.bounds(channel);
            let pixels = perturbed.values_mut().iter_mut().skip(channel).step_by(n_channels);
            let slopes = gradient.values().iter().skip(channel).step_by(n_channels);
            for (pixel, slope) in pixels.zip(slopes).filter(|(_, slope)| **slope != 0.0) {
                *pixel = (*pixel + step * slope.signum()).clamp(lower, upper);
            }
        }
        Ok(perturbed)
    }

    fn check(&self, batch: &Tensor) -> Result<(), Error> {
        let n_channels = n_channels(batch);
        for (index, &value) in batch.values().iter().enumerate() {
            let [lower, upper] = self.normalization.bounds(index % n_channels);
            if !value.is_finite() {
                return Err(ErrorKind::NotFinite { argument: "batch", value: f64::from(value) }.into());
            }
            if !(lower..=upper).contains(&value) {
                let (value, allowed) = (f64::from(value), "between what black and white become");
                return Err(ErrorKind::OutOfRange { argument: "batch", value, allowed }.into());
            }
        }
        Ok(())
    }
}

fn n_channels(batch: &Tensor) -> usize {
    batch.shape().last().copied().unwrap_or(1).max(1)
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

    fn images(n: usize) -> (Tensor, Normalization, Vec<usize>) {
        let set = dataset::embedded(false).unwrap();
        let normalization = set.normalization().unwrap();
        let indices: Vec<usize> = (0..n).collect();
        (set.batch(&indices, &normalization).unwrap(), normalization, set.labels()[..n].to_vec())
    }

    fn mean_loss(network: &Model, batch: &Tensor, labels: &[usize]) -> f32 {
        network.input_gradient(batch, labels).unwrap().losses.iter().sum::<f32>() / labels.len() as f32
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn the_result_is_inside_ball_and_box(epsilon in 0.0_f64..0.7, targeted: bool) {
            let (batch, normalization, labels) = images(3);
            let (step, bounds) = ((epsilon / normalization.std(0)) as f32, normalization.bounds(0));
            let goal = if targeted { Goal::Targeted } else { Goal::Untargeted };
            let perturbed = Fgsm::new(epsilon, &normalization, goal).unwrap().perturb(&network(), &batch, &labels).unwrap();
            for (before, after) in batch.values().iter().zip(perturbed.values()) {
                prop_assert!((after - before).abs() <= step * (1.0 + 1e-5) + 1e-6);
                prop_assert!((bounds[0]..=bounds[1]).contains(after));
            }
            prop_assert!(epsilon == 0.0 || perturbed != batch);
        }
    }

    #[test]
    fn zero_epsilon_changes_nothing() {
        let (batch, normalization, labels) = images(2);
        let attack = Fgsm::new(0.0, &normalization, Goal::Untargeted).unwrap();
        assert_eq!(attack.perturb(&network(), &batch, &labels).unwrap(), batch);
    }

    #[test]
    fn the_loss_goes_where_the_goal_says() {
        let (network, (batch, normalization, labels)) = (network(), images(8));
        let before = mean_loss(&network, &batch, &labels);
        for (goal, sign) in [(Goal::Untargeted, 1.0), (Goal::Targeted, -1.0)] {
            let perturbed =
                Fgsm::new(0.004, &normalization, goal).unwrap().perturb(&network, &batch, &labels).unwrap();
            let after = mean_loss(&network, &perturbed, &labels);
            assert!(sign * (after - before) > 1e-4, "{goal:?}: {before} to {after}");
        }
    }

    #[test]
    fn a_step_is_as_bright_in_every_channel() {
        let names = ["a", "b"].map(str::to_owned).to_vec();
        let pixels = (0..192_u8).map(|pixel| pixel / 2 + 60).collect();
        let set = dataset::Dataset::new("x", [8, 8, 3], pixels, vec![1], names).unwrap();
        let normalization = Normalization::new(&[0.1, 0.2, 0.3], &[1.0, 0.5, 0.25]).unwrap();
        let batch = set.batch(&[0], &normalization).unwrap();
        let network: Model =
            ModelSpec { width: 4, ..ModelSpec::new("small-cnn", [8, 8, 3], 2) }.build().unwrap();
        let attack = Fgsm::new(0.01, &normalization, Goal::Untargeted).unwrap();
        let perturbed = attack.perturb(&network, &batch, &[1]).unwrap();
        for (channel, step) in [0.01_f32, 0.02, 0.04].into_iter().enumerate() {
            let pairs = batch.values().iter().zip(perturbed.values()).skip(channel).step_by(3);
            let moved: Vec<f32> = pairs.map(|(before, after)| (after - before).abs()).collect();
            assert!(moved.iter().all(|moved| *moved == 0.0 || (moved - step).abs() < 1e-6), "{moved:?}");
            assert!(moved.iter().any(|moved| *moved > 0.0), "channel {channel}");
        }
    }

    #[test]
    fn bad_requests_are_named() {
        let fails = |result: Result<Fgsm, Error>, word: &str| {
            let message = result.unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        let (mut batch, normalization, labels) = images(1);
        fails(Fgsm::new(-0.1, &normalization, Goal::Targeted), "epsilon");
        fails(Fgsm::new(f64::NAN, &normalization, Goal::Targeted), "epsilon");
        let attack = Fgsm::new(0.1, &normalization, Goal::Untargeted).unwrap();
        assert!(attack.perturb(&network(), &batch, &[10]).unwrap_err().to_string().contains("label 10"));
        batch.values_mut()[7] = 100.0;
        assert!(attack.perturb(&network(), &batch, &labels).unwrap_err().to_string().contains("batch"));
        batch.values_mut()[7] = f32::NAN;
        assert!(attack.perturb(&network(), &batch, &labels).unwrap_err().to_string().contains("NaN"));
    }
}

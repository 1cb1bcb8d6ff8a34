//! What an optimiser remembers between steps.

use super::OptimizerSettings;
use super::adam::Adam;
use super::adamax::Adamax;
use super::sgd::Sgd;
use crate::layer::{ParameterId, Parameters};
use crate::tape::{Tape, Variable};
use crate::tensor::Tensor;

/// One trained tensor's memory.
#[derive(Debug, Clone, PartialEq)]
struct Moments {
    id: ParameterId,
    tensors: Vec<Tensor>,
}

/// Moving means of every trained tensor and the number of steps made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OptimizerState {
    settings: OptimizerSettings,
    step: u64,
    moments: Vec<Moments>,
}

impl OptimizerState {
    /// Before the first step.
    pub(crate) fn new(settings: OptimizerSettings, parameters: &Parameters<f32>) -> Self {
        let n_moments = Self::names(&settings).len();
        let trained = parameters.ids().filter(|id| parameters.get(*id).role.is_trained());
        let zeros = |id: ParameterId| {
            let shape = parameters.get(id).tensor.shape();
            Moments { id, tensors: vec![Tensor::zeros(shape); n_moments] }
        };
        Self { settings, step: 0, moments: trained.map(zeros).collect() }
    }

    /// What the memory of a tensor is called.
    fn names(settings: &OptimizerSettings) -> &'static [&'static str] {
        match settings {
            OptimizerSettings::Adam(_) | OptimizerSettings::AdamW(_) => &["mean", "square"],
            OptimizerSettings::Adamax(_) => &["mean", "largest"],
            OptimizerSettings::Sgd { .. } => &["velocity"],
        }
    }

    /// Steps made.
    pub(crate) fn step(&self) -> u64 {
        self.step
    }

    /// Sets the number of steps made, when the state is read from a file.
    pub(crate) fn set_step(&mut self, step: u64) {
        self.step = step;
    }

    /// Every remembered tensor with its name.
    pub(crate) fn tensors<'a>(
        &'a self,
        parameters: &'a Parameters<f32>,
    ) -> impl Iterator<Item = (String, &'a Tensor)> {
        let names = Self::names(&self.settings);
        self.moments.iter().flat_map(move |moments| {
            let parameter = &parameters.get(moments.id).name;
            names
                .iter()
                .zip(&moments.tensors)
                .map(move |(name, tensor)| (format!("optimizer.{name}.{parameter}"), tensor))
        })
    }

    /// Every remembered tensor with its name, to be changed.
    pub(crate) fn tensors_mut(&mut self, parameters: &Parameters<f32>) -> Vec<(String, &mut Tensor)> {
        let names = Self::names(&self.settings);
        let mut tensors = Vec::new();
        for moments in &mut self.moments {
            let parameter = &parameters.get(moments.id).name;
            for (name, tensor) in names.iter().zip(&mut moments.tensors) {
                tensors.push((format!("optimizer.{name}.{parameter}"), tensor));
            }
        }
        tensors
    }

    /// Moves every trained tensor by the gradient that `leaves` have on `tape`, at `share` of the step size.
    pub(crate) fn apply(
        &mut self,
        parameters: &mut Parameters<f32>,
        tape: &Tape<f32>,
        leaves: &[(ParameterId, Variable)],
        share: f64,
    ) {
        self.step += 1;
        let settings = self.settings.with_learning_rate(share * self.settings.learning_rate());
        for moments in &mut self.moments {
            let leaf = leaves.iter().find(|(id, _)| *id == moments.id);
            let Some(gradient) = leaf.and_then(|(_, variable)| tape.gradient(*variable)) else { continue };
            let weights = parameters.get_mut(moments.id).tensor.values_mut();
            update(&settings, self.step, weights, gradient.values(), &mut moments.tensors);
        }
    }
}

/// Changes weights and moments of one tensor; weight decay is decoupled for AdamW and added to the gradient elsewhere.
fn update(
    settings: &OptimizerSettings,
    step: u64,
    weights: &mut [f32],
    gradients: &[f32],
    moments: &mut [Tensor],
) {
    match (*settings, moments) {
        (OptimizerSettings::Adam(adam), [means, squares]) => {
            let rule = Adam::new(adam, false, step);
            rule.apply(weights, gradients, means.values_mut(), squares.values_mut());
        }
        (OptimizerSettings::AdamW(adam), [means, squares]) => {
            let rule = Adam::new(adam, true, step);
            rule.apply(weights, gradients, means.values_mut(), squares.values_mut());
        }
        (OptimizerSettings::Adamax(adam), [means, largest]) => {
            Adamax::new(adam, step).apply(weights, gradients, means.values_mut(), largest.values_mut());
        }
        (OptimizerSettings::Sgd { learning_rate, momentum, nesterov, weight_decay }, [velocities]) => {
            let (learning_rate, momentum) = (learning_rate as f32, momentum as f32);
            let rule = Sgd { learning_rate, momentum, nesterov, coupled_decay: weight_decay as f32 };
            rule.apply(weights, gradients, velocities.values_mut());
        }
        _ => panic!("bug: an optimiser with another's memory"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::AdamSettings;

    /// torch.optim in double precision on w = [1, -2], gradients [0.5, -1], then [0.5, 3], step size 0.1, weight decay 0.2 (Adamax: none).
    #[test]
    fn two_steps_equal_pytorch() {
        let adam = AdamSettings { weight_decay: 0.2, ..AdamSettings::new(0.1) };
        let nesterov =
            OptimizerSettings::Sgd { learning_rate: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.2 };
        for (settings, expected) in [
            (OptimizerSettings::Adam(adam), [0.800_086_05, -1.934_071_98]),
            (OptimizerSettings::AdamW(adam), [0.762_4, -1.872_218_98]),
            (OptimizerSettings::adamax(0.1), [0.8, -1.936_842_11]),
            (nesterov, [0.682_354, -2.124_708]),
        ] {
            let mut weights = [1.0, -2.0];
            let mut moments = vec![Tensor::zeros(&[2]); OptimizerState::names(&settings).len()];
            for (step, gradients) in [(1, [0.5, -1.0]), (2, [0.5, 3.0])] {
                update(&settings, step, &mut weights, &gradients, &mut moments);
            }
            for (weight, expected) in weights.iter().zip(expected) {
                assert!((f64::from(*weight) - expected).abs() < 2e-5, "{settings}: {weights:?}");
            }
        }
    }
}

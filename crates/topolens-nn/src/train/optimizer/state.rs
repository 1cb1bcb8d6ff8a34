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

    /// Moves every trained tensor by the gradient that `leaves` have on `tape`.
    pub(crate) fn apply(
        &mut self,
        parameters: &mut Parameters<f32>,
        tape: &Tape<f32>,
        leaves: &[(ParameterId, Variable)],
    ) {
        self.step += 1;
        for moments in &mut self.moments {
            let leaf = leaves.iter().find(|(id, _)| *id == moments.id);
            let Some(gradient) = leaf.and_then(|(_, variable)| tape.gradient(*variable)) else { continue };
            let weights = parameters.get_mut(moments.id).tensor.values_mut();
            let decayed = decay(&self.settings, weights, gradient.values());
            let gradients = decayed.as_deref().unwrap_or(gradient.values());
            update(&self.settings, self.step, weights, gradients, &mut moments.tensors);
        }
    }
}

/// Shrinks the weights where decay is decoupled; elsewhere gives the gradients with the decay added, if there is any.
fn decay(settings: &OptimizerSettings, weights: &mut [f32], gradients: &[f32]) -> Option<Vec<f32>> {
    let decay = settings.weight_decay() as f32;
    if decay == 0.0 {
        return None;
    }
    if let OptimizerSettings::AdamW(adam) = settings {
        let factor = (1.0 - adam.learning_rate * adam.weight_decay) as f32;
        for weight in weights {
            *weight *= factor;
        }
        return None;
    }
    Some(gradients.iter().zip(weights).map(|(gradient, weight)| gradient + decay * *weight).collect())
}

fn update(
    settings: &OptimizerSettings,
    step: u64,
    weights: &mut [f32],
    gradients: &[f32],
    moments: &mut [Tensor],
) {
    match (*settings, moments) {
        (OptimizerSettings::Adam(adam) | OptimizerSettings::AdamW(adam), [means, squares]) => {
            let adam = Adam::new(adam.learning_rate, [adam.beta1, adam.beta2], adam.epsilon, step);
            adam.apply(weights, gradients, means.values_mut(), squares.values_mut());
        }
        (OptimizerSettings::Adamax(adam), [means, largest]) => {
            let adamax = Adamax::new(adam.learning_rate, [adam.beta1, adam.beta2], adam.epsilon, step);
            adamax.apply(weights, gradients, means.values_mut(), largest.values_mut());
        }
        (OptimizerSettings::Sgd { learning_rate, momentum, nesterov, .. }, [velocities]) => {
            let sgd = Sgd { learning_rate: learning_rate as f32, momentum: momentum as f32, nesterov };
            sgd.apply(weights, gradients, velocities.values_mut());
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
                let decayed = decay(&settings, &mut weights, &gradients);
                update(&settings, step, &mut weights, decayed.as_deref().unwrap_or(&gradients), &mut moments);
            }
            for (weight, expected) in weights.iter().zip(expected) {
                assert!((f64::from(*weight) - expected).abs() < 2e-5, "{settings}: {weights:?}");
            }
        }
    }
}

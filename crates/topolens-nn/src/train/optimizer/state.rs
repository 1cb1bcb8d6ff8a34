//! What an optimiser remembers between steps.

use super::OptimizerSettings;
use super::adam::Adam;
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
            OptimizerSettings::Adam { .. } => &["mean", "square"],
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
            update(&self.settings, self.step, weights, gradient.values(), &mut moments.tensors);
        }
    }
}

fn update(
    settings: &OptimizerSettings,
    step: u64,
    weights: &mut [f32],
    gradients: &[f32],
    moments: &mut [Tensor],
) {
    match (*settings, moments) {
        (OptimizerSettings::Adam { learning_rate, beta1, beta2, epsilon }, [means, squares]) => {
            let adam = Adam::new(learning_rate, [beta1, beta2], epsilon, step);
            adam.apply(weights, gradients, means.values_mut(), squares.values_mut());
        }
        (OptimizerSettings::Sgd { learning_rate, momentum }, [velocities]) => {
            let sgd = Sgd { learning_rate: learning_rate as f32, momentum: momentum as f32 };
            sgd.apply(weights, gradients, velocities.values_mut());
        }
        _ => panic!("bug: an optimiser with another's memory"),
    }
}

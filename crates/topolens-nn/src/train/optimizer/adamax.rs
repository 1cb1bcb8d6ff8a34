//! Adamax (Kingma & Ba 2015, section 7.1).

use super::AdamSettings;

/// The constants of one step: the correction for the start is in them already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adamax {
    mean_share: f32,
    beta2: f32,
    step_size: f32,
    epsilon: f32,
    /// Times the weights, added to the gradient.
    coupled_decay: f32,
}

impl Adamax {
    /// For step number `step`, from 1.
    pub(super) fn new(settings: AdamSettings, step: u64) -> Self {
        let AdamSettings { learning_rate, beta1, beta2, epsilon, weight_decay } = settings;
        Self {
            mean_share: (1.0 - beta1) as f32,
            beta2: beta2 as f32,
            step_size: (learning_rate / (1.0 - beta1.powf(step as f64))) as f32,
            epsilon: epsilon as f32,
            coupled_decay: weight_decay as f32,
        }
    }

    /// Changes the weights, the moving means of gradients and their moving largest sizes, u ← max(β₂ u, |g| + ε).
    pub(super) fn apply(
        &self,
        weights: &mut [f32],
        gradients: &[f32],
        means: &mut [f32],
        largest: &mut [f32],
    ) {
        let moments = means.iter_mut().zip(largest);
        for ((weight, gradient), (mean, largest)) in weights.iter_mut().zip(gradients).zip(moments) {
            let gradient = gradient + self.coupled_decay * *weight;
            *mean += (gradient - *mean) * self.mean_share;
            *largest = (*largest * self.beta2).max(gradient.abs() + self.epsilon);
            *weight -= self.step_size * *mean / *largest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_without_a_slope_stays() {
        let settings = AdamSettings::new(0.1);
        let (mut weights, mut means, mut largest) = ([1.0], [0.0], [0.0]);
        Adamax::new(settings, 1).apply(&mut weights, &[0.0], &mut means, &mut largest);
        assert_eq!(weights, [1.0]);
    }
}

//! Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019).

use super::AdamSettings;

/// The constants of one step: the corrections for the start are in them already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adam {
    /// 1 − β₁, taken before rounding to single precision.
    mean_share: f32,
    /// 1 − β₂.
    square_share: f32,
    step_size: f32,
    root_correction: f32,
    epsilon: f32,
    /// Times the weights, added to the gradient.
    coupled_decay: f32,
    /// What the weights are multiplied by first.
    shrink: f32,
}

impl Adam {
    /// For step number `step`, from 1, with weight decay decoupled from the gradient (AdamW) or not.
    pub(super) fn new(settings: AdamSettings, is_decoupled: bool, step: u64) -> Self {
        let AdamSettings { learning_rate, beta1, beta2, epsilon, weight_decay } = settings;
        let decoupled = 1.0 - learning_rate * weight_decay;
        let correction = |beta: f64| 1.0 - beta.powf(step as f64);
        Self {
            mean_share: (1.0 - beta1) as f32,
            square_share: (1.0 - beta2) as f32,
            step_size: (learning_rate / correction(beta1)) as f32,
            root_correction: correction(beta2).sqrt() as f32,
            epsilon: epsilon as f32,
            coupled_decay: if is_decoupled { 0.0 } else { weight_decay as f32 },
            shrink: if is_decoupled { decoupled as f32 } else { 1.0 },
        }
    }

    /// Changes the weights and the moving means of gradients and squared gradients.
    pub(super) fn apply(
        &self,
        weights: &mut [f32],
        gradients: &[f32],
        means: &mut [f32],
        squares: &mut [f32],
    ) {
        let moments = means.iter_mut().zip(squares);
        for ((weight, gradient), (mean, square)) in weights.iter_mut().zip(gradients).zip(moments) {
            let gradient = gradient + self.coupled_decay * *weight;
            *mean += (gradient - *mean) * self.mean_share;
            *square += (gradient * gradient - *square) * self.square_share;
            *weight = *weight * self.shrink
                - self.step_size * *mean / (square.sqrt() / self.root_correction + self.epsilon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// torch.optim.Adam(lr=0.1) on w = [1, -2], gradients [0.5, -1], then [0.5, 3].
    #[test]
    fn two_steps_equal_pytorch() {
        let (mut weights, mut means, mut squares) = ([1.0, -2.0], [0.0; 2], [0.0; 2]);
        for (step, gradients) in [(1, [0.5, -1.0]), (2, [0.5, 3.0])] {
            Adam::new(AdamSettings::new(0.1), false, step).apply(
                &mut weights,
                &gradients,
                &mut means,
                &mut squares,
            );
        }
        assert!((weights[0] - 0.8).abs() < 1e-6, "{weights:?}");
        assert!((weights[1] + 1.949_418_9).abs() < 1e-6, "{weights:?}");
    }
}

//! Stochastic gradient descent with momentum.

/// The constants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sgd {
    pub(super) learning_rate: f32,
    pub(super) momentum: f32,
    /// Looks ahead along the velocity (Nesterov, as in Sutskever et al. 2013).
    pub(super) nesterov: bool,
    /// Times the weights, added to the gradient.
    pub(super) coupled_decay: f32,
}

impl Sgd {
    /// Changes the velocities, v ← momentum · v + gradient, and the weights, w ← w − rate · v; of Nesterov's kind w ← w − rate ·
    /// (gradient + momentum · v).
    pub(super) fn apply(self, weights: &mut [f32], gradients: &[f32], velocities: &mut [f32]) {
        for ((weight, gradient), velocity) in weights.iter_mut().zip(gradients).zip(velocities) {
            let gradient = gradient + self.coupled_decay * *weight;
            *velocity = *velocity * self.momentum + gradient;
            let step = if self.nesterov { gradient + self.momentum * *velocity } else { *velocity };
            *weight -= self.learning_rate * step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_velocity_carries_on() {
        let (mut weights, mut velocities) = ([1.0], [0.0]);
        let sgd = Sgd { learning_rate: 0.5, momentum: 0.5, nesterov: false, coupled_decay: 0.0 };
        sgd.apply(&mut weights, &[1.0], &mut velocities);
        assert_eq!((weights, velocities), ([0.5], [1.0]));
        sgd.apply(&mut weights, &[0.0], &mut velocities);
        assert_eq!((weights, velocities), ([0.25], [0.5]));
    }

    #[test]
    fn nesterov_looks_ahead() {
        let (mut weights, mut velocities) = ([1.0], [0.0]);
        let sgd = Sgd { learning_rate: 0.5, momentum: 0.5, nesterov: true, coupled_decay: 0.0 };
        sgd.apply(&mut weights, &[1.0], &mut velocities);
        assert_eq!((weights, velocities), ([0.25], [1.0]));
        sgd.apply(&mut weights, &[0.0], &mut velocities);
        assert_eq!((weights, velocities), ([0.125], [0.5]));
    }
}

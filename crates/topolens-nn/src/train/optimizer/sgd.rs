//! Stochastic gradient descent with momentum.

/// The constants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sgd {
    pub(super) learning_rate: f32,
    pub(super) momentum: f32,
}

impl Sgd {
    /// Changes the velocities, v ← momentum · v + gradient, and the weights, w ← w − rate · v.
    pub(super) fn apply(self, weights: &mut [f32], gradients: &[f32], velocities: &mut [f32]) {
        for ((weight, gradient), velocity) in weights.iter_mut().zip(gradients).zip(velocities) {
            *velocity = *velocity * self.momentum + gradient;
            *weight -= self.learning_rate * *velocity;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_velocity_carries_on() {
        let (mut weights, mut velocities) = ([1.0], [0.0]);
        let sgd = Sgd { learning_rate: 0.5, momentum: 0.5 };
        sgd.apply(&mut weights, &[1.0], &mut velocities);
        assert_eq!((weights, velocities), ([0.5], [1.0]));
        sgd.apply(&mut weights, &[0.0], &mut velocities);
        assert_eq!((weights, velocities), ([0.25], [0.5]));
    }
}

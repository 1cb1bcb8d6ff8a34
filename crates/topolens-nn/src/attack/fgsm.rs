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
            return Err(ErrorKind::OutOfRange { argument: "epsilon", value, allowed: "at least 0 and finite" }.into());
        }
        if !(bounds[0] < bounds[1] && bounds.iter().all(|bound| bound.is_finite())) {
            let value = f64::from(bounds[0]);
            return Err(ErrorKind::OutOfRange { argument: "bounds", value, allowed: "below the upper bound" }.into());
        }
        Ok(Self { epsilon, bounds, goal })
    }

    /// The perturbed batch: within epsilon of `batch` in every pixel, and within the bounds.
    ///
    /// # Errors
    ///
    /// As [`Differentiable::input_gradient`]; and if a pixel of `batch` is outside the bounds or not finite.
    pub fn perturb(&self, network: &dyn Differentiable, batch: &Tensor, labels: &[usize]) -> Result<Tensor, Error> {
        todo!()
    }
}

//! A network with its preprocessing.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Criterion;
use super::loss::Loss;
use crate::dataset::Normalization;
use crate::error::{Error, ErrorKind};
use crate::network::{Cotangent, Differentiable, Network, Pullback};
use crate::tensor::Tensor;

/// What is attacked: a network that takes pixels from 0 to 1, its preprocessing being part of it.
#[derive(Clone, Copy)]
pub struct Victim<'a> {
    network: &'a dyn Network,
    gradients: Option<&'a dyn Differentiable>,
    normalization: &'a Normalization,
    interrupt: Option<&'a AtomicBool>,
}

impl std::fmt::Debug for Victim<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Victim").field("normalization", &self.normalization).finish_non_exhaustive()
    }
}

impl<'a> Victim<'a> {
    /// A network that can be differentiated.
    pub fn new(network: &'a dyn Differentiable, normalization: &'a Normalization) -> Self {
        Self { network, gradients: Some(network), normalization, interrupt: None }
    }

    /// A network that runs forward only.
    pub fn forward_only(network: &'a dyn Network, normalization: &'a Normalization) -> Self {
        Self { network, gradients: None, normalization, interrupt: None }
    }

    /// Stops with an error once `interrupt` is true.
    #[must_use]
    pub fn interruptible(self, interrupt: &'a AtomicBool) -> Self {
        Self { interrupt: Some(interrupt), ..self }
    }

    /// The network.
    pub fn network(&self) -> &'a dyn Network {
        self.network
    }

    /// Whether attacks by gradients can be run on it.
    pub fn has_gradients(&self) -> bool {
        self.gradients.is_some()
    }

    /// The logits of images of pixels from 0 to 1.
    ///
    /// # Errors
    ///
    /// As [`Network::forward`]; interrupted.
    pub fn logits(&self, pixels: &Tensor) -> Result<Tensor, Error> {
        self.go_on()?;
        let (layer, input) = (self.network.logits_layer(), self.normalized(pixels));
        if layer + 1 == self.network.layers().len() {
            return Ok(self.network.forward(&input, &[])?.output);
        }
        Ok(self.network.forward(&input, &[layer])?.taps.remove(0))
    }

    /// The images as the network takes them.
    pub fn normalized(&self, pixels: &Tensor) -> Tensor {
        let n_channels = pixels.shape().last().copied().unwrap_or(1).max(1);
        let scales: Vec<(f64, f64)> =
            (0..n_channels).map(|c| (self.normalization.mean(c), self.normalization.std(c))).collect();
        let values = pixels.values().iter().zip(scales.iter().cycle());
        let values = values.map(|(pixel, (mean, std))| ((f64::from(*pixel) - mean) / std) as f32);
        Tensor::from_parts(pixels.shape().to_vec(), values.collect())
    }

    /// As [`Differentiable::pullback`], with the gradient in pixels from 0 to 1.
    pub(super) fn pullback(&self, pixels: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Pullback, Error> {
        self.go_on()?;
        let Some(network) = self.gradients else {
            let reason =
                "the attack needs gradients, and the network runs forward only; take square or noise";
            return Err(ErrorKind::OnnxRun { reason: reason.to_owned() }.into());
        };
        let mut found = network.pullback(&self.normalized(pixels), cotangent)?;
        let n_channels = pixels.shape().last().copied().unwrap_or(1).max(1);
        let scales: Vec<f32> = (0..n_channels).map(|c| (1.0 / self.normalization.std(c)) as f32).collect();
        let slopes = found.gradient.values_mut().iter_mut().zip(scales.iter().cycle());
        slopes.for_each(|(slope, scale)| *slope *= scale);
        Ok(found)
    }

    /// A loss of each image, with its gradient in the pixels.
    pub(super) fn slope(&self, pixels: &Tensor, criteria: &[Criterion], loss: Loss) -> Result<Slope, Error> {
        let mut losses = Vec::with_capacity(criteria.len());
        let Pullback { logits, gradient } = self.pullback(pixels, &mut |logits| {
            if logits.item_len() < loss.least_classes() {
                let value = logits.item_len() as f64;
                let allowed = "2 or more, for apgd-dlr 4 or more (take apgd-ce)";
                return Err(ErrorKind::OutOfRange { argument: "classes", value, allowed }.into());
            }
            let mut cotangent = Vec::with_capacity(logits.len());
            for (row, criterion) in logits.items().zip(criteria) {
                let (value, slope) = loss.with_slope(row, *criterion);
                losses.push(value);
                cotangent.extend(slope.into_iter().map(|slope| slope as f32));
            }
            Tensor::new(logits.shape(), cotangent)
        })?;
        Ok(Slope { logits, losses, gradient })
    }

    fn go_on(&self) -> Result<(), Error> {
        match self.interrupt {
            Some(interrupt) if interrupt.load(Ordering::Relaxed) => Err(ErrorKind::Interrupted.into()),
            _ => Ok(()),
        }
    }
}

/// A loss of each image of a batch and the way up.
pub(super) struct Slope {
    pub(super) logits: Tensor,
    pub(super) losses: Vec<f64>,
    pub(super) gradient: Tensor,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelSpec;

    #[test]
    fn slopes_are_in_units_of_pixels() {
        let normalization = Normalization::new(&[0.4, 0.5, 0.6], &[1.0, 0.5, 0.1]).unwrap();
        let network = ModelSpec { width: 4, ..ModelSpec::new("small-cnn", [8, 8, 3], 3) }.build().unwrap();
        let victim = Victim::new(&network, &normalization);
        let pixels: Vec<f32> = (0..192).map(|at| 0.3 + 0.4 * ((at * 37 % 101) as f32 / 101.0)).collect();
        let image = Tensor::new(&[1, 8, 8, 3], pixels).unwrap();
        let criteria = [Criterion { label: 1, target: None }];
        let loss = |image: &Tensor| victim.slope(image, &criteria, Loss::CrossEntropy).unwrap();
        let slopes = loss(&image).gradient;
        let length = slopes.values().iter().map(|slope| slope * slope).sum::<f32>().sqrt();
        // Along the gradient the loss rises by its length.
        let moved = |step: f32| {
            let mut moved = image.clone();
            let pixels = moved.values_mut().iter_mut().zip(slopes.values());
            pixels.for_each(|(pixel, slope)| *pixel += step * slope / length);
            loss(&moved).losses[0]
        };
        let difference = (moved(1e-3) - moved(-1e-3)) / 2e-3;
        assert!((difference / f64::from(length) - 1.0).abs() < 0.02, "{difference} {length}");
    }

    #[test]
    fn work_stops_when_it_is_asked_to() {
        let normalization = Normalization::new(&[0.5], &[0.5]).unwrap();
        let network = ModelSpec { width: 4, ..ModelSpec::new("small-cnn", [8, 8, 1], 3) }.build().unwrap();
        let interrupt = AtomicBool::new(true);
        let victim = Victim::new(&network, &normalization).interruptible(&interrupt);
        assert!(victim.logits(&Tensor::zeros(&[1, 8, 8, 1])).unwrap_err().is_interrupted());
    }
}

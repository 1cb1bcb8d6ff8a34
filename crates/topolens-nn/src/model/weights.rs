//! The trained numbers of a network, to be looked at and to be changed.

use super::Model;
use crate::error::{Error, ErrorKind};
use crate::layer::Role;

/// What trained numbers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WeightKind {
    /// Of a convolution: kernel × kernel × in × out.
    Convolution,
    /// Of a fully connected layer: in × out.
    Linear,
    /// Biases, and scales and shifts of normalisations.
    Vector,
}

/// A trained tensor of a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights<'a> {
    /// Dotted name, such as `block1.conv1.weight`.
    pub name: &'a str,
    /// What it does.
    pub kind: WeightKind,
    /// Extents, the outputs last.
    pub shape: &'a [usize],
    /// The numbers, row-major.
    pub values: &'a [f32],
}

impl Weights<'_> {
    /// Whether it mixes channels: its rows are the inputs at each place of the kernel, its columns the outputs.
    pub fn is_matrix(&self) -> bool {
        let is_depthwise = self.kind == WeightKind::Convolution && self.shape.get(2) == Some(&1);
        self.kind != WeightKind::Vector && !(is_depthwise && self.shape[3] > 3)
    }
}

impl Model<f32> {
    /// The trained tensors in the order of the layers.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens_nn::{Model, ModelSpec};
    ///
    /// let model: Model = ModelSpec::new("mlp2", [4, 4, 1], 3).build()?;
    /// let weights = model.weights();
    /// assert_eq!(weights[0].shape, [16, 512]);
    /// assert_eq!(weights.iter().map(|w| w.values.len()).sum::<usize>(), model.n_parameters());
    /// # Ok::<(), topolens_nn::Error>(())
    /// ```
    pub fn weights(&self) -> Vec<Weights<'_>> {
        let parameters = self.graph.parameters.iter().filter(|parameter| parameter.role.is_trained());
        let weights = parameters.map(|parameter| Weights {
            name: &parameter.name,
            kind: kind(parameter.role),
            shape: parameter.tensor.shape(),
            values: parameter.tensor.values(),
        });
        weights.collect()
    }

    /// A network like this one with other trained numbers: `change` gives those of each tensor.
    ///
    /// # Errors
    ///
    /// It gives more or fewer numbers than the tensor has.
    pub fn with_weights(&self, change: &mut dyn FnMut(Weights<'_>) -> Vec<f32>) -> Result<Self, Error> {
        let mut changed = self.clone();
        let parameters = changed.graph.parameters.iter_mut();
        for (weights, parameter) in self.weights().into_iter().zip(parameters.filter(|p| p.role.is_trained()))
        {
            let values = change(weights);
            let (expected, got) = (vec![weights.values.len()], vec![values.len()]);
            if expected != got {
                return Err(ErrorKind::ShapeMismatch { argument: "weights", expected, got }.into());
            }
            parameter.tensor.values_mut().copy_from_slice(&values);
        }
        Ok(changed)
    }

    /// $\sqrt{\sum_{\text{paths}} \prod w^2}$ over all paths from an input to an output, batch normalisation taken into the weights before it.
    ///
    /// It is the root of what the network of squared weights gives for an input of ones; pooling is left as it is. `None` where a path has no
    /// weight of its own (nonlinearities other than ReLU, attention, scaled channels, layer normalisation), or the sum is beyond
    /// double precision.
    ///
    /// # Errors
    ///
    /// None for a network that was built.
    ///
    /// # References
    ///
    /// bib: `neyshabur2015`, `jiang2020`
    pub fn path_norm(&self) -> Result<Option<f64>, Error> {
        let mut model: Model<f64> = self.spec().build()?;
        for (double, single) in model.graph.parameters.iter_mut().zip(self.graph.parameters.iter()) {
            let values = double.tensor.values_mut().iter_mut().zip(single.tensor.values());
            values.for_each(|(double, single)| *double = f64::from(*single));
        }
        Ok(model.graph.sum_of_squared_paths(self.spec().input_shape).map(f64::sqrt))
    }
}

fn kind(role: Role) -> WeightKind {
    match role {
        Role::ConvolutionWeight => WeightKind::Convolution,
        Role::LinearWeight => WeightKind::Linear,
        Role::Vector | Role::Statistic => WeightKind::Vector,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelSpec, Nonlinearity};
    use crate::{Network, Tensor};

    #[test]
    fn the_path_norm_of_a_perceptron_is_the_product_of_its_squared_matrices() {
        let model: Model = ModelSpec { width: 5, ..ModelSpec::new("mlp2", [2, 2, 1], 3) }.build().unwrap();
        let mut along = vec![1.0_f64; 4];
        for weights in model.weights().iter().filter(|weights| weights.kind == WeightKind::Linear) {
            let n_out = weights.shape[1];
            let next = (0..n_out).map(|out| {
                along
                    .iter()
                    .enumerate()
                    .map(|(at, a)| a * f64::from(weights.values[at * n_out + out]).powi(2))
                    .sum()
            });
            along = next.collect();
        }
        let expected = along.iter().sum::<f64>().sqrt();
        let found = model.path_norm().unwrap().unwrap();
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
        let smooth = ModelSpec { nonlinearity: Nonlinearity::Tanh, ..model.spec().clone() };
        assert_eq!(smooth.build::<f32>().unwrap().path_norm().unwrap(), None);
    }

    #[test]
    fn a_path_through_batch_normalisation_has_the_weight_of_both() {
        let spec = ModelSpec { width: 4, ..ModelSpec::new("resnet8", [8, 8, 1], 2) };
        let model: Model = spec.build().unwrap();
        let plain = model.path_norm().unwrap().unwrap();
        // The scales of the last block twice as large, the shortcut's path left: between once and twice.
        let louder = |factor: f32| {
            let mut change = |weights: Weights<'_>| {
                let is_scale = weights.name == "stem.norm.weight";
                weights.values.iter().map(|w| if is_scale { factor * w } else { *w }).collect()
            };
            model.with_weights(&mut change).unwrap().path_norm().unwrap().unwrap()
        };
        // Every path goes through the scales behind the stem.
        assert!((louder(2.0) / plain - 2.0).abs() < 1e-9, "{} {plain}", louder(2.0));
    }

    #[test]
    fn changed_weights_change_the_output_and_wrong_numbers_are_refused() {
        let model: Model =
            ModelSpec { width: 4, ..ModelSpec::new("small-cnn", [8, 8, 1], 2) }.build().unwrap();
        let doubled = model
            .with_weights(&mut |weights| {
                let factor = if weights.kind == WeightKind::Linear { 2.0 } else { 1.0 };
                weights.values.iter().map(|w| factor * w).collect()
            })
            .unwrap();
        let batch = Tensor::new(&[1, 8, 8, 1], (0..64).map(|i| (i % 7) as f32 - 3.0).collect()).unwrap();
        let outputs = [&model, &doubled].map(|model| model.forward(&batch, &[]).unwrap().output);
        let [one, two] = outputs.each_ref().map(Tensor::values);
        assert!(one.iter().zip(two).all(|(a, b)| (2.0 * a - b).abs() < 1e-5), "{one:?} {two:?}");
        assert!(model.with_weights(&mut |_| Vec::new()).is_err());
    }
}

//! The network of squared weights.

use super::graph::Graph;
use super::{Operation, ParameterId, RunSettings};
use crate::kernels::Nonlinearity;
use crate::tape::{BATCH_NORM_EPSILON, Tape};
use crate::tensor::Tensor;

impl Graph<f64> {
    /// The sum over all outputs of the network of squared weights without biases, for an input of ones; `None` where a path has no weight of its own: other nonlinearities
    /// than ReLU, layer normalisation, attention, scaled channels.
    pub(crate) fn sum_of_squared_paths(mut self, input_shape: [usize; 3]) -> Option<f64> {
        for operation in self.operations() {
            match operation {
                Operation::Convolution { weights, bias, .. } | Operation::Depthwise { weights, bias, .. } => {
                    self.change(weights, |w| w * w);
                    if let Some(bias) = bias {
                        self.change(bias, |_| 0.0);
                    }
                }
                Operation::GlobalDepthwise { weights } => self.change(weights, |w| w * w),
                Operation::Linear { weights, bias } => {
                    self.change(weights, |w| w * w);
                    self.change(bias, |_| 0.0);
                }
                Operation::BatchNorm { gamma, beta, mean, variance } => {
                    self.change(gamma, |w| w * w);
                    self.change(beta, |_| 0.0);
                    self.change(mean, |_| 0.0);
                    // So that the root of variance and epsilon becomes its square.
                    self.change(variance, |v| (v + BATCH_NORM_EPSILON).powi(2) - BATCH_NORM_EPSILON);
                }
                Operation::Nonlinearity(Nonlinearity::Relu)
                | Operation::Sum
                | Operation::ShortcutPad { .. }
                | Operation::MaxPool(_)
                | Operation::GlobalAveragePool
                | Operation::Flatten => {}
                Operation::Nonlinearity(_)
                | Operation::Prelu { .. }
                | Operation::Cosine { .. }
                | Operation::LayerNorm { .. }
                | Operation::Attention { .. }
                | Operation::Position { .. }
                | Operation::ChannelScale => return None,
            }
        }
        let [height, width, channels] = input_shape;
        let ones = Tensor::from_parts(vec![1, height, width, channels], vec![1.0; height * width * channels]);
        let mut tape = Tape::new();
        let run = self.run(&mut tape, &ones, RunSettings::EVALUATION, &[]);
        let output = tape.value(*run.outputs.last()?);
        Some(output.values().iter().sum()).filter(|sum: &f64| sum.is_finite())
    }

    fn change(&mut self, id: ParameterId, change: impl Fn(f64) -> f64) {
        for value in self.parameters.get_mut(id).tensor.values_mut() {
            *value = change(*value);
        }
    }
}

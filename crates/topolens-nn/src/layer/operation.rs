//! What a step of a graph does.

use super::{ParameterId, Parameters, RunSettings};
use crate::kernels::{BatchStatistics, Nonlinearity, PoolWindow};
use crate::network::LayerKind;
use crate::tape::{Tape, Variable};
use crate::tensor::Element;

/// Added to the variances of layer normalisation, as PyTorch does.
const LAYER_NORM_EPSILON: f64 = 1e-5;

/// A step, with the places of its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Operation {
    /// Convolution.
    Convolution { weights: ParameterId, bias: Option<ParameterId>, stride: usize, padding: usize },
    /// Convolution of each channel by itself, with padding (kernel − 1) / 2.
    Depthwise { weights: ParameterId, bias: Option<ParameterId>, stride: usize },
    /// Batch normalisation.
    BatchNorm { gamma: ParameterId, beta: ParameterId, mean: ParameterId, variance: ParameterId },
    /// Normalisation over the last axis.
    LayerNorm { gamma: ParameterId, beta: ParameterId },
    /// Attention of positions to each other.
    Attention { n_heads: usize },
    /// Numbers of its own added to every position.
    Position { offsets: ParameterId },
    /// Convolution of each channel by one kernel as large as the image.
    GlobalDepthwise { weights: ParameterId },
    /// Pointwise nonlinearity.
    Nonlinearity(Nonlinearity),
    /// ReLU with a slope of its own for each channel.
    Prelu { slopes: ParameterId },
    /// Sum of two values.
    Sum,
    /// Subsampling and zero channels.
    ShortcutPad { stride: usize, out_channels: usize },
    /// Max pooling.
    MaxPool(PoolWindow),
    /// Mean over all positions.
    GlobalAveragePool,
    /// Every channel of the first value times a number of the second.
    ChannelScale,
    /// Images as rows, channel by channel.
    Flatten,
    /// Fully connected.
    Linear { weights: ParameterId, bias: ParameterId },
    /// `scale` times the cosine between a row and the weights of each class.
    Cosine { weights: ParameterId, scale: u16 },
}

/// New statistics of a batch normalisation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StatisticsUpdate {
    pub(super) mean: ParameterId,
    pub(super) variance: ParameterId,
    pub(super) batch: BatchStatistics,
}

/// The parameters on the tape, put there when first used.
#[derive(Debug)]
pub(super) struct Leaves<'a, E> {
    pub(super) parameters: &'a Parameters<E>,
    pub(super) settings: RunSettings,
    pub(super) variables: Vec<(ParameterId, Variable)>,
    pub(super) updates: Vec<StatisticsUpdate>,
}

impl<E: Element> Leaves<'_, E> {
    fn variable(&mut self, tape: &mut Tape<E>, id: ParameterId) -> Variable {
        let variable = tape.leaf(&self.parameters.get(id).tensor, self.settings.weight_gradients);
        self.variables.push((id, variable));
        variable
    }

    /// `output` and its bias.
    fn add_bias(&mut self, tape: &mut Tape<E>, output: Variable, bias: Option<ParameterId>) -> Variable {
        let Some(bias) = bias else { return output };
        let bias = self.variable(tape, bias);
        let sum = tape.bias(output, bias);
        tape.release(output);
        sum
    }
}

impl Operation {
    /// The kind shown to users, unless the step ends a block.
    pub(super) fn kind(&self) -> LayerKind {
        match self {
            Self::Convolution { .. } | Self::Depthwise { .. } | Self::GlobalDepthwise { .. } => {
                LayerKind::Convolution
            }
            Self::BatchNorm { .. } | Self::LayerNorm { .. } => LayerKind::Normalization,
            Self::Nonlinearity(_) | Self::Prelu { .. } => LayerKind::Nonlinearity,
            Self::Sum => LayerKind::Sum,
            Self::ShortcutPad { .. } => LayerKind::Shortcut,
            Self::MaxPool(_) | Self::GlobalAveragePool => LayerKind::Pooling,
            Self::Linear { .. } | Self::Cosine { .. } => LayerKind::Linear,
            Self::Attention { .. } => LayerKind::Attention,
            Self::ChannelScale | Self::Flatten | Self::Position { .. } => LayerKind::Other,
        }
    }

    /// Records the step, and, if it is a batch normalisation, the nonlinearity `following` it.
    pub(super) fn apply<E: Element>(
        &self,
        tape: &mut Tape<E>,
        leaves: &mut Leaves<'_, E>,
        inputs: &[Variable],
        following: Option<Nonlinearity>,
    ) -> Variable {
        match *self {
            Self::Convolution { weights, bias, stride, padding } => {
                let weights = leaves.variable(tape, weights);
                let output = tape.convolution(inputs[0], weights, [stride, padding]);
                leaves.add_bias(tape, output, bias)
            }
            Self::Depthwise { weights, bias, stride } => {
                let padding = (leaves.parameters.get(weights).tensor.shape()[0] - 1) / 2;
                let weights = leaves.variable(tape, weights);
                let output = tape.depthwise(inputs[0], weights, [stride, padding]);
                leaves.add_bias(tape, output, bias)
            }
            Self::BatchNorm { gamma, beta, mean, variance } => {
                let inputs = [inputs[0], leaves.variable(tape, gamma), leaves.variable(tape, beta)];
                if !leaves.settings.batch_statistics {
                    let statistic = |id| &leaves.parameters.get(id).tensor;
                    let statistics = [statistic(mean), statistic(variance)];
                    return tape.batch_norm_evaluation(inputs, statistics, following);
                }
                let (output, batch) = tape.batch_norm_training(inputs, following);
                leaves.updates.push(StatisticsUpdate { mean, variance, batch });
                output
            }
            Self::LayerNorm { gamma, beta } => {
                let inputs = [inputs[0], leaves.variable(tape, gamma), leaves.variable(tape, beta)];
                tape.layer_norm(inputs, LAYER_NORM_EPSILON)
            }
            Self::Attention { n_heads } => tape.attention(inputs[0], n_heads),
            Self::Position { offsets } => {
                let offsets = leaves.variable(tape, offsets);
                tape.bias(inputs[0], offsets)
            }
            Self::GlobalDepthwise { weights } => {
                let weights = leaves.variable(tape, weights);
                tape.global_depthwise(inputs[0], weights)
            }
            Self::Prelu { slopes } => {
                let slopes = leaves.variable(tape, slopes);
                tape.prelu(inputs[0], slopes)
            }
            Self::Nonlinearity(nonlinearity) => tape.nonlinearity(inputs[0], nonlinearity),
            Self::Sum => tape.add(inputs[0], inputs[1]),
            Self::ShortcutPad { stride, out_channels } => tape.shortcut_pad(inputs[0], stride, out_channels),
            Self::MaxPool(window) => tape.max_pool(inputs[0], window),
            Self::GlobalAveragePool => tape.global_average_pool(inputs[0]),
            Self::Linear { weights, bias } => {
                let weights = leaves.variable(tape, weights);
                let output = tape.linear(inputs[0], weights);
                leaves.add_bias(tape, output, Some(bias))
            }
            Self::Cosine { weights, scale } => {
                let weights = leaves.variable(tape, weights);
                tape.cosine(inputs[0], weights, f64::from(scale))
            }
            Self::ChannelScale => tape.channel_scale(inputs[0], inputs[1]),
            Self::Flatten => tape.flatten(inputs[0]),
        }
    }
}

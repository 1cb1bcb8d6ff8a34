//! Steps in order, each a layer that can be tapped.

use super::operation::{Leaves, StatisticsUpdate};
use super::{Operation, ParameterId, Parameters, Role};
use crate::kernels::{Nonlinearity, PoolWindow};
use crate::network::{Classifier, Layer, LayerKind};
use crate::tape::{Tape, Variable};
use crate::tensor::{Element, Tensor};

/// Slopes of PReLU at first (He et al. 2015, and PyTorch).
const PRELU_SLOPE: f64 = 0.25;
/// Share of the batch in the running statistics, as in PyTorch.
const MOMENTUM: f64 = 0.1;

/// A value in a graph: 0 is the batch, i + 1 the output of step i.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(usize);

#[derive(Debug, Clone, PartialEq)]
struct GraphStep {
    operation: Operation,
    inputs: Vec<Place>,
}

/// A network: steps, parameters, and how the steps look to users.
#[derive(Debug, Clone)]
pub(crate) struct Graph<E> {
    steps: Vec<GraphStep>,
    layers: Vec<Layer>,
    pub(crate) parameters: Parameters<E>,
}

/// How a graph is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunSettings {
    /// Batch normalisation by the batch's own statistics (training), not by the running ones.
    pub(crate) batch_statistics: bool,
    /// The parameters get gradients.
    pub(crate) weight_gradients: bool,
    /// The batch gets a gradient.
    pub(crate) input_gradient: bool,
}

impl RunSettings {
    /// Forward only.
    pub(crate) const EVALUATION: Self =
        Self { batch_statistics: false, weight_gradients: false, input_gradient: false };
    /// Gradient in the batch, in evaluation mode.
    pub(crate) const INPUT_GRADIENT: Self =
        Self { batch_statistics: false, weight_gradients: false, input_gradient: true };
    /// Gradient in the parameters.
    pub(crate) const TRAINING: Self =
        Self { batch_statistics: true, weight_gradients: true, input_gradient: false };
}

/// What a run left on the tape.
#[derive(Debug)]
pub(crate) struct Run {
    /// The batch.
    pub(crate) batch: Variable,
    /// The output of each step; only those of the last and of the kept steps are sure to be there.
    pub(crate) outputs: Vec<Variable>,
    /// The parameters.
    pub(crate) leaves: Vec<(ParameterId, Variable)>,
    /// New statistics for [`Graph::update_statistics`].
    pub(crate) updates: Vec<StatisticsUpdate>,
}

impl<E: Element> Graph<E> {
    /// The layers.
    pub(crate) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// What the steps do, in order.
    pub(super) fn operations(&self) -> Vec<Operation> {
        self.steps.iter().map(|step| step.operation).collect()
    }

    /// Runs `batch`, keeping at least the outputs of the steps in `kept`.
    pub(crate) fn run(
        &self,
        tape: &mut Tape<E>,
        batch: &Tensor<E>,
        settings: RunSettings,
        kept: &[usize],
    ) -> Run {
        let parameters = &self.parameters;
        let mut leaves = Leaves { parameters, settings, variables: Vec::new(), updates: Vec::new() };
        let batch = tape.leaf(batch, settings.input_gradient);
        let mut values = vec![batch];
        for (index, step) in self.steps.iter().enumerate() {
            // The nonlinearity behind a batch normalisation may have been recorded with it.
            if values.len() > index + 1 {
                continue;
            }
            let inputs: Vec<Variable> = step.inputs.iter().map(|place| values[place.0]).collect();
            let following = self.nonlinearity_after(index).filter(|_| !kept.contains(&index));
            let output = step.operation.apply(tape, &mut leaves, &inputs, following);
            values.extend(std::iter::repeat_n(output, 1 + usize::from(following.is_some())));
            self.release_unused(tape, &values, index, kept);
        }
        let Leaves { variables, updates, .. } = leaves;
        Run { batch, outputs: values.split_off(1), leaves: variables, updates }
    }

    /// The fully connected layer at the end, with the layer behind the pooling before it.
    pub(crate) fn classifier(&self) -> Option<Classifier> {
        let last = self.steps.last()?;
        let Operation::Linear { weights, bias } = last.operation else { return None };
        let mut features = last.inputs[0].0.checked_sub(1)?;
        while matches!(self.steps[features].operation, Operation::GlobalAveragePool | Operation::Flatten) {
            features = self.steps[features].inputs[0].0.checked_sub(1)?;
        }
        let numbers = |id: ParameterId| -> Vec<f32> {
            self.parameters.get(id).tensor.values().iter().map(|value| value.to_f64() as f32).collect()
        };
        let (columns, biases) = (numbers(weights), numbers(bias));
        let n_classes = biases.len();
        let weights =
            (0..n_classes).flat_map(|class| columns.iter().skip(class).step_by(n_classes)).copied().collect();
        Some(Classifier { features, weights, biases })
    }

    /// The nonlinearity that is all that looks at the batch normalisation that is step `index`.
    fn nonlinearity_after(&self, index: usize) -> Option<Nonlinearity> {
        let place = Place(index + 1);
        let is_normalization = matches!(self.steps[index].operation, Operation::BatchNorm { .. });
        let users = self.steps.iter().enumerate().filter(|(_, step)| step.inputs.contains(&place));
        let users: Vec<(usize, &GraphStep)> = users.collect();
        match users[..] {
            [(next, GraphStep { operation: Operation::Nonlinearity(nonlinearity), .. })]
                if is_normalization && next == index + 1 =>
            {
                Some(*nonlinearity)
            }
            _ => None,
        }
    }

    /// Gives back the inputs of step `index` that no later step, no backward pass and no one outside looks at.
    fn release_unused(&self, tape: &mut Tape<E>, values: &[Variable], index: usize, kept: &[usize]) {
        for place in &self.steps[index].inputs {
            let used_later = self.steps[index + 1..].iter().any(|step| step.inputs.contains(place));
            let asked_for = place.0.checked_sub(1).is_some_and(|step| kept.contains(&step));
            if !used_later && !asked_for {
                tape.release(values[place.0]);
            }
        }
    }

    /// Moves the running statistics towards those of a batch; variances are made unbiased first, as in PyTorch.
    pub(crate) fn update_statistics(&mut self, updates: &[StatisticsUpdate]) {
        for update in updates {
            let n_rows = update.batch.n_rows as f64;
            let unbiased = n_rows / (n_rows - 1.0).max(1.0);
            self.update_statistic(update.mean, &update.batch.mean, 1.0);
            self.update_statistic(update.variance, &update.batch.variance, unbiased);
        }
    }

    fn update_statistic(&mut self, id: ParameterId, batch: &[f64], factor: f64) {
        let running = self.parameters.get_mut(id).tensor.values_mut();
        for (running, batch) in running.iter_mut().zip(batch) {
            *running = E::from_f64(running.to_f64() * (1.0 - MOMENTUM) + batch * factor * MOMENTUM);
        }
    }
}

/// Builds a [`Graph`] step by step; shapes are those of one image.
#[derive(Debug)]
pub(crate) struct GraphBuilder<E> {
    graph: Graph<E>,
    shapes: Vec<Vec<usize>>,
}

impl<E: Element> GraphBuilder<E> {
    /// A graph without steps for images of `input_shape`; `seed` is that of the initial weights.
    pub(crate) fn new(input_shape: [usize; 3], seed: u64) -> Self {
        let graph = Graph { steps: Vec::new(), layers: Vec::new(), parameters: Parameters::new(seed) };
        Self { graph, shapes: vec![input_shape.to_vec()] }
    }

    /// The batch.
    pub(crate) fn input() -> Place {
        Place(0)
    }

    /// The number of channels at `place`.
    pub(crate) fn channels(&self, place: Place) -> usize {
        self.shapes[place.0].last().copied().unwrap_or(1)
    }

    /// Convolution without bias, padding (kernel − 1) / 2, with square `kernel` and `stride`.
    pub(crate) fn convolution(
        &mut self,
        name: &str,
        input: Place,
        out_channels: usize,
        [kernel, stride]: [usize; 2],
    ) -> Place {
        self.grouped_convolution(name, input, out_channels, [kernel, stride, 1])
    }

    /// The same in `n_groups` groups of channels; both numbers of channels are multiples of it.
    pub(crate) fn grouped_convolution(
        &mut self,
        name: &str,
        input: Place,
        out_channels: usize,
        [kernel, stride, n_groups]: [usize; 3],
    ) -> Place {
        let padding = (kernel - 1) / 2;
        let group = self.channels(input) / n_groups;
        let weights = self.convolution_weights(name, [kernel, group, out_channels]);
        let output = self.convolved(input, [kernel, stride, padding], out_channels);
        self.step(name, Operation::Convolution { weights, bias: None, stride, padding }, &[input], output)
    }

    /// Convolution with bias 0 and square `kernel`, `stride` and `padding`.
    pub(crate) fn biased_convolution(
        &mut self,
        name: &str,
        input: Place,
        out_channels: usize,
        window: [usize; 3],
    ) -> Place {
        let [kernel, stride, padding] = window;
        let weights = self.convolution_weights(name, [kernel, self.channels(input), out_channels]);
        let bias = Some(self.bias(name, out_channels));
        let output = self.convolved(input, window, out_channels);
        self.step(name, Operation::Convolution { weights, bias, stride, padding }, &[input], output)
    }

    /// Convolution of each channel by itself, padding (kernel − 1) / 2, with or without bias 0.
    pub(crate) fn depthwise(
        &mut self,
        name: &str,
        input: Place,
        [kernel, stride]: [usize; 2],
        with_bias: bool,
    ) -> Place {
        let channels = self.channels(input);
        let weights = self.convolution_weights(name, [kernel, 1, channels]);
        let bias = with_bias.then(|| self.bias(name, channels));
        let output = self.convolved(input, [kernel, stride, (kernel - 1) / 2], channels);
        self.step(name, Operation::Depthwise { weights, bias, stride }, &[input], output)
    }

    /// Convolution of each channel with one kernel as large as the image, whatever that is: 1 × 1 × channels.
    pub(crate) fn global_depthwise(&mut self, name: &str, input: Place) -> Place {
        let [height, width, channels] = *self.shapes[input.0] else {
            panic!("bug: global depthwise convolution of {:?}", self.shapes[input.0]);
        };
        let (name_of, role) = (format!("{name}.weight"), Role::ConvolutionWeight);
        let weights = self.graph.parameters.add_weights(name_of, role, &[height, width, 1, channels]);
        self.step(name, Operation::GlobalDepthwise { weights }, &[input], vec![1, 1, channels])
    }

    fn convolution_weights(&mut self, name: &str, [kernel, n_in, n_out]: [usize; 3]) -> ParameterId {
        let shape = [kernel, kernel, n_in, n_out];
        self.graph.parameters.add_weights(format!("{name}.weight"), Role::ConvolutionWeight, &shape)
    }

    fn bias(&mut self, name: &str, length: usize) -> ParameterId {
        self.graph.parameters.add_constant(format!("{name}.bias"), Role::Vector, length, E::ZERO)
    }

    /// Batch normalisation with γ = 1, β = 0.
    pub(crate) fn batch_norm(&mut self, name: &str, input: Place) -> Place {
        let n_channels = self.channels(input);
        let mut add = |part: &str, role, value| {
            self.graph.parameters.add_constant(format!("{name}.{part}"), role, n_channels, value)
        };
        let operation = Operation::BatchNorm {
            gamma: add("weight", Role::Vector, E::ONE),
            beta: add("bias", Role::Vector, E::ZERO),
            mean: add("running_mean", Role::Statistic, E::ZERO),
            variance: add("running_var", Role::Statistic, E::ONE),
        };
        self.step(name, operation, &[input], self.shapes[input.0].clone())
    }

    /// Layer normalisation with γ = 1, β = 0.
    pub(crate) fn layer_norm(&mut self, name: &str, input: Place) -> Place {
        let n_channels = self.channels(input);
        let mut add = |part: &str, value| {
            self.graph.parameters.add_constant(format!("{name}.{part}"), Role::Vector, n_channels, value)
        };
        let operation = Operation::LayerNorm { gamma: add("weight", E::ONE), beta: add("bias", E::ZERO) };
        self.step(name, operation, &[input], self.shapes[input.0].clone())
    }

    /// Attention of positions whose channels are query, key and value.
    pub(crate) fn attention(&mut self, name: &str, input: Place, n_heads: usize) -> Place {
        let mut output = self.shapes[input.0].clone();
        output.iter_mut().last().into_iter().for_each(|channels| *channels /= 3);
        self.step(name, Operation::Attention { n_heads }, &[input], output)
    }

    /// An offset for every number of an image, 0 at first.
    pub(crate) fn position(&mut self, name: &str, input: Place) -> Place {
        let output = self.shapes[input.0].clone();
        let offsets = self.bias(name, output.iter().product());
        self.step(name, Operation::Position { offsets }, &[input], output)
    }

    /// A nonlinearity; PReLU with slopes of its own.
    pub(crate) fn nonlinearity(&mut self, name: &str, input: Place, nonlinearity: Nonlinearity) -> Place {
        let operation = if nonlinearity == Nonlinearity::Prelu {
            let (n_channels, slope) = (self.channels(input), E::from_f64(PRELU_SLOPE));
            let name = format!("{name}.weight");
            let slopes = self.graph.parameters.add_constant(name, Role::Vector, n_channels, slope);
            Operation::Prelu { slopes }
        } else {
            Operation::Nonlinearity(nonlinearity)
        };
        self.step(name, operation, &[input], self.shapes[input.0].clone())
    }

    /// Every channel of `images` times a number of `scales`.
    pub(crate) fn channel_scale(&mut self, name: &str, images: Place, scales: Place) -> Place {
        self.step(name, Operation::ChannelScale, &[images, scales], self.shapes[images.0].clone())
    }

    /// Images as rows, channel by channel.
    pub(crate) fn flatten(&mut self, name: &str, images: Place) -> Place {
        let length = self.shapes[images.0].iter().product();
        self.step(name, Operation::Flatten, &[images], vec![length])
    }

    /// Sum of two values of one shape.
    pub(crate) fn sum(&mut self, name: &str, left: Place, right: Place) -> Place {
        self.step(name, Operation::Sum, &[left, right], self.shapes[left.0].clone())
    }

    /// Subsampling by `stride` and zero channels.
    pub(crate) fn shortcut_pad(
        &mut self,
        name: &str,
        input: Place,
        stride: usize,
        out_channels: usize,
    ) -> Place {
        let output = self.strided(input, stride, out_channels);
        self.step(name, Operation::ShortcutPad { stride, out_channels }, &[input], output)
    }

    /// Max pooling over windows of 2 × 2 side by side, cut off at an odd border.
    pub(crate) fn halving_max_pool(&mut self, name: &str, input: Place) -> Place {
        self.pool(name, input, PoolWindow::HALVING)
    }

    /// Max pooling with square window, stride and padding.
    pub(crate) fn max_pool(
        &mut self,
        name: &str,
        input: Place,
        [size, stride, padding]: [usize; 3],
    ) -> Place {
        self.pool(name, input, PoolWindow { size, stride, padding, reaches_out: false })
    }

    fn pool(&mut self, name: &str, input: Place, window: PoolWindow) -> Place {
        let shape = &self.shapes[input.0];
        let output = vec![window.count(shape[0]), window.count(shape[1]), self.channels(input)];
        self.step(name, Operation::MaxPool(window), &[input], output)
    }

    /// Mean over all positions.
    pub(crate) fn global_average_pool(&mut self, name: &str, input: Place) -> Place {
        let output = vec![self.channels(input)];
        self.step(name, Operation::GlobalAveragePool, &[input], output)
    }

    /// Fully connected with bias 0, at every position by itself.
    pub(crate) fn linear(&mut self, name: &str, input: Place, n_out: usize) -> Place {
        let shape = [self.channels(input), n_out];
        let weights = self.graph.parameters.add_weights(format!("{name}.weight"), Role::LinearWeight, &shape);
        let bias = self.bias(name, n_out);
        let mut output = self.shapes[input.0].clone();
        output.iter_mut().last().into_iter().for_each(|channels| *channels = n_out);
        self.step(name, Operation::Linear { weights, bias }, &[input], output)
    }

    /// `scale` times the cosines between rows and the weights of each class.
    pub(crate) fn cosine(&mut self, name: &str, rows: Place, n_classes: usize, scale: u16) -> Place {
        let (name_of, shape) = (format!("{name}.weight"), [self.channels(rows), n_classes]);
        let weights = self.graph.parameters.add_weights(name_of, Role::LinearWeight, &shape);
        self.step(name, Operation::Cosine { weights, scale }, &[rows], vec![n_classes])
    }

    /// Calls the latest step the end of a block.
    pub(crate) fn end_block(&mut self) {
        if let Some(layer) = self.graph.layers.last_mut() {
            layer.kind = LayerKind::Block;
        }
    }

    /// The graph, with depths.
    pub(crate) fn finish(mut self) -> Graph<E> {
        let n_layers = self.graph.layers.len() as f64;
        for (index, layer) in self.graph.layers.iter_mut().enumerate() {
            layer.relative_depth = (index + 1) as f64 / n_layers;
        }
        self.graph
    }

    /// The shape behind a convolution; the image with its padding is at least as large as the kernel.
    fn convolved(&self, input: Place, [kernel, stride, padding]: [usize; 3], channels: usize) -> Vec<usize> {
        let extent = |axis: usize| (self.shapes[input.0][axis] + 2 * padding - kernel) / stride + 1;
        vec![extent(0), extent(1), channels]
    }

    fn strided(&self, input: Place, stride: usize, out_channels: usize) -> Vec<usize> {
        let shape = &self.shapes[input.0];
        vec![shape[0].div_ceil(stride), shape[1].div_ceil(stride), out_channels]
    }

    fn step(&mut self, name: &str, operation: Operation, inputs: &[Place], output: Vec<usize>) -> Place {
        let kind = operation.kind();
        self.graph.layers.push(Layer {
            name: name.to_owned(),
            kind,
            relative_depth: 0.0,
            output_shape: output.clone(),
        });
        self.graph.steps.push(GraphStep { operation, inputs: inputs.to_vec() });
        self.shapes.push(output);
        Place(self.shapes.len() - 1)
    }
}

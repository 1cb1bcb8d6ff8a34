//! A network of this crate.

use super::{ModelSpec, registry};
use crate::error::Error;
use crate::layer::{Graph, RunSettings};
use crate::network::{
    Classifier, Differentiable, Forward, InputGradient, Layer, Network, check_labels, check_request,
};
use crate::tape::Workspace;
use crate::tensor::{Element, Tensor};

/// A network built from a [`ModelSpec`], with its weights.
#[derive(Debug, Clone)]
pub struct Model<E = f32> {
    spec: ModelSpec,
    pub(super) graph: Graph<E>,
    workspace: Workspace<E>,
}

impl<E: Element> Model<E> {
    pub(super) fn new(spec: ModelSpec) -> Result<Self, Error> {
        let graph = registry::build(&spec)?;
        Ok(Self { spec, graph, workspace: Workspace::default() })
    }

    /// What it was built from.
    pub fn spec(&self) -> &ModelSpec {
        &self.spec
    }

    /// The number of trainable numbers.
    pub fn n_parameters(&self) -> usize {
        let trained = self.graph.parameters.iter().filter(|parameter| parameter.role.is_trained());
        trained.map(|parameter| parameter.tensor.len()).sum()
    }

    /// Its tensors.
    pub(crate) fn graph(&self) -> &Graph<E> {
        &self.graph
    }

    /// Its tensors, to be changed.
    pub(crate) fn graph_mut(&mut self) -> &mut Graph<E> {
        &mut self.graph
    }

    /// Gradient, losses and logits as [`Differentiable::input_gradient`] gives them.
    pub(super) fn gradient_in_batch(&self, batch: &Tensor<E>, labels: &[usize]) -> [Tensor<E>; 3] {
        let mut tape = self.workspace.tape();
        let run = self.graph.run(&mut tape, batch, RunSettings::INPUT_GRADIENT, &[]);
        let logits = run.outputs[run.outputs.len() - 1];
        let losses = tape.cross_entropy(logits, labels, 0.0);
        let [losses_found, logits_found] = [losses, logits].map(|variable| tape.value(variable).clone());
        let ones = Tensor::from_parts(vec![labels.len()], vec![E::ONE; labels.len()]);
        tape.backward(losses, ones);
        let gradient = tape.gradient(run.batch).cloned().unwrap_or_else(|| Tensor::zeros(batch.shape()));
        self.workspace.give_back(tape);
        [gradient, losses_found, logits_found]
    }
}

impl Network for Model<f32> {
    fn layers(&self) -> &[Layer] {
        self.graph.layers()
    }

    fn input_shape(&self) -> [usize; 3] {
        self.spec.input_shape
    }

    fn classifier(&self) -> Option<Classifier> {
        self.graph.classifier()
    }

    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error> {
        check_request(self, batch, taps)?;
        let mut tape = self.workspace.tape();
        let run = self.graph.run(&mut tape, batch, RunSettings::EVALUATION, taps);
        let output = tape.value(run.outputs[run.outputs.len() - 1]).clone();
        let taps = taps.iter().map(|tap| tape.value(run.outputs[*tap]).clone()).collect();
        self.workspace.give_back(tape);
        Ok(Forward { output, taps })
    }
}

impl Differentiable for Model<f32> {
    fn input_gradient(&self, batch: &Tensor, labels: &[usize]) -> Result<InputGradient, Error> {
        check_request(self, batch, &[])?;
        check_labels(labels, batch.n_items(), self.spec.n_classes)?;
        let [gradient, losses, logits] = self.gradient_in_batch(batch, labels);
        Ok(InputGradient { gradient, losses: losses.into_values(), logits })
    }
}

//! A network of this crate.

use super::{ModelSpec, registry};
use crate::error::Error;
use crate::layer::{Graph, RunSettings};
use crate::network::{
    Classifier, Cotangent, Differentiable, Forward, Layer, Network, Pullback, check_request,
    checked_cotangent,
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

    /// Logits and gradient as [`Differentiable::pullback`] gives them.
    pub(super) fn pullback_of(
        &self,
        batch: &Tensor<E>,
        cotangent: impl FnOnce(&Tensor<E>) -> Result<Tensor<E>, Error>,
    ) -> Result<[Tensor<E>; 2], Error> {
        let mut tape = self.workspace.tape();
        let run = self.graph.run(&mut tape, batch, RunSettings::INPUT_GRADIENT, &[]);
        let output = run.outputs[run.outputs.len() - 1];
        let logits = tape.value(output).clone();
        let found = cotangent(&logits).map(|cotangent| {
            tape.backward(output, cotangent);
            tape.gradient(run.batch).cloned().unwrap_or_else(|| Tensor::zeros(batch.shape()))
        });
        self.workspace.give_back(tape);
        Ok([logits, found?])
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
    fn pullback(&self, batch: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Pullback, Error> {
        check_request(self, batch, &[])?;
        let [logits, gradient] = self.pullback_of(batch, |logits| checked_cotangent(logits, cotangent))?;
        Ok(Pullback { logits, gradient })
    }
}

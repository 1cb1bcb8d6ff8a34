//! Steps on the tape.

use std::collections::BTreeMap;
use std::fmt;

use crate::tape::{Rearrangement, Tape, Variable};
use crate::tensor::Tensor;

/// Least and greatest: ReLU brings into 0 and infinity.
pub(super) type Bounds = [f32; 2];

type Plain = dyn Fn(&mut Tape<f32>, &[Variable]) -> Variable + Send + Sync;
type Boundable = dyn Fn(&mut Tape<f32>, &[Variable], Option<Bounds>) -> Variable + Send + Sync;

/// What a step does with its inputs.
enum Operation {
    Plain(Box<Plain>),
    /// Can bring its output into bounds at once.
    Boundable(Box<Boundable>),
    /// Brings its input into bounds.
    Bound(Bounds),
    /// Moves numbers.
    Rearrangement(Rearrangement),
}

struct Step {
    operation: Operation,
    inputs: Vec<usize>,
}

/// Steps in order; place 0 is the batch, place i + 1 the output of step i.
#[derive(Default)]
pub(in crate::onnx) struct Program {
    steps: Vec<Step>,
    /// Where the values of the file are, images channels last.
    places: BTreeMap<String, usize>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("places", &self.places).finish_non_exhaustive()
    }
}

impl Program {
    /// Adds a step and gives the place of its output.
    pub(super) fn push(
        &mut self,
        inputs: &[usize],
        operation: impl Fn(&mut Tape<f32>, &[Variable]) -> Variable + Send + Sync + 'static,
    ) -> usize {
        self.push_step(inputs, Operation::Plain(Box::new(operation)))
    }

    /// The same of a step that can bring its output into bounds.
    pub(super) fn push_boundable(
        &mut self,
        inputs: &[usize],
        operation: impl Fn(&mut Tape<f32>, &[Variable], Option<Bounds>) -> Variable + Send + Sync + 'static,
    ) -> usize {
        self.push_step(inputs, Operation::Boundable(Box::new(operation)))
    }

    /// Adds a step that brings `input` into bounds; it is one with the step before where nobody else looks between.
    pub(super) fn push_bound(&mut self, input: usize, bounds: Bounds) -> usize {
        self.push_step(&[input], Operation::Bound(bounds))
    }

    /// Adds a step that moves numbers; where they stay in order and nobody looks at the input again, it costs nothing.
    pub(super) fn push_rearrangement(&mut self, input: usize, rearrangement: Rearrangement) -> usize {
        self.push_step(&[input], Operation::Rearrangement(rearrangement))
    }

    fn push_step(&mut self, inputs: &[usize], operation: Operation) -> usize {
        self.steps.push(Step { operation, inputs: inputs.to_vec() });
        self.steps.len()
    }

    /// Says where the value called `name` is.
    pub(super) fn name(&mut self, name: &str, place: usize) {
        self.places.insert(name.to_owned(), place);
    }

    /// Where the value called `name` is.
    pub(in crate::onnx) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Runs up to the last of the `wanted` places; gives the batch and the wanted values.
    pub(in crate::onnx) fn run(
        &self,
        tape: &mut Tape<f32>,
        batch: &Tensor,
        needs_gradient: bool,
        wanted: &[usize],
    ) -> (Variable, Vec<Variable>) {
        let n_steps = wanted.iter().copied().max().unwrap_or(0);
        let needed = self.needed(wanted);
        let skipped = self.skipped(&needed, wanted);
        let last_use = self.last_uses(&needed, &skipped);
        let batch = tape.leaf(batch, needs_gradient);
        let mut values = vec![batch];
        for (index, step) in self.steps[..n_steps].iter().enumerate() {
            if !needed[index + 1] || skipped[index + 1] {
                values.push(batch);
                continue;
            }
            let (source, bounds) = self.source(step, &skipped);
            let inputs: Vec<Variable> = source.inputs.iter().map(|place| values[*place]).collect();
            let is_last = |place: &usize| *place > 0 && last_use[*place] == index && !wanted.contains(place);
            if let (Operation::Rearrangement(rearrangement), true) =
                (&source.operation, is_last(&source.inputs[0]))
            {
                values.push(tape.last_rearrangement(inputs[0], rearrangement));
                continue;
            }
            values.push(run_step(tape, &source.operation, &inputs, bounds));
            source
                .inputs
                .iter()
                .filter(|place| is_last(place))
                .for_each(|place| tape.release(values[*place]));
        }
        (batch, wanted.iter().map(|place| values[*place]).collect())
    }

    /// Which places the wanted ones hang on.
    fn needed(&self, wanted: &[usize]) -> Vec<bool> {
        let mut needed = vec![false; self.steps.len() + 1];
        for place in wanted {
            needed[*place] = true;
        }
        for (index, step) in self.steps.iter().enumerate().rev() {
            if needed[index + 1] {
                step.inputs.iter().for_each(|place| needed[*place] = true);
            }
        }
        needed
    }

    /// The places that are brought into bounds as they are computed: nobody but the step that does so looks at them.
    fn skipped(&self, needed: &[bool], wanted: &[usize]) -> Vec<bool> {
        let mut n_uses = vec![0; needed.len()];
        let running = || self.steps.iter().enumerate().filter(|(index, _)| needed[index + 1]);
        for place in running().flat_map(|(_, step)| &step.inputs).chain(wanted) {
            n_uses[*place] += 1;
        }
        let mut skipped = vec![false; needed.len()];
        for (_, step) in running().filter(|(_, step)| matches!(step.operation, Operation::Bound(_))) {
            let place = step.inputs[0];
            let before = place.checked_sub(1).map(|before| &self.steps[before].operation);
            skipped[place] = n_uses[place] == 1 && matches!(before, Some(Operation::Boundable(_)));
        }
        skipped
    }

    /// The step that runs for `step`, with the bounds that it brings its output into.
    fn source<'a>(&'a self, step: &'a Step, skipped: &[bool]) -> (&'a Step, Option<Bounds>) {
        match step.operation {
            Operation::Bound(bounds) if skipped[step.inputs[0]] => {
                (&self.steps[step.inputs[0] - 1], Some(bounds))
            }
            _ => (step, None),
        }
    }

    /// The last step that runs and looks at each place.
    fn last_uses(&self, needed: &[bool], skipped: &[bool]) -> Vec<usize> {
        let mut last = vec![0; needed.len()];
        let runs = |index: usize| needed[index + 1] && !skipped[index + 1];
        for (index, step) in self.steps.iter().enumerate().filter(|(index, _)| runs(*index)) {
            self.source(step, skipped).0.inputs.iter().for_each(|place| last[*place] = index);
        }
        last
    }
}

fn run_step(
    tape: &mut Tape<f32>,
    operation: &Operation,
    inputs: &[Variable],
    bounds: Option<Bounds>,
) -> Variable {
    match operation {
        Operation::Plain(operation) => operation(tape, inputs),
        Operation::Boundable(operation) => operation(tape, inputs, bounds),
        Operation::Bound(bounds) => tape.bounded(inputs[0], *bounds),
        Operation::Rearrangement(rearrangement) => tape.rearrangement(inputs[0], rearrangement),
    }
}

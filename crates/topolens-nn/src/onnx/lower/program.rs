//! Steps on the tape.

use std::collections::BTreeMap;
use std::fmt;

use crate::tape::{Tape, Variable};
use crate::tensor::Tensor;

/// What a step does with its inputs.
type Operation = Box<dyn Fn(&mut Tape<f32>, &[Variable]) -> Variable + Send + Sync>;

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
        self.steps.push(Step { operation: Box::new(operation), inputs: inputs.to_vec() });
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
        let uses = self.needed(wanted);
        let last_use = self.last_uses(&uses);
        let batch = tape.leaf(batch, needs_gradient);
        let mut values = vec![batch];
        for (index, step) in self.steps[..n_steps].iter().enumerate() {
            if !uses[index + 1] {
                values.push(batch);
                continue;
            }
            let inputs: Vec<Variable> = step.inputs.iter().map(|place| values[*place]).collect();
            values.push((step.operation)(tape, &inputs));
            for place in &step.inputs {
                if *place > 0 && last_use[*place] == index && !wanted.contains(place) {
                    tape.release(values[*place]);
                }
            }
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

    /// The last step that runs and looks at each place.
    fn last_uses(&self, needed: &[bool]) -> Vec<usize> {
        let mut last = vec![0; needed.len()];
        for (index, step) in self.steps.iter().enumerate().filter(|(index, _)| needed[index + 1]) {
            step.inputs.iter().for_each(|place| last[*place] = index);
        }
        last
    }
}

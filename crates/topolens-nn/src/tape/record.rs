//! The record.

use crate::tensor::{Element, Pool, Tensor};

/// A value on a [`Tape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variable(pub(super) usize);

/// What a backward pass may look at.
pub(crate) struct Step<'a, E> {
    /// The inputs, in the order recorded.
    pub(crate) inputs: Vec<&'a Tensor<E>>,
    /// Which inputs need a gradient.
    pub(crate) needed: Vec<bool>,
    /// The output.
    pub(crate) output: &'a Tensor<E>,
}

/// Which values a backward pass looks at, beside the shapes of all and the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looks {
    /// The inputs' values.
    pub(crate) inputs: bool,
    /// The output's values.
    pub(crate) output: bool,
}

impl Looks {
    pub(super) const NOWHERE: Self = Self { inputs: false, output: false };
    pub(super) const AT_INPUTS: Self = Self { inputs: true, output: false };
}

/// An operator that was recorded.
pub(crate) trait Operator<E> {
    /// What [`Operator::backward`] looks at, given which inputs need a gradient.
    fn looks_at(&self, needed: &[bool]) -> Looks;

    /// The gradients in the inputs, given that in the output; none for inputs that need none.
    fn backward(&self, step: &Step<'_, E>, gradient: Tensor<E>, pool: &mut Pool<E>)
    -> Vec<Option<Tensor<E>>>;
}

pub(super) struct Node<E> {
    pub(super) value: Tensor<E>,
    inputs: Vec<Variable>,
    operator: Option<Box<dyn Operator<E>>>,
    needs_gradient: bool,
    /// A backward pass looks at the value.
    pub(super) is_looked_at: bool,
    gradient: Option<Tensor<E>>,
}

/// Values in the order they were computed, each with the operator that made it if a gradient is needed.
pub(crate) struct Tape<E> {
    pub(super) nodes: Vec<Node<E>>,
    pub(super) pool: Pool<E>,
}

impl<E: Element> Tape<E> {
    /// An empty record.
    pub(crate) fn new() -> Self {
        Self::with_pool(Pool::default())
    }

    /// An empty record that takes its memory from `pool`.
    pub(crate) fn with_pool(pool: Pool<E>) -> Self {
        Self { nodes: Vec::new(), pool }
    }

    /// All its memory.
    pub(crate) fn into_pool(mut self) -> Pool<E> {
        self.clear();
        self.pool
    }

    /// A value from outside, copied.
    pub(crate) fn leaf(&mut self, value: &Tensor<E>, needs_gradient: bool) -> Variable {
        let copy = Tensor::from_parts(value.shape().to_vec(), self.pool.take_copy(value.values()));
        self.push(Node {
            value: copy,
            inputs: Vec::new(),
            operator: None,
            needs_gradient,
            is_looked_at: false,
            gradient: None,
        })
    }

    /// A value that `operator` made from `inputs`.
    pub(super) fn record(
        &mut self,
        value: Tensor<E>,
        inputs: &[Variable],
        operator: impl Operator<E> + 'static,
    ) -> Variable {
        let needed: Vec<bool> = inputs.iter().map(|input| self.nodes[input.0].needs_gradient).collect();
        let needs_gradient = needed.contains(&true);
        let looks = if needs_gradient { operator.looks_at(&needed) } else { Looks::NOWHERE };
        for input in inputs {
            self.nodes[input.0].is_looked_at |= looks.inputs;
        }
        let operator = needs_gradient.then(|| Box::new(operator) as Box<dyn Operator<E>>);
        let (inputs, is_looked_at) = (inputs.to_vec(), looks.output);
        self.push(Node { value, inputs, operator, needs_gradient, is_looked_at, gradient: None })
    }

    fn push(&mut self, node: Node<E>) -> Variable {
        self.nodes.push(node);
        Variable(self.nodes.len() - 1)
    }

    /// The value.
    pub(crate) fn value(&self, variable: Variable) -> &Tensor<E> {
        &self.nodes[variable.0].value
    }

    /// The gradient that [`Tape::backward`] left at a leaf.
    pub(crate) fn gradient(&self, leaf: Variable) -> Option<&Tensor<E>> {
        self.nodes[leaf.0].gradient.as_ref()
    }

    /// Gives the memory of a value back, unless a backward pass looks at it; nobody else must look at it again.
    pub(crate) fn release(&mut self, variable: Variable) {
        let node = &mut self.nodes[variable.0];
        if !node.is_looked_at {
            self.pool.give(node.value.take_values());
        }
    }

    /// Forgets all values but keeps their memory for the next record.
    pub(crate) fn clear(&mut self) {
        for node in self.nodes.drain(..) {
            self.pool.give(node.value.into_values());
            if let Some(gradient) = node.gradient {
                self.pool.give(gradient.into_values());
            }
        }
    }

    /// Carries `gradient` of the value of `root` back to the leaves that need one; of the values only those of leaves are left.
    pub(crate) fn backward(&mut self, root: Variable, gradient: Tensor<E>) {
        self.nodes[root.0].gradient = Some(gradient);
        for index in (0..=root.0).rev() {
            let Some(operator) = self.nodes[index].operator.take() else { continue };
            let Some(gradient) = self.nodes[index].gradient.take() else { continue };
            let (gradients, inputs) = self.step_back(index, operator.as_ref(), gradient);
            // Nothing that comes now was made from this value.
            self.pool.give(self.nodes[index].value.take_values());
            for (input, gradient) in inputs.into_iter().zip(gradients) {
                if let Some(gradient) = gradient {
                    self.accumulate(input, gradient);
                }
            }
        }
    }

    fn step_back(
        &mut self,
        index: usize,
        operator: &dyn Operator<E>,
        gradient: Tensor<E>,
    ) -> (Vec<Option<Tensor<E>>>, Vec<Variable>) {
        let (nodes, pool) = (&self.nodes, &mut self.pool);
        let inputs = nodes[index].inputs.clone();
        let step = Step {
            inputs: inputs.iter().map(|input| &nodes[input.0].value).collect(),
            needed: inputs.iter().map(|input| nodes[input.0].needs_gradient).collect(),
            output: &nodes[index].value,
        };
        (operator.backward(&step, gradient, pool), inputs)
    }

    fn accumulate(&mut self, variable: Variable, gradient: Tensor<E>) {
        match &mut self.nodes[variable.0].gradient {
            Some(sum) => {
                sum.values_mut().iter_mut().zip(gradient.values()).for_each(|(sum, value)| *sum += *value);
                self.pool.give(gradient.into_values());
            }
            empty => *empty = Some(gradient),
        }
    }
}

//! Values of a graph while it is lowered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::program::Bounds;
use super::{Node, Program, Refusal};
use crate::tape::{Rearrangement, Tape, Variable};
use crate::tensor::Tensor;

/// What is known of a file's values from running it on a few images.
#[derive(Debug, Default)]
pub(in crate::onnx) struct Values {
    /// Images in the batch of that run.
    pub(in crate::onnx) n_images: usize,
    /// The batch has its channels last in the file too.
    pub(in crate::onnx) is_channels_last: bool,
    /// Shape of each value as the file has it, that many images long.
    pub(in crate::onnx) shapes: BTreeMap<String, Vec<usize>>,
    /// Values that do not hang on the images; integers as numbers.
    pub(in crate::onnx) constants: BTreeMap<String, Tensor>,
}

/// How the numbers of a value lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// As the file has them.
    AsWritten,
    /// The file has N × channels × height × width, memory N × height × width × channels.
    ChannelsLast,
}

/// A value that hangs on the images.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) place: usize,
    pub(super) layout: Layout,
    /// Shape of one item as the file has it.
    pub(super) item: Vec<usize>,
}

impl Value {
    /// The extent of the last axis in memory.
    pub(super) fn last_axis(&self) -> usize {
        match self.layout {
            Layout::ChannelsLast => self.item[0],
            Layout::AsWritten => self.item.last().copied().unwrap_or(1),
        }
    }
}

/// A graph on its way to a [`Program`].
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    known: &'a Values,
    program: Program,
    values: BTreeMap<String, Value>,
}

impl<'a> Lowering<'a> {
    /// Nothing but the batch, images channels last.
    pub(super) fn new(input: &str, known: &'a Values) -> Self {
        let item = known.shapes.get(input).map(|shape| shape[1..].to_vec()).unwrap_or_default();
        let layout = if known.is_channels_last { Layout::AsWritten } else { Layout::ChannelsLast };
        let batch = Value { place: 0, layout, item };
        let values = BTreeMap::from([(input.to_owned(), batch)]);
        Self { known, program: Program::default(), values }
    }

    /// Whether the node computes with the images, not with shapes or constants alone.
    pub(super) fn depends_on_images(&self, node: &Node) -> bool {
        node.depends_on(|name| self.values.contains_key(name))
    }

    /// Calls `value` by the name that the file has for it.
    pub(super) fn bind(&mut self, name: &str, value: Value) {
        let shown = self.for_people(value.clone());
        self.program.name(name, shown.place);
        self.values.insert(name.to_owned(), value);
    }

    /// The program.
    pub(super) fn finish(self) -> Program {
        self.program
    }

    /// The node's input `index`, if it hangs on the images.
    pub(super) fn value(&self, node: &Node, index: usize) -> Option<Value> {
        node.inputs().get(index).and_then(|name| self.values.get(name)).cloned()
    }

    /// As [`Lowering::value`], which must be one.
    pub(super) fn input(&self, node: &Node, index: usize) -> Result<Value, Refusal> {
        self.value(node, index).ok_or_else(|| format!("input {index} does not hang on the images"))
    }

    /// The node's constant input `index`, if it has one.
    pub(super) fn constant(&self, node: &Node, index: usize) -> Option<&'a Tensor> {
        node.inputs().get(index).and_then(|name| self.known.constants.get(name))
    }

    /// As [`Lowering::constant`], which must be there.
    pub(super) fn parameter(&self, node: &Node, index: usize) -> Result<&'a Tensor, Refusal> {
        self.constant(node, index).ok_or_else(|| format!("input {index} is no constant"))
    }

    /// A constant beside a value of `rank` axes per image: where it has one item per image, these are alike, and one is given.
    pub(super) fn per_image(&self, constant: &'a Tensor, rank: usize) -> Result<Cow<'a, Tensor>, Refusal> {
        let n_images = self.known.n_images;
        if constant.shape().len() != rank + 1 || constant.shape()[0] != n_images || n_images == 1 {
            return Ok(Cow::Borrowed(constant));
        }
        let mut items = constant.values().chunks(constant.item_len().max(1));
        let Some(first) = items.next().filter(|first| items.all(|item| item == *first)) else {
            return Err("its constant differs from image to image".to_owned());
        };
        let shape = [&[1], &constant.shape()[1..]].concat();
        Ok(Cow::Owned(Tensor::from_parts(shape, first.to_vec())))
    }

    /// As [`Lowering::input`]; a constant with an item per image counts, the same for every image.
    pub(super) fn input_or_constant(&mut self, node: &Node, index: usize) -> Result<Value, Refusal> {
        let Some(constant) = self.constant(node, index) else { return self.input(node, index) };
        let constant = self.per_image(constant, constant.shape().len().saturating_sub(1))?;
        let [1, item @ ..] = constant.shape() else {
            return Err(format!("its constant of shape {:?} has not one item per image", constant.shape()));
        };
        if item.contains(&0) {
            return Err("its constant is empty".to_owned());
        }
        let (item, values) = (item.to_vec(), constant.values().to_vec());
        let shape = item.clone();
        let place = self.program.push(&[0], move |tape, inputs| {
            let n_images = tape.value(inputs[0]).n_items();
            let items = Tensor::from_parts([&[n_images], &shape[..]].concat(), values.repeat(n_images));
            tape.leaf(&items, false)
        });
        Ok(Value { place, layout: Layout::AsWritten, item })
    }

    /// Constant integers, of an attribute in older files, of input `index` in newer ones.
    pub(super) fn integers(&self, node: &Node, attribute: &str, index: usize) -> Option<Vec<i64>> {
        let of_input = self
            .constant(node, index)
            .map(|found| found.values().iter().map(|value| *value as i64).collect());
        of_input.or_else(|| node.integers(attribute).map(<[i64]>::to_vec))
    }

    /// The shape of one item of the node's first output.
    pub(super) fn output_item(&self, node: &Node) -> Result<Vec<usize>, Refusal> {
        self.item(node.output())
    }

    /// The shape of one item of the value called `name`.
    pub(super) fn item(&self, name: &str) -> Result<Vec<usize>, Refusal> {
        let shape = self.known.shapes.get(name);
        let shape = shape.ok_or_else(|| "its output is not of single precision".to_owned())?;
        if shape.len() < 2 || shape[0] != self.known.n_images {
            return Err(format!("its output of shape {shape:?} has not one item per image"));
        }
        if shape.contains(&0) {
            return Err("its output is empty".to_owned());
        }
        Ok(shape[1..].to_vec())
    }

    /// Records a step that keeps layout and shape.
    pub(super) fn pointwise(
        &mut self,
        value: &Value,
        operation: impl Fn(&mut Tape<f32>, &[Variable]) -> Variable + Send + Sync + 'static,
    ) -> Value {
        let place = self.program.push(&[value.place], operation);
        Value { place, ..value.clone() }
    }

    /// Records a step from `inputs` to an item of shape `item`.
    pub(super) fn step(
        &mut self,
        inputs: &[&Value],
        (layout, item): (Layout, Vec<usize>),
        operation: impl Fn(&mut Tape<f32>, &[Variable]) -> Variable + Send + Sync + 'static,
    ) -> Value {
        let places: Vec<usize> = inputs.iter().map(|value| value.place).collect();
        Value { place: self.program.push(&places, operation), layout, item }
    }

    /// Records a step from `inputs` to an item of shape `item` that can bring its output into bounds.
    pub(super) fn boundable_step(
        &mut self,
        inputs: &[&Value],
        (layout, item): (Layout, Vec<usize>),
        operation: impl Fn(&mut Tape<f32>, &[Variable], Option<Bounds>) -> Variable + Send + Sync + 'static,
    ) -> Value {
        let places: Vec<usize> = inputs.iter().map(|value| value.place).collect();
        Value { place: self.program.push_boundable(&places, operation), layout, item }
    }

    /// The value brought into bounds.
    pub(super) fn bounded(&mut self, value: &Value, bounds: Bounds) -> Value {
        Value { place: self.program.push_bound(value.place, bounds), ..value.clone() }
    }

    /// Each number at place c of the last axis in memory becomes `scale[c]` x + `shift[c]`.
    pub(super) fn affine(&mut self, value: &Value, [scale, shift]: [Vec<f32>; 2]) -> Value {
        let n = scale.len();
        let column = |values: Vec<f32>| Tensor::from_parts(vec![n], values);
        let [scale, shift] = [column(scale), column(shift)];
        let shape = (value.layout, value.item.clone());
        self.boundable_step(&[value], shape, move |tape, inputs, bounds| {
            let [scale, shift] = [&scale, &shift].map(|tensor| tape.leaf(tensor, false));
            tape.affine([inputs[0], scale, shift], bounds)
        })
    }

    /// `scale` x + `shift`.
    pub(super) fn line(&mut self, value: &Value, scale: f64, shift: f64) -> Value {
        let n = value.last_axis();
        self.affine(value, [vec![scale as f32; n], vec![shift as f32; n]])
    }

    /// The value as the file has it.
    pub(super) fn as_written(&mut self, value: &Value) -> Value {
        if value.layout == Layout::AsWritten {
            return value.clone();
        }
        let [channels, height, width] = [value.item[0], value.item[1], value.item[2]];
        let permutation = if height * width == 1 {
            Rearrangement::reshape(&value.item)
        } else {
            Rearrangement::permutation(&[height, width, channels], &[2, 0, 1])
        };
        self.rearranged(value, Layout::AsWritten, value.item.clone(), permutation)
    }

    /// Images with channels last.
    pub(super) fn channels_last(&mut self, value: &Value) -> Result<Value, Refusal> {
        if value.layout == Layout::ChannelsLast {
            return Ok(value.clone());
        }
        let [channels, height, width] = value.item[..] else {
            return Err(format!("its input of {} axes is no image", value.item.len() + 1));
        };
        let permutation = if height * width == 1 {
            Rearrangement::reshape(&[height, width, channels])
        } else {
            Rearrangement::permutation(&value.item, &[1, 2, 0])
        };
        Ok(self.rearranged(value, Layout::ChannelsLast, value.item.clone(), permutation))
    }

    /// Both in one layout.
    pub(super) fn alike(&mut self, left: &Value, right: &Value) -> Result<[Value; 2], Refusal> {
        if left.layout == right.layout {
            return Ok([left.clone(), right.clone()]);
        }
        Ok([self.channels_last(left)?, self.channels_last(right)?])
    }

    /// Records a rearrangement.
    pub(super) fn rearranged(
        &mut self,
        value: &Value,
        layout: Layout,
        item: Vec<usize>,
        rearrangement: Rearrangement,
    ) -> Value {
        self.step(&[value], (layout, item), move |tape, inputs| tape.rearrangement(inputs[0], &rearrangement))
    }

    /// The value as layers show it: of rank 4 with channels last.
    fn for_people(&mut self, value: Value) -> Value {
        if value.item.len() == 3 { self.channels_last(&value).unwrap_or(value) } else { value }
    }
}

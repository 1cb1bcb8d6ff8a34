//! Values of a graph while it is lowered.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::program::Bounds;
use super::value::{ImagesAxis, Layout, Value};
use super::written_out::Part;
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

/// A graph on its way to a [`Program`].
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    known: &'a Values,
    program: Program,
    values: BTreeMap<String, Value>,
    /// The places that rearrangements made, with what they were made from.
    moved: BTreeMap<usize, (usize, Rearrangement)>,
    /// How the values at some places were made.
    parts: BTreeMap<usize, Part>,
}

impl<'a> Lowering<'a> {
    /// Nothing but the batch, images channels last.
    pub(super) fn new(input: &str, known: &'a Values) -> Self {
        let item = known.shapes.get(input).map(|shape| shape[1..].to_vec()).unwrap_or_default();
        let layout = if known.is_channels_last { Layout::AsWritten } else { Layout::ChannelsLast };
        let batch = Value { place: 0, layout, item, images: ImagesAxis::FIRST };
        let values = BTreeMap::from([(input.to_owned(), batch)]);
        Self { known, program: Program::default(), values, moved: BTreeMap::new(), parts: BTreeMap::new() }
    }

    /// Whether the node computes with the images, not with shapes or constants alone.
    pub(super) fn depends_on_images(&self, node: &Node) -> bool {
        node.depends_on(|name| self.values.contains_key(name))
    }

    /// Calls `value` by the name that the file has for it.
    pub(super) fn bind(&mut self, name: &str, value: Value) {
        let value = self.settled(value);
        // Others have no item per image that could be shown.
        if value.is_ordinary() {
            let shown = self.for_people(&value);
            self.program.name(name, shown.place);
        }
        self.values.insert(name.to_owned(), value);
    }

    /// The value as all of its shape are described: that of one image has one axis for each of the file's, but for a first one of 1.
    fn settled(&mut self, value: Value) -> Value {
        let shape = value.extents();
        let images = ImagesAxis::of_one_image(&shape);
        if self.known.n_images > 1 || images == value.images {
            return value;
        }
        let value = self.as_written(&value);
        let item = if images.is_alone() { shape[1..].to_vec() } else { shape };
        let place = self.moved_to(&value, Rearrangement::reshape(&item));
        Value { place, item, images, ..value }
    }

    /// Notes how `value` was made.
    pub(super) fn note(&mut self, value: &Value, part: Part) {
        self.parts.insert(value.place, part);
    }

    /// How `value` was made, if it was noted.
    pub(super) fn part(&self, value: &Value) -> Option<Part> {
        self.parts.get(&value.place).cloned()
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
    pub(super) fn any_input(&self, node: &Node, index: usize) -> Result<Value, Refusal> {
        self.value(node, index).ok_or_else(|| format!("input {index} does not hang on the images"))
    }

    /// As [`Lowering::any_input`], with one item per image along the first axis.
    pub(super) fn input(&self, node: &Node, index: usize) -> Result<Value, Refusal> {
        let value = self.any_input(node, index)?;
        if value.is_ordinary() {
            return Ok(value);
        }
        Err(format!("its input of shape {} has not one item per image", value.described()))
    }

    /// The node's constant input `index`, if it has one.
    pub(super) fn constant(&self, node: &Node, index: usize) -> Option<&'a Tensor> {
        node.inputs().get(index).and_then(|name| self.known.constants.get(name))
    }

    /// As [`Lowering::constant`], which must be there.
    pub(super) fn parameter(&self, node: &Node, index: usize) -> Result<&'a Tensor, Refusal> {
        self.constant(node, index).ok_or_else(|| format!("input {index} is no constant"))
    }

    /// Images in the run that shapes and constants are from.
    pub(super) fn n_images(&self) -> usize {
        self.known.n_images
    }

    /// A constant that may have one item per image: these are alike, and one is given.
    fn per_image(&self, constant: &'a Tensor) -> Result<Cow<'a, Tensor>, Refusal> {
        let n_images = self.known.n_images;
        if constant.shape().first() != Some(&n_images) || n_images == 1 {
            return Ok(Cow::Borrowed(constant));
        }
        let mut items = constant.values().chunks(constant.item_len().max(1));
        let Some(first) = items.next().filter(|first| items.all(|item| item == *first)) else {
            return Err("its constant differs from image to image".to_owned());
        };
        let shape = [&[1], &constant.shape()[1..]].concat();
        Ok(Cow::Owned(Tensor::from_parts(shape, first.to_vec())))
    }

    /// As [`Lowering::any_input`]; a constant with an item per image counts, the same for every image.
    pub(super) fn input_or_constant(&mut self, node: &Node, index: usize) -> Result<Value, Refusal> {
        let Some(constant) = self.constant(node, index) else { return self.any_input(node, index) };
        let constant = self.per_image(constant)?;
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
        Ok(Value { place, layout: Layout::AsWritten, item, images: ImagesAxis::FIRST })
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
        let shape = self.shape(name)?;
        if shape.len() < 2 || shape[0] != self.known.n_images {
            return Err(format!("its output of shape {shape:?} has not one item per image"));
        }
        Ok(shape[1..].to_vec())
    }

    /// The shape that the file has for the value called `name`, for [`Lowering::n_images`] images.
    pub(super) fn shape(&self, name: &str) -> Result<&'a [usize], Refusal> {
        let shape = self.known.shapes.get(name);
        let shape = shape.ok_or_else(|| "its output is not of single precision".to_owned())?;
        if shape.contains(&0) {
            return Err("its output is empty".to_owned());
        }
        Ok(shape)
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
        Value { place: self.program.push(&places, operation), layout, item, images: ImagesAxis::FIRST }
    }

    /// Records a step from `inputs` to a value like `like`.
    pub(super) fn step_like(
        &mut self,
        inputs: &[&Value],
        like: &Value,
        operation: impl Fn(&mut Tape<f32>, &[Variable]) -> Variable + Send + Sync + 'static,
    ) -> Value {
        let places: Vec<usize> = inputs.iter().map(|value| value.place).collect();
        Value { place: self.program.push(&places, operation), ..like.clone() }
    }

    /// As [`Lowering::step_like`], of a step that can bring its output into bounds.
    pub(super) fn boundable_like(
        &mut self,
        inputs: &[&Value],
        like: &Value,
        operation: impl Fn(&mut Tape<f32>, &[Variable], Option<Bounds>) -> Variable + Send + Sync + 'static,
    ) -> Value {
        let places: Vec<usize> = inputs.iter().map(|value| value.place).collect();
        Value { place: self.program.push_boundable(&places, operation), ..like.clone() }
    }

    /// Records a step from `inputs` to an item of shape `item` that can bring its output into bounds.
    pub(super) fn boundable_step(
        &mut self,
        inputs: &[&Value],
        (layout, item): (Layout, Vec<usize>),
        operation: impl Fn(&mut Tape<f32>, &[Variable], Option<Bounds>) -> Variable + Send + Sync + 'static,
    ) -> Value {
        let places: Vec<usize> = inputs.iter().map(|value| value.place).collect();
        let place = self.program.push_boundable(&places, operation);
        Value { place, layout, item, images: ImagesAxis::FIRST }
    }

    /// The value brought into bounds.
    pub(super) fn bounded(&mut self, value: &Value, bounds: Bounds) -> Value {
        Value { place: self.program.push_bound(value.place, bounds), ..value.clone() }
    }

    /// In each run of as many numbers in memory, number c becomes `scale[c]` x + `shift[c]`.
    pub(super) fn affine(&mut self, value: &Value, [scale, shift]: [Vec<f32>; 2]) -> Value {
        let n = scale.len();
        let column = |values: Vec<f32>| Tensor::from_parts(vec![n], values);
        let [scale, shift] = [column(scale), column(shift)];
        self.boundable_like(&[value], value, move |tape, inputs, bounds| {
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
        let axes = value.memory_axes();
        let back: Vec<usize> =
            (0..axes.len()).filter_map(|axis| axes.iter().position(|at| *at == axis)).collect();
        let permutation = Rearrangement::permutation(&value.in_memory(&value.item), &back);
        let place = self.moved_to(value, permutation);
        Value { place, layout: Layout::AsWritten, ..value.clone() }
    }

    /// Images with channels last.
    pub(super) fn channels_last(&mut self, value: &Value) -> Result<Value, Refusal> {
        if value.layout == Layout::ChannelsLast {
            return Ok(value.clone());
        }
        if value.item.len() != 3 || !value.is_ordinary() {
            return Err(format!("its input of shape {} is no image", value.described()));
        }
        let value = self.as_written(value);
        let place = self.moved_to(&value, Rearrangement::permutation(&value.item, &[1, 2, 0]));
        Ok(Value { place, layout: Layout::ChannelsLast, ..value })
    }

    /// Both in one layout.
    pub(super) fn alike(&mut self, left: &Value, right: &Value) -> Result<[Value; 2], Refusal> {
        if left.layout == right.layout {
            return Ok([left.clone(), right.clone()]);
        }
        if [left, right].iter().any(|value| value.layout == Layout::ChannelsLast) {
            return Ok([self.channels_last(left)?, self.channels_last(right)?]);
        }
        Ok([self.as_written(left), self.as_written(right)])
    }

    /// Records a rearrangement.
    pub(super) fn rearranged(
        &mut self,
        value: &Value,
        layout: Layout,
        item: Vec<usize>,
        rearrangement: Rearrangement,
    ) -> Value {
        Value { place: self.moved_to(value, rearrangement), layout, item, images: ImagesAxis::FIRST }
    }

    /// The place of the value's numbers in other places; one movement where the value was moved to where it is.
    pub(super) fn moved_to(&mut self, value: &Value, rearrangement: Rearrangement) -> usize {
        let joined = self.moved.get(&value.place);
        let joined = joined.and_then(|(source, first)| Some((*source, rearrangement.after(first)?)));
        let (source, rearrangement) = joined.unwrap_or((value.place, rearrangement));
        let kept = rearrangement.clone();
        let place = self.program.push_rearrangement(source, rearrangement);
        self.moved.insert(place, (source, kept));
        place
    }

    /// The value as layers show it: of rank 4 with channels last.
    fn for_people(&mut self, value: &Value) -> Value {
        match value.item.len() {
            3 => self.channels_last(value).unwrap_or_else(|_| value.clone()),
            _ => self.as_written(value),
        }
    }
}

//! Sums, differences, products and quotients.

use super::constants::{beside, by_channel};
use super::power::{power, spread};
use super::written_norm::{norm_of_quotient, note_difference, note_shift, with_gamma};
use super::written_out::{note_multiple, note_product, note_sum, with_bias};
use super::{Layout, Lowering, Node, Refusal, Value};
use crate::tape::{Tape, Variable};
use crate::tensor::Tensor;

/// `Add`, `Sum` of two.
pub(super) fn add(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if node.inputs().len() != 2 {
        return Err("only sums of two are lowered".to_owned());
    }
    match operands(lowering, node)? {
        Operands::Values(left, right) => sum(lowering, &left, &right),
        Operands::Constant { value, constant, .. } => {
            if let Some(layer) = with_bias(lowering, &value, &constant) {
                return Ok(layer);
            }
            let made = shifted(lowering, &value, 1.0, constant.clone());
            note_sum(lowering, &value, &constant, &made);
            Ok(note_shift(lowering, &value, &constant, made))
        }
    }
}

/// `Sub`.
pub(super) fn subtract(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    match operands(lowering, node)? {
        Operands::Values(left, right) => {
            let all = spread(lowering, &left, &right).unwrap_or_else(|| right.clone());
            let negative = lowering.line(&all, -1.0, 0.0);
            let made = sum(lowering, &left, &negative)?;
            note_difference(lowering, [&left, &right], &made);
            Ok(made)
        }
        Operands::Constant { value, constant, is_first: true } => {
            Ok(shifted(lowering, &value, -1.0, constant))
        }
        Operands::Constant { value, constant, .. } => {
            let negative = constant.iter().map(|number| -number).collect();
            Ok(shifted(lowering, &value, 1.0, negative))
        }
    }
}

/// `Mul`; a value of one number per channel scales the channels of the other.
pub(super) fn multiply(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    match operands(lowering, node)? {
        Operands::Values(left, right) => {
            let made = product(lowering, &left, &right)?;
            Ok(note_product(lowering, [&left, &right], made))
        }
        Operands::Constant { value, constant: scale, .. } => Ok(scaled(lowering, &value, &scale)),
    }
}

/// `Div`.
pub(super) fn divide(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    match operands(lowering, node)? {
        Operands::Constant { value, constant: divisor, is_first: false } => {
            let scale: Vec<f32> = divisor.iter().map(|number| 1.0 / number).collect();
            Ok(scaled(lowering, &value, &scale))
        }
        Operands::Constant { .. } => Err("a constant divided by a value is not lowered".to_owned()),
        Operands::Values(left, right) => {
            if let Some(norm) = norm_of_quotient(lowering, [&left, &right]) {
                return Ok(norm);
            }
            let divisor = spread(lowering, &left, &right).unwrap_or(right);
            let inverse = power(lowering, &divisor, -1.0);
            product(lowering, &left, &inverse)
        }
    }
}

/// The two inputs of a node.
enum Operands {
    Values(Value, Value),
    /// A number for each of every run of as many numbers of the value.
    Constant {
        value: Value,
        constant: Vec<f32>,
        is_first: bool,
    },
}

fn operands(lowering: &mut Lowering<'_>, node: &Node) -> Result<Operands, Refusal> {
    let (value, index) = match (lowering.value(node, 0), lowering.value(node, 1)) {
        (Some(left), Some(right)) => return Ok(Operands::Values(left, right)),
        (Some(value), None) => (value, 1),
        (None, Some(value)) => (value, 0),
        (None, None) => return Err("neither input hangs on the images".to_owned()),
    };
    let (constant, n_images) = (lowering.parameter(node, index)?, lowering.n_images());
    if lowering.shape(node.output())? != value.file_shape(n_images) {
        return Err("its constant makes the value larger".to_owned());
    }
    let value = by_channel(lowering, &value, constant)?;
    let constant = beside(&value, constant, n_images)?;
    Ok(Operands::Constant { value, constant, is_first: index == 0 })
}

/// `scale` x.
fn scaled(lowering: &mut Lowering<'_>, value: &Value, scale: &[f32]) -> Value {
    let made = lowering.affine(value, [scale.to_vec(), vec![0.0; scale.len()]]);
    let made = note_multiple(lowering, value, scale, made);
    with_gamma(lowering, value, scale, made)
}

/// `scale` x + `shift`.
fn shifted(lowering: &mut Lowering<'_>, value: &Value, scale: f32, shift: Vec<f32>) -> Value {
    if shift.len() == value.last_axis() || scale != 1.0 {
        return lowering.affine(value, [vec![scale; shift.len()], shift]);
    }
    let shift = Tensor::from_parts(vec![shift.len()], shift);
    lowering.pointwise(value, move |tape, inputs| {
        let shift = tape.leaf(&shift, false);
        tape.bias(inputs[0], shift)
    })
}

fn sum(lowering: &mut Lowering<'_>, left: &Value, right: &Value) -> Result<Value, Refusal> {
    if left.item != right.item || left.images != right.images {
        return Err(format!("shapes {} and {} differ", left.described(), right.described()));
    }
    let [left, right] = lowering.alike(left, right)?;
    let summed =
        |tape: &mut Tape<f32>, inputs: &[Variable], bounds| tape.bounded_add(inputs[0], inputs[1], bounds);
    Ok(lowering.boundable_like(&[&left, &right], &left, summed))
}

/// The product of two values; one of them may have one number per channel.
pub(super) fn product(lowering: &mut Lowering<'_>, left: &Value, right: &Value) -> Result<Value, Refusal> {
    let differ = || format!("shapes {} and {} do not fit", left.described(), right.described());
    if left.images != right.images {
        return Err(differ());
    }
    let [one, other] = lowering.alike(left, right)?;
    if one.item == other.item {
        return Ok(
            lowering.step_like(&[&one, &other], &one, |tape, inputs| tape.product(inputs[0], inputs[1]))
        );
    }
    let scales = |value: &Value| value.layout == Layout::ChannelsLast && value.item[1..] == [1, 1];
    let (images, factors) = if scales(&other) { (one, other) } else { (other, one) };
    if !scales(&factors) || images.item[0] != factors.item[0] {
        return Err(differ());
    }
    Ok(lowering
        .step_like(&[&images, &factors], &images, |tape, inputs| tape.channel_scale(inputs[0], inputs[1])))
}

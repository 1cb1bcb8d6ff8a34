//! Sums, differences, products and quotients.

use super::{Layout, Lowering, Node, Refusal, Value};
use crate::tensor::Tensor;

/// A constant beside a value.
enum Constant {
    /// One number for each place of the last axis in memory.
    Channels(Vec<f32>),
    /// One number for each number of an item as the file has it.
    Item(Tensor),
}

/// `Add`, `Sum` of two.
pub(super) fn add(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if node.inputs().len() != 2 {
        return Err("only sums of two are lowered".to_owned());
    }
    match operands(lowering, node)? {
        Operands::Values(left, right) => sum(lowering, &left, &right),
        Operands::Constant { value, constant, .. } => match constant {
            Constant::Channels(shift) => Ok(lowering.affine(&value, [vec![1.0; shift.len()], shift])),
            Constant::Item(offsets) => {
                let value = lowering.as_written(&value);
                Ok(lowering.pointwise(&value, move |tape, inputs| {
                    let offsets = tape.leaf(&offsets, false);
                    tape.bias(inputs[0], offsets)
                }))
            }
        },
    }
}

/// `Sub`.
pub(super) fn subtract(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    match operands(lowering, node)? {
        Operands::Values(left, right) => {
            let negative = lowering.line(&right, -1.0, 0.0);
            sum(lowering, &left, &negative)
        }
        Operands::Constant { value, constant: Constant::Channels(constant), is_first } => {
            let sign = if is_first { 1.0 } else { -1.0 };
            let shift: Vec<f32> = constant.iter().map(|number| sign * number).collect();
            Ok(lowering.affine(&value, [vec![-sign; shift.len()], shift]))
        }
        Operands::Constant { .. } => Err("its constant is neither one number nor one per channel".to_owned()),
    }
}

/// `Mul`; a value of one number per channel scales the channels of the other.
pub(super) fn multiply(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    match operands(lowering, node)? {
        Operands::Values(left, right) => product(lowering, &left, &right),
        Operands::Constant { value, constant: Constant::Channels(scale), .. } => {
            let shift = vec![0.0; scale.len()];
            Ok(lowering.affine(&value, [scale, shift]))
        }
        Operands::Constant { .. } => Err("its constant is neither one number nor one per channel".to_owned()),
    }
}

/// `Div` by a constant.
pub(super) fn divide(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    match operands(lowering, node)? {
        Operands::Constant { value, constant: Constant::Channels(divisor), is_first: false } => {
            let scale: Vec<f32> = divisor.iter().map(|number| 1.0 / number).collect();
            Ok(lowering.affine(&value, [scale, vec![0.0; divisor.len()]]))
        }
        _ => Err("only division by one number, or one per channel, is lowered".to_owned()),
    }
}

/// The two inputs of a node.
enum Operands {
    Values(Value, Value),
    Constant { value: Value, constant: Constant, is_first: bool },
}

fn operands(lowering: &mut Lowering<'_>, node: &Node) -> Result<Operands, Refusal> {
    match (lowering.value(node, 0), lowering.value(node, 1)) {
        (Some(left), Some(right)) => Ok(Operands::Values(left, right)),
        (Some(value), None) => beside(lowering, node, &value, 1),
        (None, Some(value)) => beside(lowering, node, &value, 0),
        (None, None) => Err("neither input hangs on the images".to_owned()),
    }
}

fn beside(
    lowering: &mut Lowering<'_>,
    node: &Node,
    value: &Value,
    index: usize,
) -> Result<Operands, Refusal> {
    let found = &lowering.per_image(lowering.parameter(node, index)?, value.item.len())?;
    if lowering.output_item(node)? != value.item {
        return Err("its constant makes the value larger".to_owned());
    }
    let shape: Vec<usize> = found.shape().iter().copied().skip_while(|extent| *extent == 1).collect();
    let n = value.last_axis();
    let spread = |n: usize| Constant::Channels(vec![found.values()[0]; n]);
    let one_per_channel = match value.layout {
        Layout::ChannelsLast => shape == [n, 1, 1],
        Layout::AsWritten => shape == [n],
    };
    let constant = if found.len() == 1 {
        spread(n)
    } else if one_per_channel {
        Constant::Channels(found.values().to_vec())
    } else if is_one_number(found) {
        spread(n)
    } else if shape == value.item {
        Constant::Item(Tensor::from_parts(vec![found.len()], found.values().to_vec()))
    } else if value.layout == Layout::AsWritten && value.item.len() == 3 && shape == [value.item[0], 1, 1] {
        let value = lowering.channels_last(value)?;
        return Ok(Operands::Constant {
            value,
            constant: Constant::Channels(found.values().to_vec()),
            is_first: index == 0,
        });
    } else {
        return Err(format!("a constant of shape {:?} is not lowered", found.shape()));
    };
    Ok(Operands::Constant { value: value.clone(), constant, is_first: index == 0 })
}

fn is_one_number(constant: &Tensor) -> bool {
    constant.values().iter().all(|value| *value == constant.values()[0])
}

fn sum(lowering: &mut Lowering<'_>, left: &Value, right: &Value) -> Result<Value, Refusal> {
    if left.item != right.item {
        return Err(format!("shapes {:?} and {:?} differ", left.item, right.item));
    }
    let [left, right] = lowering.alike(left, right)?;
    let shape = (left.layout, left.item.clone());
    Ok(lowering.boundable_step(&[&left, &right], shape, |tape, inputs, bounds| {
        tape.bounded_add(inputs[0], inputs[1], bounds)
    }))
}

/// The product of two values; one of them may have one number per channel.
pub(super) fn product(lowering: &mut Lowering<'_>, left: &Value, right: &Value) -> Result<Value, Refusal> {
    let [left, right] = lowering.alike(left, right)?;
    let shape = (left.layout, left.item.clone());
    if left.item == right.item {
        return Ok(lowering.step(&[&left, &right], shape, |tape, inputs| tape.product(inputs[0], inputs[1])));
    }
    let scales = |value: &Value| value.layout == Layout::ChannelsLast && value.item[1..] == [1, 1];
    let (images, factors) = if scales(&right) { (left, right) } else { (right, left) };
    if !scales(&factors) || images.item[0] != factors.item[0] {
        return Err(format!("shapes {:?} and {:?} do not fit", images.item, factors.item));
    }
    let shape = (images.layout, images.item.clone());
    Ok(lowering.step(&[&images, &factors], shape, |tape, inputs| tape.channel_scale(inputs[0], inputs[1])))
}

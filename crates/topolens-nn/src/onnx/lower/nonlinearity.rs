//! Pointwise nonlinearities, and softmax.

use super::arithmetic::product;
use super::written_out::note_error_function;
use super::{Lowering, Node, Refusal, Value};
use crate::kernels::Nonlinearity;

/// `Relu`.
pub(super) fn relu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    Ok(lowering.bounded(&value, [0.0, f32::INFINITY]))
}

/// `Sigmoid`.
pub(super) fn sigmoid(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    apply(lowering, node, Nonlinearity::Sigmoid)
}

/// `Tanh`.
pub(super) fn tanh(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    apply(lowering, node, Nonlinearity::Tanh)
}

/// `Elu` with α = 1.
pub(super) fn elu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if node.float("alpha", 1.0) != 1.0 {
        return Err("only alpha = 1 is lowered".to_owned());
    }
    apply(lowering, node, Nonlinearity::Elu)
}

/// `Gelu` without approximation.
pub(super) fn gelu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if node.word("approximate") == "tanh" {
        return Err("its approximation by tanh is not lowered".to_owned());
    }
    apply(lowering, node, Nonlinearity::Gelu)
}

/// `Erf`.
pub(super) fn error_function(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let made = lowering.pointwise(&value, |tape, inputs| tape.error_function(inputs[0]));
    note_error_function(lowering, &value, &made);
    Ok(made)
}

/// `Swish` with α = 1.
pub(super) fn swish(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if node.float("alpha", 1.0) != 1.0 {
        return Err("only alpha = 1 is lowered".to_owned());
    }
    apply(lowering, node, Nonlinearity::Swish)
}

/// `Clip`.
pub(super) fn clip(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let bound = |name: &str, index: usize, other: f32| {
        let of_input = lowering.constant(node, index).and_then(|found| found.values().first().copied());
        of_input.unwrap_or_else(|| node.float(name, other) as f32)
    };
    let bounds = [bound("min", 1, f32::NEG_INFINITY), bound("max", 2, f32::INFINITY)];
    let value = lowering.any_input(node, 0)?;
    Ok(lowering.bounded(&value, bounds))
}

/// `HardSigmoid`: min(max(α x + β, 0), 1).
pub(super) fn hard_sigmoid(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    Ok(ramp(lowering, &value, [node.float("alpha", 0.2), node.float("beta", 0.5)]))
}

/// `HardSwish`: x min(max(x / 6 + 1/2, 0), 1).
pub(super) fn hard_swish(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let gate = ramp(lowering, &value, [1.0 / 6.0, 0.5]);
    product(lowering, &value, &gate)
}

fn ramp(lowering: &mut Lowering<'_>, value: &Value, [alpha, beta]: [f64; 2]) -> Value {
    let line = lowering.line(value, alpha, beta);
    lowering.bounded(&line, [0.0, 1.0])
}

/// `LeakyRelu`.
pub(super) fn leaky_relu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let slopes = vec![node.float("alpha", 0.01) as f32; value.last_axis()];
    Ok(leaky(lowering, &value, &slopes))
}

/// `PRelu` with one slope, or one per channel.
pub(super) fn parametric_relu(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let slopes = lowering.parameter(node, 1)?.values().to_vec();
    let value =
        if value.item.len() == 3 { lowering.channels_last(&value)? } else { lowering.as_written(&value) };
    let n = value.last_axis();
    let slopes = if slopes.len() == 1 { vec![slopes[0]; n] } else { slopes };
    if slopes.len() != n {
        return Err("its slopes are not one per channel".to_owned());
    }
    Ok(leaky(lowering, &value, &slopes))
}

/// max(x, 0) + s min(x, 0).
fn leaky(lowering: &mut Lowering<'_>, value: &Value, slopes: &[f32]) -> Value {
    let above = lowering.bounded(value, [0.0, f32::INFINITY]);
    let below = lowering.bounded(value, [f32::NEG_INFINITY, 0.0]);
    let below = lowering.affine(&below, [slopes.to_vec(), vec![0.0; slopes.len()]]);
    lowering.step_like(&[&above, &below], &above, |tape, inputs| tape.add(inputs[0], inputs[1]))
}

/// `Softmax` along the last axis.
pub(super) fn softmax(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let axis = node.integer("axis", -1);
    if value.axis(axis) + 1 != value.rank() {
        return Err(format!("axis {axis} is not lowered"));
    }
    value.row_len()?;
    let value = lowering.as_written(&value);
    Ok(lowering.pointwise(&value, |tape, inputs| tape.softmax(inputs[0])))
}

fn apply(lowering: &mut Lowering<'_>, node: &Node, nonlinearity: Nonlinearity) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    Ok(pointwise(lowering, &value, nonlinearity))
}

/// φ of each number.
pub(super) fn pointwise(lowering: &mut Lowering<'_>, value: &Value, nonlinearity: Nonlinearity) -> Value {
    lowering.pointwise(value, move |tape, inputs| tape.nonlinearity(inputs[0], nonlinearity))
}

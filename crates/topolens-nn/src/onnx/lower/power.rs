//! Powers, and means over the last axis with what is spread along it again.

use super::written_norm::{Stage, note_stage, stage};
use super::{Layout, Lowering, Node, Refusal, Value};
use crate::kernels::Finish;
use crate::tensor::Tensor;

/// `Pow` with a constant exponent.
pub(super) fn pow(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let [exponent] = *lowering.parameter(node, 1)?.values() else {
        return Err("its exponent is not one number".to_owned());
    };
    let made = power(lowering, &value, f64::from(exponent));
    if exponent == 2.0 {
        note_stage(lowering, &made, stage(lowering, &value).and_then(Stage::squared));
    }
    Ok(made)
}

/// `Sqrt`.
pub(super) fn square_root(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let made = power(lowering, &value, 0.5);
    note_stage(lowering, &made, stage(lowering, &value).and_then(Stage::rooted));
    Ok(made)
}

/// `Reciprocal`.
pub(super) fn reciprocal(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    Ok(power(lowering, &value, -1.0))
}

/// Each number to the power of `exponent`.
pub(super) fn power(lowering: &mut Lowering<'_>, value: &Value, exponent: f64) -> Value {
    lowering.pointwise(value, move |tape, inputs| tape.power(inputs[0], exponent))
}

/// The mean over the last axis, which stays with an extent of 1.
pub(super) fn mean_of_rows(lowering: &mut Lowering<'_>, value: &Value) -> Result<Value, Refusal> {
    let n = value.row_len()?;
    let value = lowering.as_written(value);
    let made = over_last_axis(lowering, &value, Tensor::from_parts(vec![n, 1], vec![1.0 / n as f32; n]));
    let next = stage(lowering, &value).map_or(Some(Stage::Mean { x: value }), Stage::averaged);
    note_stage(lowering, &made, next);
    Ok(made)
}

/// `right` along the last axis of `left`, if it has one number for each row of it.
pub(super) fn spread(lowering: &mut Lowering<'_>, left: &Value, right: &Value) -> Option<Value> {
    let rows = |value: &Value| value.item.split_last().map(|(_, rows)| rows.to_vec());
    let is_per_row = right.item.last() == Some(&1) && right.layout == Layout::AsWritten;
    let n = left.row_len().ok().filter(|n| *n > 1)?;
    let fits = is_per_row && left.images == right.images && rows(left) == rows(right);
    fits.then(|| over_last_axis(lowering, right, Tensor::from_parts(vec![1, n], vec![1.0; n])))
}

/// Rows times weights.
fn over_last_axis(lowering: &mut Lowering<'_>, rows: &Value, weights: Tensor) -> Value {
    let mut made = rows.clone();
    made.item.pop();
    made.item.push(weights.shape()[1]);
    lowering.step_like(&[rows], &made, move |tape, inputs| {
        let weights = tape.leaf(&weights, false);
        tape.finished_linear(inputs[0], weights, Finish::NOTHING)
    })
}

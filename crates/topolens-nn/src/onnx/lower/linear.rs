//! Fully connected layers.

use std::sync::Arc;

use super::written_out::Part;
use super::{Layout, Lowering, Node, Refusal, Value};
use crate::kernels::Finish;
use crate::tensor::Tensor;

/// `Gemm` with constant weights.
pub(super) fn gemm(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if node.integer("transA", 0) != 0 || lowering.value(node, 0).is_none() {
        return Err("its first input is not a row per image".to_owned());
    }
    let (alpha, beta) = (node.float("alpha", 1.0) as f32, node.float("beta", 1.0) as f32);
    let weights = lowering.parameter(node, 1)?;
    let weights = if node.integer("transB", 0) != 0 { transposed(weights)? } else { weights.clone() };
    let scaled = |tensor: &Tensor, factor: f32| {
        let values = tensor.values().iter().map(|value| factor * value).collect();
        Tensor::from_parts(tensor.shape().to_vec(), values)
    };
    let bias = lowering.constant(node, 2).map(|bias| scaled(bias, beta).into_values());
    multiply(lowering, node, scaled(&weights, alpha), bias)
}

/// `MatMul` of two values, or with a constant matrix on the right.
pub(super) fn matrix_product(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    if let (Some(left), Some(right)) = (lowering.value(node, 0), lowering.value(node, 1)) {
        return product_of_values(lowering, &left, &right);
    }
    let weights = lowering.parameter(node, 1)?;
    multiply(lowering, node, weights.clone(), None)
}

fn multiply(
    lowering: &mut Lowering<'_>,
    node: &Node,
    weights: Tensor,
    bias: Option<Vec<f32>>,
) -> Result<Value, Refusal> {
    let rows = lowering.any_input(node, 0)?;
    let rows = lowering.as_written(&rows);
    if weights.shape().len() != 2 || weights.shape()[0] != rows.row_len()? {
        return Err(format!("weights of shape {:?} are not lowered", weights.shape()));
    }
    let n_out = weights.shape()[1];
    let bias = bias.map(|bias| if bias.len() == 1 { vec![bias[0]; n_out] } else { bias });
    if bias.as_ref().is_some_and(|bias| bias.len() != n_out) {
        return Err("its bias is not one number per output".to_owned());
    }
    Ok(multiply_rows(lowering, &rows, Arc::new(weights), bias))
}

/// Rows times weights, and a bias.
pub(super) fn multiply_rows(
    lowering: &mut Lowering<'_>,
    rows: &Value,
    weights: Arc<Tensor>,
    bias: Option<Vec<f32>>,
) -> Value {
    let part = bias.is_none().then(|| Part::Product { rows: rows.clone(), weights: weights.clone() });
    let made = with_last_axis(rows, weights.shape()[1]);
    let made = lowering.boundable_like(&[rows], &made, move |tape, inputs, bounds| {
        let weights = tape.leaf(&weights, false);
        tape.finished_linear(inputs[0], weights, Finish { bias: bias.as_deref(), bounds })
    });
    if let Some(part) = part {
        lowering.note(&made, part);
    }
    made
}

/// The product of the matrices in the last two axes, at the same indices of the axes before.
fn product_of_values(lowering: &mut Lowering<'_>, left: &Value, right: &Value) -> Result<Value, Refusal> {
    let (rank, extents) = (left.rank(), [left.extents(), right.extents()]);
    let is_pair = rank == right.rank()
        && rank >= 2
        && left.images == right.images
        && [rank - 1, rank - 2].iter().all(|axis| left.item_axis(*axis).is_some())
        && extents[0][..rank - 2] == extents[1][..rank - 2]
        && extents[0][rank - 1] == extents[1][rank - 2];
    if !is_pair {
        return Err(format!("shapes {} and {} do not fit", left.described(), right.described()));
    }
    let left = lowering.as_written(left);
    let is_transposed = right.layout == Layout::Transposed;
    let right = if is_transposed { right.clone() } else { lowering.as_written(right) };
    let made = with_last_axis(&left, extents[1][rank - 1]);
    Ok(lowering.step_like(&[&left, &right], &made, move |tape, inputs| {
        tape.product_batch([inputs[0], inputs[1]], is_transposed)
    }))
}

/// `value` with another extent of its last axis.
fn with_last_axis(value: &Value, extent: usize) -> Value {
    let mut item = value.item.clone();
    item.pop();
    item.push(extent);
    Value { item, ..value.clone() }
}

fn transposed(matrix: &Tensor) -> Result<Tensor, Refusal> {
    let [n_rows, n_columns] = *matrix.shape() else {
        return Err(format!("weights of shape {:?} are not lowered", matrix.shape()));
    };
    let column = |column: usize| matrix.values().iter().skip(column).step_by(n_columns).copied();
    Ok(Tensor::from_parts(vec![n_columns, n_rows], (0..n_columns).flat_map(column).collect()))
}

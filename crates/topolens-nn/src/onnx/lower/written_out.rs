//! Operators that files write out in smaller ones: fully connected layers as product and sum, GELU by the error function.
//!
//! The parts are recorded as well, for who looks at them; those that nobody looks at are not run.

use std::f32::consts::SQRT_2;
use std::sync::Arc;

use super::linear::multiply_rows;
use super::nonlinearity::pointwise;
use super::written_norm::Stage;
use super::{Layout, Lowering, Value};
use crate::kernels::Nonlinearity;
use crate::tensor::Tensor;

/// The file writes numbers such as 1 / √2 in single precision, rounded more than once.
const ROUNDING: f32 = 1e-6;

/// How a value was made, of those that may be a part of what is written out.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Rows times weights.
    Product { rows: Value, weights: Arc<Tensor> },
    /// A multiple of a value.
    Multiple { of: Value, factor: f32 },
    /// erf (x / √2).
    ErrorFunction { x: Value },
    /// 1 + erf (x / √2).
    TwiceNormal { x: Value },
    /// A multiple of GELU of x.
    GeluMultiple { x: Value, factor: f32 },
    /// A part of a layer normalisation.
    Norm(Stage),
}

/// The sum of a value and a number for each place of the last axis, or one for all, if that ends a fully connected layer.
pub(super) fn with_bias(lowering: &mut Lowering<'_>, value: &Value, bias: &[f32]) -> Option<Value> {
    let Some(Part::Product { rows, weights }) = lowering.part(value) else { return None };
    if value.layout != Layout::AsWritten || bias.len() != weights.shape()[1] {
        return None;
    }
    Some(multiply_rows(lowering, &rows, weights, Some(bias.to_vec())))
}

/// Notes that `shifted` is `value` + `shift`.
pub(super) fn note_sum(lowering: &mut Lowering<'_>, value: &Value, shift: &[f32], shifted: &Value) {
    if let Some(Part::ErrorFunction { x }) = lowering.part(value)
        && shift.iter().all(|shift| *shift == 1.0)
    {
        lowering.note(shifted, Part::TwiceNormal { x });
    }
}

/// Notes that `scaled` is a multiple of `value`; what to take in its place if that is GELU.
pub(super) fn note_multiple(
    lowering: &mut Lowering<'_>,
    value: &Value,
    scale: &[f32],
    scaled: Value,
) -> Value {
    let factor = scale[0];
    if scale.iter().any(|other| *other != factor) {
        return scaled;
    }
    if let Some(Part::GeluMultiple { x, factor: before }) = lowering.part(value) {
        return gelu_multiple(lowering, x, before * factor, scaled);
    }
    lowering.note(&scaled, Part::Multiple { of: value.clone(), factor });
    scaled
}

/// Notes that `value` is erf of `argument`.
pub(super) fn note_error_function(lowering: &mut Lowering<'_>, argument: &Value, value: &Value) {
    if let Some(Part::Multiple { of: x, factor }) = lowering.part(argument)
        && (factor * SQRT_2 - 1.0).abs() < ROUNDING
    {
        lowering.note(value, Part::ErrorFunction { x });
    }
}

/// Notes that `product` is that of two values; what to take in its place if that is GELU.
pub(super) fn note_product(lowering: &mut Lowering<'_>, factors: [&Value; 2], product: Value) -> Value {
    for [plain, normal] in [factors, [factors[1], factors[0]]] {
        let Some(Part::TwiceNormal { x }) = lowering.part(normal) else { continue };
        match lowering.part(plain) {
            _ if plain.place == x.place => return gelu_multiple(lowering, x, 2.0, product),
            Some(Part::Multiple { of, factor }) if of.place == x.place => {
                return gelu_multiple(lowering, x, 2.0 * factor, product);
            }
            _ => {}
        }
    }
    product
}

/// `value`, which is a multiple of GELU of x: GELU itself if the factor is 1.
fn gelu_multiple(lowering: &mut Lowering<'_>, x: Value, factor: f32, value: Value) -> Value {
    if (factor - 1.0).abs() < ROUNDING {
        return pointwise(lowering, &x, Nonlinearity::Gelu);
    }
    lowering.note(&value, Part::GeluMultiple { x, factor });
    value
}

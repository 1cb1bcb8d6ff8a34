//! Normalisation by fixed statistics, and over the last axis.

use super::written_norm::layer_norm;
use super::{Lowering, Node, Refusal, Value};
use crate::tensor::Tensor;

/// `BatchNormalization` in evaluation: γ (x − mean) / √(variance + ε) + β.
pub(super) fn batch_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.input(node, 0)?;
    let value =
        if value.item.len() == 3 { lowering.channels_last(&value)? } else { lowering.as_written(&value) };
    if value.item.len() == 2 {
        return Err("values of three axes are not lowered".to_owned());
    }
    let (n_channels, epsilon) = (value.last_axis(), node.float("epsilon", 1e-5));
    let [gamma, beta, mean, variance] =
        [1, 2, 3, 4].map(|index| lowering.parameter(node, index).map(Tensor::values));
    let (gamma, beta, mean, variance) = (gamma?, beta?, mean?, variance?);
    if [gamma, beta, mean, variance].iter().any(|column| column.len() != n_channels) {
        return Err("its parameters are not one per channel".to_owned());
    }
    let scale: Vec<f64> = gamma
        .iter()
        .zip(variance)
        .map(|(gamma, variance)| f64::from(*gamma) / (f64::from(*variance) + epsilon).sqrt())
        .collect();
    let terms = beta.iter().zip(mean).zip(&scale);
    let shift = terms.map(|((beta, mean), scale)| (f64::from(*beta) - f64::from(*mean) * scale) as f32);
    let shift = shift.collect();
    Ok(lowering.affine(&value, [scale.iter().map(|scale| *scale as f32).collect(), shift]))
}

/// `LayerNormalization` over the last axis.
pub(super) fn layer_normalization(lowering: &mut Lowering<'_>, node: &Node) -> Result<Value, Refusal> {
    let value = lowering.any_input(node, 0)?;
    let value = lowering.as_written(&value);
    if value.axis(node.integer("axis", -1)) + 1 != value.rank() {
        return Err("axes other than the last are not lowered".to_owned());
    }
    let (epsilon, row_len) = (node.float("epsilon", 1e-5), value.row_len()?);
    let gamma = lowering.parameter(node, 1)?.clone();
    let beta = lowering.constant(node, 2).cloned();
    let beta = beta.unwrap_or_else(|| Tensor::zeros(gamma.shape()));
    if [&gamma, &beta].iter().any(|column| column.len() != row_len) {
        return Err("its parameters are not one per feature".to_owned());
    }
    Ok(layer_norm(lowering, &value, epsilon, [gamma.into_values(), beta.into_values()]))
}

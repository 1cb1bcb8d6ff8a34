//! Layer normalisation written out as means, differences and powers, as PyTorch does below opset 17.
//!
//! Each part is recorded too, for who looks at it; those that nobody looks at are not run.

use super::written_out::Part;
use super::{Lowering, Value};
use crate::tensor::Tensor;

/// How far a layer normalisation of `x` has come.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    Mean {
        x: Value,
    },
    /// x − mean.
    Centred {
        x: Value,
    },
    /// (x − mean)².
    Squared {
        x: Value,
    },
    Variance {
        x: Value,
    },
    /// Variance + ε.
    Raised {
        x: Value,
        epsilon: f64,
    },
    /// √(variance + ε).
    Deviation {
        x: Value,
        epsilon: f64,
    },
    /// γ (x − mean) / √(variance + ε).
    Scaled {
        x: Value,
        epsilon: f64,
        gamma: Vec<f32>,
    },
}

impl Stage {
    pub(super) fn squared(self) -> Option<Self> {
        if let Self::Centred { x } = self { Some(Self::Squared { x }) } else { None }
    }

    pub(super) fn averaged(self) -> Option<Self> {
        if let Self::Squared { x } = self { Some(Self::Variance { x }) } else { None }
    }

    pub(super) fn rooted(self) -> Option<Self> {
        if let Self::Raised { x, epsilon } = self { Some(Self::Deviation { x, epsilon }) } else { None }
    }
}

/// How far `value` has come.
pub(super) fn stage(lowering: &Lowering<'_>, value: &Value) -> Option<Stage> {
    if let Some(Part::Norm(stage)) = lowering.part(value) { Some(stage) } else { None }
}

/// Notes how far `value` has come, if it is a part.
pub(super) fn note_stage(lowering: &mut Lowering<'_>, value: &Value, stage: Option<Stage>) {
    if let Some(stage) = stage {
        lowering.note(value, Part::Norm(stage));
    }
}

/// Notes that `difference` is that of two values.
pub(super) fn note_difference(lowering: &mut Lowering<'_>, [left, right]: [&Value; 2], difference: &Value) {
    if let Some(Stage::Mean { x }) = stage(lowering, right)
        && x.place == left.place
    {
        note_stage(lowering, difference, Some(Stage::Centred { x }));
    }
}

/// Notes that `sum` is that of a value and `shift`; what to take in its place if that is a layer normalisation.
pub(super) fn note_shift(lowering: &mut Lowering<'_>, value: &Value, shift: &[f32], sum: Value) -> Value {
    match stage(lowering, value) {
        Some(Stage::Variance { x }) => {
            note_stage(lowering, &sum, Some(Stage::Raised { x, epsilon: f64::from(shift[0]) }));
            sum
        }
        Some(Stage::Scaled { x, epsilon, gamma }) if shift.len() == gamma.len() => {
            layer_norm(lowering, &x, epsilon, [gamma, shift.to_vec()])
        }
        _ => sum,
    }
}

/// What to take in place of `scaled`, which is `value` times `gamma`, if that is a layer normalisation.
pub(super) fn with_gamma(lowering: &mut Lowering<'_>, value: &Value, gamma: &[f32], scaled: Value) -> Value {
    match stage(lowering, value) {
        Some(Stage::Scaled { x, epsilon, gamma: before }) if gamma.len() == before.len() => {
            let gamma = before.iter().zip(gamma).map(|(before, gamma)| before * gamma).collect();
            scaled_norm(lowering, x, epsilon, gamma)
        }
        _ => scaled,
    }
}

/// The quotient of two values, if it is a layer normalisation.
pub(super) fn norm_of_quotient(lowering: &mut Lowering<'_>, [left, right]: [&Value; 2]) -> Option<Value> {
    let (left, right) = (stage(lowering, left)?, stage(lowering, right)?);
    match (left, right) {
        (Stage::Centred { x }, Stage::Deviation { x: other, epsilon }) if x.place == other.place => {
            let gamma = vec![1.0; x.row_len().ok()?];
            Some(scaled_norm(lowering, x, epsilon, gamma))
        }
        _ => None,
    }
}

fn scaled_norm(lowering: &mut Lowering<'_>, x: Value, epsilon: f64, gamma: Vec<f32>) -> Value {
    let beta = vec![0.0; gamma.len()];
    let made = layer_norm(lowering, &x, epsilon, [gamma.clone(), beta]);
    note_stage(lowering, &made, Some(Stage::Scaled { x, epsilon, gamma }));
    made
}

/// γ (x − mean) / √(variance + ε) + β over the last axis.
pub(super) fn layer_norm(
    lowering: &mut Lowering<'_>,
    x: &Value,
    epsilon: f64,
    parameters: [Vec<f32>; 2],
) -> Value {
    let [gamma, beta] = parameters.map(|column| Tensor::from_parts(vec![column.len()], column));
    lowering.pointwise(x, move |tape, inputs| {
        let [gamma, beta] = [&gamma, &beta].map(|tensor| tape.leaf(tensor, false));
        tape.layer_norm([inputs[0], gamma, beta], epsilon)
    })
}

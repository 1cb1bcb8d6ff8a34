//! ONNX graphs as programs of the tape, a family of operators per file.
//!
//! Images lie channels last, whatever the file says; [`Layout`] keeps track of it. They come first in memory, also where the file has
//! tokens, windows or heads before them; [`Value`] keeps track of where they are in the file. The shapes of all values are known from a run
//! of the file, and parts of the graph that do not hang on the images are constants, so that no arithmetic of shapes is lowered.

#![expect(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "axes of ONNX are signed, and its parameters are exact where they are looked at"
)]

mod arithmetic;
mod constants;
mod convolution;
mod linear;
mod lowering;
mod nonlinearity;
mod normalization;
mod pooling;
mod power;
mod program;
mod rearrangement;
mod value;
mod window;
mod written_norm;
mod written_out;

use std::collections::BTreeMap;

use lowering::Lowering;
pub(super) use lowering::Values;
pub(super) use program::Program;

use super::node::Node;
use value::{Layout, Value};

/// Why a node cannot be lowered.
type Refusal = String;

/// Lowers a node: records its steps, binds outputs beyond the first, and gives the value of that.
type Rule = fn(&mut Lowering<'_>, &Node) -> Result<Value, Refusal>;

/// What can be lowered.
const RULES: [(&str, Rule); 44] = [
    ("Add", arithmetic::add),
    ("AveragePool", pooling::average_pool),
    ("BatchNormalization", normalization::batch_normalization),
    ("Cast", rearrangement::same),
    ("Clip", nonlinearity::clip),
    ("Concat", rearrangement::concat),
    ("Conv", convolution::conv),
    ("Div", arithmetic::divide),
    ("Dropout", rearrangement::same),
    ("Elu", nonlinearity::elu),
    ("Erf", nonlinearity::error_function),
    ("Expand", rearrangement::expand),
    ("Flatten", rearrangement::reshape),
    ("Gather", window::gather),
    ("Gelu", nonlinearity::gelu),
    ("Gemm", linear::gemm),
    ("GlobalAveragePool", pooling::global_average_pool),
    ("HardSigmoid", nonlinearity::hard_sigmoid),
    ("HardSwish", nonlinearity::hard_swish),
    ("Identity", rearrangement::same),
    ("LayerNormalization", normalization::layer_normalization),
    ("LeakyRelu", nonlinearity::leaky_relu),
    ("MatMul", linear::matrix_product),
    ("MaxPool", pooling::max_pool),
    ("Mul", arithmetic::multiply),
    ("Pad", window::pad),
    ("Pow", power::pow),
    ("PRelu", nonlinearity::parametric_relu),
    ("Reciprocal", power::reciprocal),
    ("ReduceMean", pooling::mean),
    ("Relu", nonlinearity::relu),
    ("Reshape", rearrangement::reshape),
    ("Sigmoid", nonlinearity::sigmoid),
    ("Slice", window::slice),
    ("Softmax", nonlinearity::softmax),
    ("Split", window::split),
    ("Sqrt", power::square_root),
    ("Squeeze", rearrangement::reshape),
    ("Sub", arithmetic::subtract),
    ("Sum", arithmetic::add),
    ("Swish", nonlinearity::swish),
    ("Tanh", nonlinearity::tanh),
    ("Transpose", rearrangement::transpose),
    ("Unsqueeze", rearrangement::reshape),
];

/// The steps that compute every value of `nodes` that holds single-precision numbers of the images; `input` is the batch.
///
/// # Errors
///
/// The first node that cannot be lowered, with the reason.
pub(super) fn lower(nodes: &[Node], input: &str, values: &Values) -> Result<Program, Refusal> {
    let rules: BTreeMap<&str, Rule> = RULES.into_iter().collect();
    let mut lowering = Lowering::new(input, values);
    for node in nodes {
        if !lowering.depends_on_images(node) {
            continue;
        }
        let refused = |reason: Refusal| format!("{} (node of {}): {reason}", node.operator(), node.output());
        let rule = rules.get(node.operator()).ok_or_else(|| refused("it is not lowered".to_owned()))?;
        let value = rule(&mut lowering, node).map_err(refused)?;
        lowering.bind(node.output(), value);
    }
    Ok(lowering.finish())
}

//! The values of an ONNX graph as layers.

use super::lower::Values;
use super::node::Node;
use crate::error::{Error, ErrorKind};
use crate::network::{Layer, LayerKind};

/// Every value that a node puts out and that has one item per image, in the order of the file, the network's output last.
pub(super) fn layers(file: &str, nodes: &[Node], output: &str, known: &Values) -> Result<Vec<Layer>, Error> {
    let named = |node: &Node| -> Vec<(String, LayerKind)> {
        node.outputs().map(|name| (name.clone(), kind(node.operator()))).collect()
    };
    let mut values: Vec<(String, LayerKind)> = nodes.iter().flat_map(named).collect();
    values.retain(|(name, _)| name != output);
    values.push((output.to_owned(), LayerKind::Linear));
    let found: Vec<_> = values
        .into_iter()
        .filter_map(|(name, kind)| item_shape(known, &name).map(|shape| (name, kind, shape)))
        .collect();
    if found.last().is_none_or(|(name, _, _)| name != output) {
        let reason = "its first output is not one row of single-precision numbers per image".to_owned();
        return Err(ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason }.into());
    }
    let n_layers = found.len() as f64;
    let layer = |(index, (name, kind, output_shape))| Layer {
        name,
        kind,
        relative_depth: (index as f64 + 1.0) / n_layers,
        output_shape,
    };
    Ok(found.into_iter().enumerate().map(layer).collect())
}

/// The shape of one item, images with channels last; none for what has not one item per image.
fn item_shape(known: &Values, name: &str) -> Option<Vec<usize>> {
    let shape = known.shapes.get(name)?;
    match shape[..] {
        [n, channels, height, width] if n == known.n_images => Some(vec![height, width, channels]),
        [n, ..] if n == known.n_images && shape.len() > 1 => Some(shape[1..].to_vec()),
        _ => None,
    }
}

fn kind(operator: &str) -> LayerKind {
    match operator {
        "Conv" | "ConvTranspose" | "ConvInteger" | "QLinearConv" => LayerKind::Convolution,
        "BatchNormalization"
        | "InstanceNormalization"
        | "LayerNormalization"
        | "GroupNormalization"
        | "LRN" => LayerKind::Normalization,
        "Relu" | "LeakyRelu" | "PRelu" | "Clip" | "Elu" | "Selu" | "Gelu" | "Sigmoid" | "HardSigmoid"
        | "HardSwish" | "Tanh" | "Softplus" | "Mish" | "Swish" => LayerKind::Nonlinearity,
        "MaxPool" | "AveragePool" | "GlobalAveragePool" | "GlobalMaxPool" | "ReduceMean" => {
            LayerKind::Pooling
        }
        "Add" | "Sum" => LayerKind::Sum,
        "Gemm" | "MatMul" => LayerKind::Linear,
        _ => LayerKind::Other,
    }
}

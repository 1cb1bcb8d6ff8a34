//! The values of an ONNX graph as layers.

use std::collections::BTreeSet;

use super::lower::Values;
use super::node::Node;
use crate::error::{Error, ErrorKind};
use crate::network::{Layer, LayerKind};

/// Every value that a node puts out and that has one item per image, in the order of the file, the network's output last; `is_shown`
/// tells such values from those whose first extent is that of a batch by chance.
pub(super) fn layers(
    file: &str,
    nodes: &[Node],
    output: &str,
    (known, is_shown): (&Values, &dyn Fn(&str) -> bool),
) -> Result<Vec<Layer>, Error> {
    let ends = block_ends(nodes, known);
    let named = |node: &Node| -> Vec<(String, LayerKind)> {
        let kind = |name: &str| if ends.contains(name) { LayerKind::Block } else { kind(node.operator()) };
        node.outputs().map(|name| (name.clone(), kind(name))).collect()
    };
    let mut values: Vec<(String, LayerKind)> = nodes.iter().flat_map(named).collect();
    values.retain(|(name, _)| name != output && is_shown(name));
    values.push((output.to_owned(), LayerKind::Linear));
    let found: Vec<_> = values
        .into_iter()
        .filter_map(|(name, kind)| item_shape(known, &name).map(|shape| (name, kind, shape)))
        .collect();
    if found.last().is_none_or(|(name, _, _)| name != output) {
        let reason = format!("its output {output} is not one row of single-precision numbers per image");
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

/// The sums of two branches that hang on the images, each after the nonlinearity that it alone goes into, if there is one: where
/// residual blocks, and the halves of transformer blocks, end.
fn block_ends<'a>(nodes: &'a [Node], known: &Values) -> BTreeSet<&'a str> {
    let is_sum = |node: &&Node| {
        let shapes: Vec<_> = node.inputs().iter().map(|name| item_shape(known, name)).collect();
        kind(node.operator()) == LayerKind::Sum
            && shapes.len() == 2
            && shapes[0].is_some()
            && shapes[0] == shapes[1]
    };
    let end = |sum: &'a Node| {
        let mut users = nodes.iter().filter(|node| node.inputs().iter().any(|name| name == sum.output()));
        let only = users.next().filter(|_| users.next().is_none());
        only.filter(|user| kind(user.operator()) == LayerKind::Nonlinearity).unwrap_or(sum).output()
    };
    nodes.iter().filter(is_sum).map(end).collect()
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

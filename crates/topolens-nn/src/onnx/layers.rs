//! The values of an ONNX graph as layers.

use rten_onnx::onnx::{ModelProto, NodeProto};

use super::source::Source;
use crate::error::{Error, ErrorKind};
use crate::network::{Layer, LayerKind};
use crate::tensor::Tensor;

/// Every value that a node puts out and that has one item per image, in the order of the file, the network's output last.
pub(super) fn layers(file: &str, bytes: &[u8], source: &Source) -> Result<Vec<Layer>, Error> {
    let parsed = ModelProto::parse_buf(bytes);
    let parsed = parsed.map_err(|error| Error::malformed(file, format!("it is no ONNX file ({error})")))?;
    let nodes = parsed.graph.map(|graph| graph.node).unwrap_or_default();
    let mut values: Vec<(String, LayerKind)> = nodes.iter().flat_map(values_of).collect();
    values.retain(|(name, _)| *name != source.output);
    values.push((source.output.clone(), LayerKind::Linear));
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    let shapes = shapes(source, &names)?;
    let found: Vec<_> =
        values.into_iter().zip(shapes).filter_map(|(value, shape)| Some((value, shape?))).collect();
    if found.last().is_none_or(|((name, _), _)| *name != source.output) {
        let reason = "its first output is not one row of single-precision numbers per image".to_owned();
        return Err(ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason }.into());
    }
    let n_layers = found.len() as f64;
    let layer = |(index, ((name, kind), output_shape))| Layer {
        name,
        kind,
        relative_depth: (index as f64 + 1.0) / n_layers,
        output_shape,
    };
    Ok(found.into_iter().enumerate().map(layer).collect())
}

fn values_of(node: &NodeProto) -> Vec<(String, LayerKind)> {
    let operator = node.op_type.as_deref().unwrap_or_default();
    if operator == "Constant" {
        return Vec::new();
    }
    let named = node.output.iter().filter(|name| !name.is_empty());
    named.map(|name| (name.clone(), kind(operator))).collect()
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

/// The shape of each value for one image, found by running black images; none for what has not one item per image.
fn shapes(source: &Source, names: &[&str]) -> Result<Vec<Option<Vec<usize>>>, Error> {
    let n_images = source.fixed_batch.unwrap_or(2);
    let [height, width, channels] = source.input_shape;
    let values = source.run(&Tensor::zeros(&[n_images, height, width, channels]), names)?;
    let shape = |value: Option<Tensor>| {
        value
            .filter(|value| value.shape().len() > 1 && value.n_items() == n_images)
            .map(|value| value.shape()[1..].to_vec())
    };
    Ok(values.into_iter().map(shape).collect())
}

//! Runs an ONNX file and stores its output, its layers and the gradient in its input, for comparison with other tools.
//!
//! `onnx_values MODEL IN OUT [ENGINE]`: IN is a safetensors file with `images`, N × height × width × channels, and `labels`, one
//! number each; OUT gets `output`, each layer under `layer.` and its name, and, on the tape, `gradient` and `logits`.

#![expect(
    clippy::print_stdout,
    clippy::cast_sign_loss,
    reason = "an example talks to its caller; labels are not negative"
)]

use std::error::Error;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use topolens_nn::onnx::{Engine, OnnxNetwork};
use topolens_nn::{Differentiable, Network, Tensor};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, input, output, rest @ ..] = &arguments[..] else {
        return Err("give MODEL IN OUT [ENGINE]".into());
    };
    let engine = rest.first().map_or(Ok(Engine::Auto), |engine| engine.parse())?;
    let network = OnnxNetwork::load(Path::new(model), engine)?;
    println!(
        "{model}: {}, {} layers {}",
        network.engine(),
        network.layers().len(),
        network.refusal().unwrap_or("")
    );
    let bytes = std::fs::read(input)?;
    let file = SafeTensors::deserialize(&bytes)?;
    let images = tensor(&file, "images")?;
    let labels: Vec<usize> = tensor(&file, "labels")?.values().iter().map(|label| *label as usize).collect();
    let all: Vec<usize> = (0..network.layers().len()).collect();
    let forward = network.forward(&images, &all)?;
    let mut found = vec![("output".to_owned(), forward.output)];
    let names = network.layers().iter().map(|layer| format!("layer.{}", layer.name));
    found.extend(names.zip(forward.taps));
    if network.engine() == Engine::Tape
        && network.layers().last().is_some_and(|last| last.output_shape.len() == 1)
    {
        let gradient = network.input_gradient(&images, &labels)?;
        found.push(("gradient".to_owned(), gradient.gradient));
        found.push(("logits".to_owned(), gradient.logits));
    }
    let stored: Vec<(String, Vec<usize>, Vec<u8>)> = found
        .into_iter()
        .map(|(name, tensor)| {
            let bytes = tensor.values().iter().flat_map(|value| value.to_le_bytes()).collect();
            (name, tensor.shape().to_vec(), bytes)
        })
        .collect();
    let views: Result<Vec<_>, _> = stored
        .iter()
        .map(|(name, shape, bytes)| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name, view))
        })
        .collect();
    safetensors::serialize_to_file(views?, None, Path::new(output))?;
    Ok(())
}

fn tensor(file: &SafeTensors<'_>, name: &str) -> Result<Tensor, Box<dyn Error>> {
    let view = file.tensor(name)?;
    let values =
        view.data().chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    Ok(Tensor::new(view.shape(), values.collect())?)
}

//! An ONNX file as a network.

use std::path::Path;

use rten_onnx::onnx::ModelProto;

use super::Engine;
use super::defaults::with_defaults;
use super::external::{self, ExternalData};
use super::forward::ForwardOnly;
use super::inputs::{self, Inputs};
use super::layers::layers;
use super::library::Library;
use super::lower::{Program, Values, lower};
use super::node::Node;
use super::source::Source;
use super::whole::is_whole;
use crate::error::{Error, ErrorKind};
use crate::network::{
    Cotangent, Differentiable, Forward, Layer, Network, Pullback, check_request, checked_cotangent,
};
use crate::tape::Workspace;
use crate::tensor::Tensor;

/// The greatest difference to rten, relative to the largest output, up to which a lowered file counts as the same network.
const SAME: f32 = 1e-3;

/// A network read from an ONNX file.
///
/// Every value that a node puts out and that holds one item per image is a layer, under its name in the file; the
/// network's output is the last. Batches are NHWC; values of rank 4 are taken as NCHW and come back as NHWC.
///
/// A file whose operators can all be lowered runs on the tape of this crate and has gradients in its input; its outputs were
/// compared with rten's when it was read. Any other runs forward only, and [`OnnxNetwork::refusal`] names the operator.
pub struct OnnxNetwork {
    runner: Runner,
    layers: Vec<Layer>,
    input_shape: [usize; 3],
    outputs: Vec<String>,
    /// The layer before a softmax at the end, else the output.
    logits: usize,
}

enum Runner {
    Tape { program: Program, workspace: Workspace<f32> },
    ForwardOnly(ForwardOnly),
}

impl std::fmt::Debug for OnnxNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (engine, layers) = (self.engine(), &self.layers);
        f.debug_struct("OnnxNetwork").field("engine", &engine).field("layers", layers).finish_non_exhaustive()
    }
}

impl OnnxNetwork {
    /// Reads a file with one input of shape N × channels × height × width, or N × height × width × channels as TensorFlow has it; weights may be in half precision, and in files beside it.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no ONNX, uses an operator that is not supported, or has another kind of input; with
    /// [`Engine::Tape`] also if an operator cannot be lowered.
    pub fn load(path: &Path, engine: Engine) -> Result<Self, Error> {
        Self::load_filled(path, &Inputs::default(), engine)
    }

    /// As [`OnnxNetwork::load`], of a file with more inputs than that of the images; each of the others is filled with one number.
    /// An open first axis of such an input follows the batch.
    ///
    /// # Errors
    ///
    /// As [`OnnxNetwork::load`]; also if an input is not there or left out, does not take its number, or has another open axis.
    pub fn load_filled(path: &Path, inputs: &Inputs, engine: Engine) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        let name = path.display().to_string();
        let model = parse(&name, &bytes)?;
        let external = external::read(path, &model)?;
        Self::build(&name, (&bytes, model), external, (inputs, engine))
    }

    /// As [`OnnxNetwork::load`], from the content of a file; `name` stands for it in messages.
    ///
    /// # Errors
    ///
    /// As [`OnnxNetwork::load`].
    pub fn from_bytes(name: &str, bytes: &[u8], engine: Engine) -> Result<Self, Error> {
        let settings = (&Inputs::default(), engine);
        Self::build(name, (bytes, parse(name, bytes)?), ExternalData::new(), settings)
    }

    fn build(
        name: &str,
        (bytes, model): (&[u8], ModelProto),
        external: ExternalData,
        (inputs, engine): (&Inputs, Engine),
    ) -> Result<Self, Error> {
        let filled = inputs::fill(name, &model, inputs)?;
        let library = (engine == Engine::Ort).then(|| Library::open(name, bytes, &external)).transpose()?;
        let source = Source::open(name, with_defaults(bytes.to_vec()), external, filled)?;
        let nodes = nodes(model);
        let known = known(&source, &nodes).map_err(|error| {
            // It never ran: the file, or what fills its inputs, is at fault.
            ErrorKind::UnsupportedOnnx { file: name.to_owned(), reason: error.to_string() }
        })?;
        let output = answer(name, &source.outputs, (&nodes, &known), inputs.named_output())?;
        let program = lower(&nodes, &source.input.1, &known);
        // Of a file that is lowered it is known which values have an item per image; of others their shape tells.
        let is_shown = |name: &str| program.as_ref().map_or(true, |program| program.place(name).is_some());
        let layers = layers(name, &nodes, &output, (&known, &is_shown))?;
        let input_shape = source.input_shape;
        let logits = logits(&nodes, &output);
        let logits = layers.iter().position(|layer| layer.name == logits).unwrap_or(layers.len() - 1);
        let lowered = match engine {
            Engine::Rten | Engine::Ort => Err("it was not asked for".to_owned()),
            Engine::Auto | Engine::Tape => checked(program, &source, (&known, &output))?,
        };
        let outputs = source.outputs.clone();
        let runner = match lowered {
            Ok(program) => Runner::Tape { program, workspace: Workspace::default() },
            Err(refusal) if engine == Engine::Tape => {
                let reason = format!("not on the tape: {refusal}; --engine rten runs it, forward only");
                return Err(ErrorKind::UnsupportedOnnx { file: name.to_owned(), reason }.into());
            }
            Err(refusal) => Runner::ForwardOnly(ForwardOnly::new(source, library, refusal)),
        };
        Ok(Self { runner, layers, input_shape, outputs, logits })
    }

    /// What runs it.
    pub fn engine(&self) -> Engine {
        match &self.runner {
            Runner::Tape { .. } => Engine::Tape,
            Runner::ForwardOnly(forward) if forward.is_rten() => Engine::Rten,
            Runner::ForwardOnly(_) => Engine::Ort,
        }
    }

    /// The names of all outputs of the file; the last layer is the one that is the answer.
    pub fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// Why it runs forward only, if it does.
    pub fn refusal(&self) -> Option<&str> {
        match &self.runner {
            Runner::Tape { .. } => None,
            Runner::ForwardOnly(forward) => Some(&forward.refusal),
        }
    }
}

fn parse(file: &str, bytes: &[u8]) -> Result<ModelProto, Error> {
    if !is_whole(bytes) {
        // The library may not come back from fields that reach out of the file, or reserve all that they claim.
        return Err(Error::malformed(file, "it is no ONNX file, or cut off"));
    }
    let parsed = ModelProto::parse_buf(bytes);
    parsed.map_err(|error| Error::malformed(file, format!("it is no ONNX file ({error})")))
}

/// The operators of a file, in its order.
fn nodes(model: ModelProto) -> Vec<Node> {
    let nodes = model.graph.map(|graph| graph.node).unwrap_or_default();
    nodes.into_iter().map(Node::new).collect()
}

/// Shapes of the values that hang on the images, and all others.
fn known(source: &Source, nodes: &[Node]) -> Result<Values, Error> {
    let mut on_images = std::collections::BTreeSet::from([source.input.1.as_str()]);
    let mut others = std::collections::BTreeSet::new();
    for node in nodes {
        let outputs = node.outputs().map(String::as_str);
        if node.depends_on(|name| on_images.contains(name)) {
            on_images.extend(outputs);
        } else {
            others.extend(outputs);
        }
        others.extend(node.inputs().iter().map(String::as_str).filter(|name| !name.is_empty()));
    }
    let names: Vec<&str> = others.union(&on_images).copied().filter(|name| !source.is_input(name)).collect();
    source.known(&names, |name| on_images.contains(name))
}

/// The output that is the network's answer: the one that was `named`, else of those with a row of numbers for each image the one that is
/// computed last, else the last of images or tokens.
fn answer(
    file: &str,
    outputs: &[String],
    (nodes, known): (&[Node], &Values),
    named: Option<&str>,
) -> Result<String, Error> {
    if let Some(named) = named {
        return outputs.iter().find(|output| *output == named).cloned().ok_or_else(|| {
            let reason = format!("it has no output {named:?}; its outputs are {}", outputs.join(", "));
            ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason }.into()
        });
    }
    let n_axes = |name: &String| {
        known.shapes.get(name).filter(|shape| shape.first() == Some(&known.n_images)).map(Vec::len)
    };
    let place = |name: &String| nodes.iter().position(|node| node.outputs().any(|output| output == name));
    let rank = |name: &&String| n_axes(name).map(|n_axes| (n_axes == 2, place(name)));
    let best = outputs.iter().filter(|name| rank(name).is_some()).max_by_key(rank);
    Ok(best.unwrap_or(&outputs[0]).clone())
}

/// The program, if there is one and its output on noise is that of rten.
fn checked(
    program: Result<Program, String>,
    source: &Source,
    (known, output): (&Values, &str),
) -> Result<Result<Program, String>, Error> {
    let program = match program {
        Ok(program) => program,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(place) = program.place(output) else {
        return Ok(Err("its output does not hang on the images".to_owned()));
    };
    let [height, width, channels] = source.input_shape;
    let shape = [known.n_images, height, width, channels];
    let noise = |place: usize| ((place * 7919) % 1009) as f32 / 504.0 - 1.0;
    let noise = Tensor::from_parts(shape.to_vec(), (0..shape.iter().product()).map(noise).collect());
    let mut tape = Workspace::default().tape();
    let (_, found) = program.run(&mut tape, &noise, false, &[place]);
    let expected = source.run(&noise, &[output])?.pop().flatten();
    let difference = expected.map(|expected| relative_difference(tape.value(found[0]), &expected));
    Ok(match difference {
        Some(difference) if difference <= SAME => Ok(program),
        _ => Err(format!("lowered, its output differs from rten's ({difference:?} of the largest)")),
    })
}

fn relative_difference(found: &Tensor, expected: &Tensor) -> f32 {
    if found.shape() != expected.shape() {
        return f32::INFINITY;
    }
    let largest = expected.values().iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    let pairs = found.values().iter().zip(expected.values());
    // A difference that is no number must not vanish in a maximum.
    pairs
        .map(|(found, expected)| (found - expected).abs() / largest)
        .fold(0.0, |greatest, difference| if difference <= greatest { greatest } else { difference })
}

/// The value before a softmax at the end, else the output.
fn logits(nodes: &[Node], output: &str) -> String {
    let last = nodes.iter().find(|node| node.output() == output && node.operator() == "Softmax");
    last.and_then(|node| node.inputs().first()).map_or_else(|| output.to_owned(), Clone::clone)
}

impl Network for OnnxNetwork {
    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn input_shape(&self) -> [usize; 3] {
        self.input_shape
    }

    fn logits_layer(&self) -> usize {
        self.logits
    }

    fn forward(&self, batch: &Tensor, taps: &[usize]) -> Result<Forward, Error> {
        check_request(self, batch, taps)?;
        let wanted = std::iter::once(self.layers.len() - 1).chain(taps.iter().copied());
        let names: Vec<&str> = wanted.map(|layer| self.layers[layer].name.as_str()).collect();
        let mut values = match &self.runner {
            Runner::ForwardOnly(forward) => forward.run(batch, &names)?,
            Runner::Tape { program, workspace } => {
                let places = places(program, &names)?;
                let mut tape = workspace.tape();
                let (_, found) = program.run(&mut tape, batch, false, &places);
                let values = found.into_iter().map(|value| tape.value(value).clone()).collect();
                workspace.give_back(tape);
                values
            }
        };
        let taps = values.split_off(1);
        let output = values.remove(0);
        Ok(Forward { output, taps })
    }
}

fn places(program: &Program, names: &[&str]) -> Result<Vec<usize>, Error> {
    let place = |name: &&str| {
        let reason = || format!("{name} does not hang on the images");
        program.place(name).ok_or_else(|| ErrorKind::OnnxRun { reason: reason() }.into())
    };
    names.iter().map(place).collect()
}

impl Differentiable for OnnxNetwork {
    fn pullback(&self, batch: &Tensor, cotangent: &mut Cotangent<'_>) -> Result<Pullback, Error> {
        check_request(self, batch, &[])?;
        let (program, workspace) = match &self.runner {
            Runner::Tape { program, workspace } => (program, workspace),
            Runner::ForwardOnly(forward) => {
                let reason = format!("it runs forward only and has no gradients: {}", forward.refusal);
                return Err(ErrorKind::OnnxRun { reason }.into());
            }
        };
        let places = places(program, &[self.layers[self.logits].name.as_str()])?;
        let mut tape = workspace.tape();
        let (batch_place, found) = program.run(&mut tape, batch, true, &places);
        let logits = tape.value(found[0]).clone();
        let gradient = checked_cotangent(&logits, cotangent).map(|cotangent| {
            tape.backward(found[0], cotangent);
            tape.gradient(batch_place).cloned().unwrap_or_else(|| Tensor::zeros(batch.shape()))
        });
        workspace.give_back(tape);
        Ok(Pullback { logits, gradient: gradient? })
    }
}

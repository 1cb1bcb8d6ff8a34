//! The user's own onnxruntime, loaded while the program runs: the only file that knows ort's functions.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use half::f16;
use ort::environment::Environment;
use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, TensorElementType, Value};

use super::external::ExternalData;
use super::inputs::Constant;
use super::layout::from_channels_first;
use super::source::Source;
use super::wire::append;
use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// Where the library is.
const VARIABLE: &str = "ORT_DYLIB_PATH";
/// `ModelProto.graph`.
const GRAPH: u64 = 7;
/// `GraphProto.output`.
const OUTPUT: u64 = 12;
/// `ValueInfoProto.name`.
const NAME: u64 = 1;

/// A file as onnxruntime takes it.
pub(super) struct Library {
    file: Vec<u8>,
    external: Vec<(String, Arc<[u8]>)>,
    environment: &'static Environment,
    /// The session of the last run, with the values that it puts out.
    session: Mutex<Option<(Vec<String>, Session)>>,
}

impl Library {
    /// Loads the library, once per process, and keeps the content of `file` and of the files beside it.
    ///
    /// # Errors
    ///
    /// If the library is not there or too old.
    pub(super) fn open(file: &str, bytes: &[u8], external: &ExternalData) -> Result<Self, Error> {
        let environment =
            environment().map_err(|reason| ErrorKind::UnsupportedOnnx { file: file.to_owned(), reason })?;
        let external = external.iter().map(|(name, content)| (name.clone(), content.clone().into()));
        let external = external.collect();
        Ok(Self { file: bytes.to_vec(), external, environment, session: Mutex::new(None) })
    }

    /// The values called `names`, each once, channels last; none for those that are not single-precision numbers.
    pub(super) fn run(
        &self,
        source: &Source,
        batch: &Tensor,
        names: &[&str],
    ) -> Result<Vec<Option<Tensor>>, Error> {
        let run = || -> Result<Vec<Option<Tensor>>, String> {
            let mut kept = self.session.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.as_ref().is_none_or(|(outputs, _)| outputs != names) {
                let session = self.session(source, names).map_err(|error| error.to_string())?;
                *kept = Some((names.iter().map(|name| (*name).to_owned()).collect(), session));
            }
            let (_, session) = kept.as_mut().ok_or("bug: no session")?;
            values(session, source, batch, names)
        };
        run().map_err(|reason| ErrorKind::OnnxRun { reason: format!("onnxruntime: {reason}") }.into())
    }

    /// A session that puts out the values called `names`.
    fn session(&self, source: &Source, names: &[&str]) -> ort::Result<Session> {
        let wanted = names.iter().filter(|name| !source.outputs.iter().any(|output| output == **name));
        let threads = rayon::current_num_threads();
        let mut builder = Session::builder(self.environment)?.with_intra_threads(threads)?;
        for (name, content) in &self.external {
            builder = builder.with_external_initializer_file_in_memory(name, Arc::clone(content))?;
        }
        builder.commit_from_memory(&with_outputs(&self.file, wanted.copied()))
    }
}

/// The environment, of which a process has one.
fn environment() -> Result<&'static Environment, String> {
    static LOADED: OnceLock<Result<Environment, String>> = OnceLock::new();
    let load = || {
        let path = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = path.ok_or_else(|| format!("{VARIABLE} is not set"))?;
        let path = std::path::absolute(&path).unwrap_or(path);
        let builder = ort::init_from(&path).map_err(|error| refused(&path, &error.to_string()))?;
        builder.with_telemetry(false).build().map_err(|error| refused(&path, &error.to_string()))
    };
    let loaded = LOADED.get_or_init(load).as_ref();
    loaded.map_err(|reason| {
        format!("{reason}; set {VARIABLE} to a libonnxruntime 1.18 or newer, such as the one in the folder onnxruntime/capi of the Python package")
    })
}

fn refused(path: &Path, reason: &str) -> String {
    format!("{VARIABLE}: {} is no onnxruntime that can be used ({reason})", path.display())
}

/// The file with more outputs: a second graph, which readers of protocol buffers join with the first.
fn with_outputs<'a>(file: &[u8], names: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut graph = Vec::new();
    for name in names {
        let mut output = Vec::new();
        append(&mut output, NAME, name.as_bytes());
        append(&mut graph, OUTPUT, &output);
    }
    let mut whole = file.to_vec();
    append(&mut whole, GRAPH, &graph);
    whole
}

fn values(
    session: &mut Session,
    source: &Source,
    batch: &Tensor,
    names: &[&str],
) -> Result<Vec<Option<Tensor>>, String> {
    let failed = |error: ort::Error| error.to_string();
    let element = |name: &str| {
        let input = session.inputs().iter().find(|input| input.name() == name);
        input.and_then(|input| input.dtype().tensor_type())
    };
    let images = images(source.as_written(batch), element(&source.input.1)).map_err(failed)?;
    let mut inputs: Vec<(String, SessionInputValue<'_>)> = vec![(source.input.1.clone(), images.into())];
    for constant in source.constants() {
        // An input that nothing is computed from may be dropped.
        if let Some(element) = element(&constant.name) {
            inputs.push((constant.name.clone(), filled(constant, batch.n_items(), element)?));
        }
    }
    let outputs = session.run(inputs).map_err(failed)?;
    Ok(names.iter().map(|name| outputs.get(name).and_then(tensor)).collect())
}

/// The images in the type that the file takes.
fn images(
    (shape, values): (Vec<usize>, Vec<f32>),
    element: Option<TensorElementType>,
) -> ort::Result<DynValue> {
    if element == Some(TensorElementType::Float16) {
        let halves: Vec<f16> = values.into_iter().map(f16::from_f32).collect();
        return Value::from_array((shape, halves)).map(Value::into_dyn);
    }
    Value::from_array((shape, values)).map(Value::into_dyn)
}

/// Numbers of single or half precision, channels last; none for others.
fn tensor(value: &DynValue) -> Option<Tensor> {
    let (shape, values) = if let Ok((shape, values)) = value.try_extract_tensor::<f32>() {
        (shape, values.to_vec())
    } else {
        let (shape, halves) = value.try_extract_tensor::<f16>().ok()?;
        (shape, halves.iter().map(|half| half.to_f32()).collect())
    };
    let shape: Option<Vec<usize>> = shape.iter().map(|extent| usize::try_from(*extent).ok()).collect();
    Some(from_channels_first(&shape?, values))
}

/// A constant beside that many images, in the type that the file declares.
#[expect(clippy::cast_sign_loss, reason = "inputs::fill checked that the type holds the number")]
fn filled(
    constant: &Constant,
    n_images: usize,
    element: TensorElementType,
) -> Result<SessionInputValue<'static>, String> {
    let shape = constant.shape(n_images);
    let n = shape.iter().product();
    let number = constant.number();
    let value = match element {
        TensorElementType::Float32 => Value::from_array((shape, vec![number as f32; n])).map(Value::into_dyn),
        TensorElementType::Float16 => {
            Value::from_array((shape, vec![f16::from_f64(number); n])).map(Value::into_dyn)
        }
        TensorElementType::Float64 => Value::from_array((shape, vec![number; n])).map(Value::into_dyn),
        TensorElementType::Int64 => Value::from_array((shape, vec![number as i64; n])).map(Value::into_dyn),
        TensorElementType::Int32 => Value::from_array((shape, vec![number as i32; n])).map(Value::into_dyn),
        TensorElementType::Int8 => Value::from_array((shape, vec![number as i8; n])).map(Value::into_dyn),
        TensorElementType::Uint8 => Value::from_array((shape, vec![number as u8; n])).map(Value::into_dyn),
        TensorElementType::Bool => Value::from_array((shape, vec![number != 0.0; n])).map(Value::into_dyn),
        other => return Err(format!("its input {} of {other:?} cannot be filled here", constant.name)),
    };
    value.map(Into::into).map_err(|error| error.to_string())
}

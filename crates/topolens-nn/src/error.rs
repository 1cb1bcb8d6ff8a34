//! The one error of this crate.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a network could not be built, run, trained, loaded or attacked.
///
/// The message names the argument or the file and says what to do. [`Error::is_invalid_input`] tells a mistake of the
/// caller from a defect of the program, [`Error::is_interrupted`] a stop that the caller asked for.
///
/// # Examples
///
/// ```
/// use topolens_nn::Tensor;
///
/// let error = Tensor::new(&[2, 3], vec![0.0_f32; 5]).unwrap_err();
/// assert!(error.is_invalid_input());
/// assert!(error.to_string().contains("[2, 3]"));
/// ```
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
}

#[derive(Debug)]
pub(crate) enum ErrorKind {
    ValuesDoNotFillShape { shape: Vec<usize>, n_values: usize },
    ShapeMismatch { argument: &'static str, expected: Vec<usize>, got: Vec<usize> },
    Empty { argument: &'static str, hint: &'static str },
    OutOfRange { argument: &'static str, value: f64, allowed: &'static str },
    NotFinite { argument: &'static str, value: f64 },
    UnknownName { argument: &'static str, name: String, known: Vec<String> },
    NoCosines { argument: &'static str, architecture: String },
    TooFewPositions { layer: String, wanted: usize, n_positions: usize },
    NoLayerMatches { pattern: String, available: Vec<String> },
    BadPattern { pattern: String, reason: String },
    LayerOutOfRange { index: usize, n_layers: usize },
    LabelOutOfRange { position: usize, label: usize, n_classes: usize },
    ImageOutOfRange { index: usize, n_images: usize },
    CountMismatch { images: usize, labels: usize },
    DataDiffers { what: &'static str, train: String, test: String },
    ConstantImages { name: String },
    LossDiverged { epoch: usize, batch: usize },
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    Malformed { file: String, reason: String },
    MissingTensor { file: String, tensor: String },
    TensorMismatch { file: String, tensor: String, expected: String, found: String },
    WrongSchema { file: String, expected: &'static str, found: String },
    NoCheckpoint { folder: PathBuf },
    CannotGoOn { reason: String, path: PathBuf },
    SettingsDiffer { setting: &'static str, checkpoint: String, given: String },
    UnsupportedOnnx { file: String, reason: String },
    OnnxInput { argument: &'static str, file: String, reason: String },
    OnnxRun { reason: String },
    ForeignRun { reason: String },
    Interrupted,
}

impl Error {
    /// An operating-system error while doing `action` ("read", "write", …) to `path`.
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        ErrorKind::Io { action, path: path.to_path_buf(), source }.into()
    }

    /// A file whose content is not what its format demands.
    pub(crate) fn malformed(file: impl Into<String>, reason: impl Into<String>) -> Self {
        ErrorKind::Malformed { file: file.into(), reason: reason.into() }.into()
    }

    /// A network of another program failed while it ran.
    pub fn foreign(reason: String) -> Self {
        ErrorKind::ForeignRun { reason }.into()
    }

    /// Whether the input was at fault, not the program.
    pub fn is_invalid_input(&self) -> bool {
        !matches!(
            *self.kind,
            ErrorKind::Interrupted | ErrorKind::OnnxRun { .. } | ErrorKind::ForeignRun { .. }
        )
    }

    /// Whether the loss of a network that was trained is no number any more.
    pub fn is_divergence(&self) -> bool {
        matches!(*self.kind, ErrorKind::LossDiverged { .. })
    }

    /// Whether the work stopped because the caller's interrupt flag was set.
    pub fn is_interrupted(&self) -> bool {
        matches!(*self.kind, ErrorKind::Interrupted)
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.kind {
            ErrorKind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            kind @ (ErrorKind::Io { .. }
            | ErrorKind::Malformed { .. }
            | ErrorKind::MissingTensor { .. }
            | ErrorKind::TensorMismatch { .. }
            | ErrorKind::WrongSchema { .. }
            | ErrorKind::NoCheckpoint { .. }
            | ErrorKind::CannotGoOn { .. }
            | ErrorKind::SettingsDiffer { .. }
            | ErrorKind::UnsupportedOnnx { .. }
            | ErrorKind::OnnxInput { .. }
            | ErrorKind::OnnxRun { .. }
            | ErrorKind::ForeignRun { .. }) => kind.fmt_file(f),
            kind => kind.fmt_argument(f),
        }
    }
}

impl ErrorKind {
    fn fmt_argument(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ValuesDoNotFillShape { shape, n_values } => {
                write!(
                    f,
                    "`values` holds {n_values} numbers, which do not fill the shape {shape:?}; check the shape"
                )
            }
            Self::ShapeMismatch { argument, expected, got } => {
                write!(f, "`{argument}` has shape {got:?}, {expected:?} is needed; reshape it")
            }
            Self::Empty { argument, hint } => write!(f, "`{argument}` is empty; {hint}"),
            Self::OutOfRange { argument, value, allowed } => {
                write!(f, "`{argument}` is {value}; it must be {allowed}")
            }
            Self::NotFinite { argument, value } => {
                write!(f, "`{argument}` holds {value}; give finite numbers")
            }
            Self::UnknownName { argument, name, known } => {
                write!(f, "`{argument}`: {name:?} is not known; choose one of {}", known.join(", "))
            }
            Self::NoCosines { argument, architecture } => write!(
                f,
                "`{argument}`: the output of {architecture} is no cosine between an embedding and the weights of the classes; take mobilefacenet"
            ),
            Self::TooFewPositions { layer, wanted, n_positions } => write!(
                f,
                "`readout`: tokens:{wanted} needs as many positions, {layer} has {n_positions} positions; take fewer, \
                 or choose `layers` that have them"
            ),
            Self::NoLayerMatches { pattern, available } => {
                write!(f, "`layers`: nothing matches {pattern:?}; the layers are {}", available.join(", "))
            }
            Self::BadPattern { pattern, reason } => {
                write!(f, "`layers`: {pattern:?} is not a glob pattern ({reason}); use * and ?")
            }
            Self::LayerOutOfRange { index, n_layers } => {
                write!(f, "`taps` asks for layer {index}; the network has layers 0 to {}", n_layers - 1)
            }
            Self::LabelOutOfRange { position, label, n_classes } => write!(
                f,
                "`labels`: label {label} of image {position} is not below the number of classes, {n_classes}"
            ),
            Self::ImageOutOfRange { index, n_images } => {
                write!(f, "`indices` asks for image {index}; there are {n_images}")
            }
            Self::CountMismatch { images, labels } => {
                write!(f, "there are {images} images and {labels} labels; give one label per image")
            }
            Self::DataDiffers { what, train, test } => {
                write!(
                    f,
                    "training and test images differ in {what} (training: {train}; test: {test}); give two parts of one set"
                )
            }
            Self::ConstantImages { name } => {
                write!(
                    f,
                    "all pixels of {name} are equal, so they cannot be scaled; give images with content"
                )
            }
            Self::LossDiverged { epoch, batch } => write!(
                f,
                "the loss is no longer a finite number in epoch {epoch}, batch {batch}; use a smaller learning rate"
            ),
            Self::Interrupted => f.write_str("interrupted; what was finished before is kept"),
            _ => f.write_str("bug: an error of a file shown as one of an argument"),
        }
    }

    fn fmt_file(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, source } => write!(f, "cannot {action} {}: {source}", path.display()),
            Self::Malformed { file, reason } => write!(f, "{file} cannot be used: {reason}"),
            Self::MissingTensor { file, tensor } => {
                write!(f, "{file} has no tensor {tensor:?}; it belongs to another network")
            }
            Self::TensorMismatch { file, tensor, expected, found } => {
                write!(f, "{file}: tensor {tensor:?} is {found}, the network needs {expected}")
            }
            Self::WrongSchema { file, expected, found } => {
                write!(f, "{file} has schema {found:?}; this version reads {expected:?}")
            }
            Self::NoCheckpoint { folder } => {
                write!(f, "{} holds no checkpoint; train without resuming first", folder.display())
            }
            Self::CannotGoOn { reason, path } => write!(
                f,
                "{reason}; to go on from the checkpoint before it, remove {} and the .json beside it",
                path.display()
            ),
            Self::SettingsDiffer { setting, checkpoint, given } => write!(
                f,
                "`{setting}` was {checkpoint} when the checkpoint was written, now it is {given}; \
                 resume with the same settings"
            ),
            Self::UnsupportedOnnx { file, reason } => write!(f, "{file} cannot be run: {reason}"),
            Self::OnnxInput { argument, file, reason } => write!(f, "`{argument}`: {file}: {reason}"),
            Self::OnnxRun { reason } => write!(f, "the ONNX network failed while it ran: {reason}"),
            Self::ForeignRun { reason } => write!(f, "the network failed while it ran: {reason}"),
            _ => f.write_str("bug: an error of an argument shown as one of a file"),
        }
    }
}

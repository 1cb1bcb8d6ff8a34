//! The one error of this crate.

mod activations;
mod data;
mod detection;
mod matrix;
mod shard;
mod simulation;
mod spoofing;
mod sweep;
mod table;
mod verification;

use std::fmt;
use std::path::{Path, PathBuf};

use topolens_nn::tap::pattern_of;

pub(crate) use activations::ActivationsProblem;
pub(crate) use data::DataProblem;
pub(crate) use detection::DetectionProblem;
pub(crate) use matrix::MatrixProblem;
pub(crate) use shard::ShardProblem;
pub(crate) use simulation::SimulationProblem;
pub(crate) use spoofing::SpoofingProblem;
pub(crate) use sweep::SweepProblem;
pub(crate) use table::TableProblem;
pub(crate) use verification::VerificationProblem;

/// Why a study could not be done.
///
/// The message names the argument or the file and says what to do. [`Error::is_invalid_input`] tells a mistake of the
/// caller from a defect of the program.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
}

#[derive(Debug)]
pub(crate) enum ErrorKind {
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    Matrix { path: PathBuf, problem: MatrixProblem },
    Activations { path: PathBuf, problem: ActivationsProblem },
    UnknownLayout { given: String },
    Data(DataProblem),
    CannotStart { program: &'static str, source: std::io::Error },
    CommandFailed { command: String, message: String },
    RunExists { path: PathBuf },
    NotARun { path: PathBuf, reason: String },
    NoCheckpoint { path: PathBuf, wanted: String },
    BadEpochs { given: String },
    TooFewImages { wanted: usize, available: usize },
    NotFinite { layers: Vec<String>, value: f32 },
    ShapeDiffers { network: [usize; 3], data: [usize; 3], name: String },
    BadSelftest { name: String },
    BadScores { name: &'static str, n_scores: usize },
    Sweep { name: String, problem: SweepProblem },
    Table { path: PathBuf, problem: TableProblem },
    RunAtWork { path: PathBuf },
    Detection(DetectionProblem),
    Shard(ShardProblem),
    Simulation(SimulationProblem),
    Spoofing(SpoofingProblem),
    Verification(VerificationProblem),
    Interrupted,
    Parquet { path: PathBuf, source: parquet::errors::ParquetError },
    NotRows { path: PathBuf },
    NotAProfile { path: PathBuf, reason: String },
    NotClouds { path: PathBuf, reason: String },
    Picture { name: String, reason: String },
    Mathematics(topolens::Error),
    Network(topolens_nn::Error),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }

    /// The work stopped because the caller asked for it.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted)
    }

    /// Something is wrong with a data set.
    pub(crate) fn data(problem: DataProblem) -> Self {
        Self::new(ErrorKind::Data(problem))
    }

    /// Something is wrong with a detector.
    pub(crate) fn detection(problem: DetectionProblem) -> Self {
        Self::new(ErrorKind::Detection(problem))
    }

    /// An attack cannot be simulated.
    pub(crate) fn simulation(problem: SimulationProblem) -> Self {
        Self::new(ErrorKind::Simulation(problem))
    }

    /// A study of spoofing cannot be made.
    pub(crate) fn spoofing(problem: SpoofingProblem) -> Self {
        Self::new(ErrorKind::Spoofing(problem))
    }

    /// Faces cannot be verified.
    pub(crate) fn verification(problem: VerificationProblem) -> Self {
        Self::new(ErrorKind::Verification(problem))
    }

    /// An operating-system error while doing `action` ("read", "write", …) to `path`.
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io { action, path: path.to_path_buf(), source })
    }

    /// What an array holds, if that is something else than numbers, such as texts.
    pub(crate) fn other_than_numbers(&self) -> Option<&str> {
        match &*self.kind {
            ErrorKind::Activations { problem: ActivationsProblem::NotNumbers { found, .. }, .. } => {
                Some(found)
            }
            _ => None,
        }
    }

    /// Whether a file could not be read or written.
    pub fn is_io(&self) -> bool {
        matches!(&*self.kind, ErrorKind::Io { .. } | ErrorKind::Parquet { .. })
    }

    /// Whether the work stopped because the caller asked for it.
    pub fn is_interrupted(&self) -> bool {
        match &*self.kind {
            ErrorKind::Interrupted => true,
            ErrorKind::Network(error) => error.is_interrupted(),
            _ => false,
        }
    }

    /// Whether there are too few persons or images of faces for a study.
    pub fn is_too_few_faces(&self) -> bool {
        let too_few = |problem: &SpoofingProblem| {
            matches!(problem, SpoofingProblem::TooFewPersons { .. } | SpoofingProblem::TooFewImages { .. })
        };
        matches!(&*self.kind, ErrorKind::Spoofing(problem) if too_few(problem))
    }

    /// Whether the loss of a network that was trained is no number any more.
    pub fn is_divergence(&self) -> bool {
        matches!(&*self.kind, ErrorKind::Network(error) if error.is_divergence())
    }

    /// Whether the input was at fault, not the program.
    pub fn is_invalid_input(&self) -> bool {
        match &*self.kind {
            ErrorKind::Mathematics(error) => error.is_invalid_input(),
            ErrorKind::Network(error) => error.is_invalid_input(),
            ErrorKind::Picture { .. } | ErrorKind::BadSelftest { .. } => false,
            _ => true,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

fn not_finite(layers: &[String], value: f32) -> String {
    let patterns: Vec<String> = layers.iter().map(|layer| format!("!{}", pattern_of(layer))).collect();
    format!(
        "`layers`: what {} put out holds {value}, and distances cannot be computed, as of masks before a softmax and of diverged networks; \
         leave such layers out with patterns behind !: '{}'",
        layers.join(", "),
        patterns.join(",")
    )
}

const INTERRUPTED: &str = "interrupted; what was written before is kept, and commands that keep their steps go on from there when called again";

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, source } => write!(f, "cannot {action} {}: {source}", path.display()),
            Self::Mathematics(error) => error.fmt(f),
            Self::Network(error) => error.fmt(f),
            Self::Matrix { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::Activations { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::UnknownLayout { given } => write!(
                f,
                "--layout: {given:?} is not known; say nchw (channels first, PyTorch) or nhwc (channels last, TensorFlow)"
            ),
            Self::Data(problem) => problem.fmt(f),
            Self::Detection(problem) => problem.fmt(f),
            Self::Shard(problem) => problem.fmt(f),
            Self::Simulation(problem) => problem.fmt(f),
            Self::Spoofing(problem) => problem.fmt(f),
            Self::Verification(problem) => problem.fmt(f),
            Self::CannotStart { program, source } => {
                write!(f, "cannot start {program}: {source}; install it to fetch this data set")
            }
            Self::CommandFailed { command, message } => write!(f, "`{command}` failed: {message}"),
            Self::RunExists { .. }
            | Self::NotARun { .. }
            | Self::NoCheckpoint { .. }
            | Self::RunAtWork { .. } => self.fmt_run(f),
            Self::BadEpochs { given } => {
                write!(f, "--epochs: {given:?} is not last, all, or numbers separated by commas")
            }
            Self::TooFewImages { wanted, available } => write!(
                f,
                "--points: {wanted} samples are needed, the data has {available}; ask for fewer or give more data"
            ),
            Self::NotFinite { layers, value } => f.write_str(&not_finite(layers, *value)),
            Self::ShapeDiffers { network, data, name } => write!(
                f,
                "--data: images of {name} have height, width and channels {data:?}, the network takes {network:?}; for ONNX files \
                 --resize and --crop bring them to its size, grey pictures have to be saved in colour"
            ),
            Self::BadSelftest { name } => write!(f, "bug: the embedded values of {name} cannot be read"),
            Self::BadScores { name, n_scores } => {
                write!(f, "the {n_scores} {name} scores must be numbers, and at least one")
            }
            Self::Sweep { name, problem } => write!(f, "{name}: {problem}"),
            Self::Table { path, problem } => write!(f, "{}: {problem}", path.display()),
            Self::Interrupted => f.write_str(INTERRUPTED),
            Self::Parquet { path, source } => {
                write!(f, "cannot read or write {} as Parquet ({source})", path.display())?;
                // As of a compression that was not built in.
                if source.to_string().contains("Disabled feature") {
                    f.write_str("; save it uncompressed or with compression snappy, zstd, gzip or lz4")?;
                }
                Ok(())
            }
            Self::NotRows { path } => write!(
                f,
                "{} has other columns than a table of rows (topolens.rows/1): give a file written by topolens",
                path.display()
            ),
            Self::NotClouds { path, reason } => write!(
                f,
                "{}: these are no clouds of a study ({reason}); write them again with `topolens profile --keep-clouds`",
                path.display()
            ),
            Self::NotAProfile { path, reason } => write!(
                f,
                "{} holds no results ({reason}); `topolens profile` writes them again",
                path.display()
            ),
            Self::Picture { name, reason } => write!(f, "cannot draw the picture {name}: {reason}"),
        }
    }
}

impl ErrorKind {
    fn fmt_run(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RunExists { path } => write!(
                f,
                "{} already holds a run: go on with --resume, replace it with --overwrite, or give another --out",
                path.display()
            ),
            Self::NotARun { path, reason } => write!(
                f,
                "{} is not a run folder ({reason}); `topolens train --out {0}` makes one",
                path.display()
            ),
            Self::NoCheckpoint { path, wanted } => {
                write!(f, "{} has no checkpoint {wanted}", path.display())
            }
            Self::RunAtWork { path } => {
                write!(f, "another process works on the run in {}; wait for it, or end it", path.display())
            }
            _ => f.write_str("bug: another error shown as one of a run"),
        }
    }
}

impl std::error::Error for Error {}

impl From<topolens::Error> for Error {
    fn from(error: topolens::Error) -> Self {
        Self::new(ErrorKind::Mathematics(error))
    }
}

impl From<topolens_nn::Error> for Error {
    fn from(error: topolens_nn::Error) -> Self {
        Self::new(ErrorKind::Network(error))
    }
}

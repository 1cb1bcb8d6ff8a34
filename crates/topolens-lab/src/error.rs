//! The one error of this crate.

use std::fmt;
use std::path::{Path, PathBuf};

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
    Mathematics(topolens::Error),
    Network(topolens_nn::Error),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self { kind: Box::new(kind) }
    }

    /// An operating-system error while doing `action` ("read", "write", …) to `path`.
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::new(ErrorKind::Io { action, path: path.to_path_buf(), source })
    }

    /// Whether the input was at fault, not the program.
    pub fn is_invalid_input(&self) -> bool {
        match &*self.kind {
            ErrorKind::Io { .. } => true,
            ErrorKind::Mathematics(error) => error.is_invalid_input(),
            ErrorKind::Network(error) => error.is_invalid_input(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            ErrorKind::Io { action, path, source } => write!(f, "cannot {action} {}: {source}", path.display()),
            ErrorKind::Mathematics(error) => error.fmt(f),
            ErrorKind::Network(error) => error.fmt(f),
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

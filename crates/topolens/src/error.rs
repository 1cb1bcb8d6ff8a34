//! The one error of this crate.
use std::fmt;

/// Why an input was refused.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
}

#[derive(Debug)]
#[non_exhaustive]
enum ErrorKind {}

impl Error {
    /// Whether the input was at fault, not the program.
    pub fn is_invalid_input(&self) -> bool {
        match *self.kind {}
    }
}

impl fmt::Display for Error {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.kind {}
    }
}

impl std::error::Error for Error {}

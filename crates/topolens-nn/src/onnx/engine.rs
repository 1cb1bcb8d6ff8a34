//! What runs an ONNX file.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// What runs an ONNX file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// The tape if every operator can be lowered, else rten.
    #[default]
    Auto,
    /// The tape of this crate: with gradients in the input.
    Tape,
    /// The rten crate: any operator, forward only.
    Rten,
    /// The user's own onnxruntime, named by `ORT_DYLIB_PATH`: forward only; in builds with the feature `ort`.
    Ort,
}

impl Engine {
    const ALL: [Self; 4] = [Self::Auto, Self::Tape, Self::Rten, Self::Ort];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Tape => "tape",
            Self::Rten => "rten",
            Self::Ort => "ort",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Engine {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = || Self::ALL.map(|engine| engine.name().to_owned()).to_vec();
        let found = Self::ALL.into_iter().find(|engine| engine.name() == text);
        found.ok_or_else(|| {
            ErrorKind::UnknownName { argument: "engine", name: text.to_owned(), known: known() }.into()
        })
    }
}

//! What can be wrong with a data set.

use std::fmt;
use std::path::PathBuf;

#[derive(Debug)]
pub(crate) enum DataProblem {
    Unknown { name: String, known: Vec<&'static str> },
    UnknownSplit { name: String, split: String },
    NoClass { argument: &'static str, pattern: String, known: Vec<String> },
    NothingHeldBack { name: String, one_in: usize },
    BadList { path: PathBuf, line: u64, reason: String },
    BadArrays { path: PathBuf, reason: String },
    BadExamples { path: PathBuf, reason: String },
    Absent { name: &'static str },
    FileAbsent { path: PathBuf, name: &'static str },
    WrongChecksum { path: PathBuf, expected: String, found: String, name: &'static str },
}

impl fmt::Display for DataProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, known } => write!(
                f,
                "{name:?} is neither a folder, a file (.csv, .npz, .npy, .safetensors, .h5) nor a known data set ({}, embedded)",
                known.join(", ")
            ),
            Self::UnknownSplit { name, split } => {
                write!(f, "{name} has no part {split:?}; say {name}:train or {name}:test")
            }
            Self::NoClass { argument, pattern, known } => write!(
                f,
                "{argument}: {pattern:?} is no glob pattern or FIRST..LAST that names classes; they are {}",
                known.join(", ")
            ),
            Self::NothingHeldBack { name, one_in } => write!(
                f,
                "{name}: one image in {one_in} of each class counts as test, and no class has so many; give :train, more images, \
                 or a train and a test part"
            ),
            Self::BadList { path, line, reason } => write!(f, "{}, line {line}: {reason}", path.display()),
            Self::BadExamples { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::BadArrays { path, reason } => write!(
                f,
                "{}: {reason}; give one array of images and one of labels, or x_train, y_train, x_test, y_test",
                path.display()
            ),
            Self::Absent { name } => {
                write!(f, "{name} is not here; bring it with `topolens data fetch {name}`")
            }
            Self::FileAbsent { path, name } => {
                write!(f, "{} is not there; bring it with `topolens data fetch {name}`", path.display())
            }
            Self::WrongChecksum { path, expected, found, name } => write!(
                f,
                "{} has MD5 sum {found}, the published one is {expected}; delete it and run \
                 `topolens data fetch {name}`",
                path.display()
            ),
        }
    }
}

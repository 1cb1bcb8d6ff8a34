//! Why an attack cannot be simulated.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;

#[derive(Debug)]
pub(crate) enum SimulationProblem {
    UnknownName { flag: &'static str, given: String, known: Vec<&'static str> },
    BadSides { width: u32, height: u32, sides: RangeInclusive<u32> },
    NoImages { path: PathBuf },
    NoneReadable { path: PathBuf, n_files: usize, first: String, reason: String },
    Occupied { path: PathBuf },
    InsideLive { out: PathBuf, live: PathBuf },
}

impl fmt::Display for SimulationProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName { flag, given, known } => {
                write!(f, "{flag}: {given:?} is not known; choose of {}", known.join(", "))
            }
            Self::BadSides { width, height, sides } => write!(
                f,
                "it is {width}x{height}; sides from {} to {} pixels can be simulated",
                sides.start(),
                sides.end()
            ),
            Self::NoImages { path } => write!(
                f,
                "--live: {} holds no images; give a folder with .jpg, .png, .webp or .pgm files, in sub-folders or not",
                path.display()
            ),
            Self::NoneReadable { path, n_files, first, reason } => write!(
                f,
                "--live: none of the {n_files} images in {} can be used; {first}: {reason}",
                path.display()
            ),
            Self::Occupied { path } => write!(
                f,
                "--out: {} holds other files than an earlier simulation; give a new or an empty folder",
                path.display()
            ),
            Self::InsideLive { out, live } => write!(
                f,
                "--out: {} lies in the folder of live images {}; give a folder outside of it",
                out.display(),
                live.display()
            ),
        }
    }
}

//! Why presentation attacks cannot be studied.

use std::fmt;
use std::path::PathBuf;

#[derive(Debug)]
pub(crate) enum SpoofingProblem {
    NoImages { flag: &'static str, path: PathBuf },
    NoFolder { flag: &'static str, path: PathBuf },
    InsideInputs { out: PathBuf, inputs: PathBuf },
    OtherPersons { live: &'static str, kind: String, other: &'static str },
    UnknownLayout { given: String, known: Vec<&'static str> },
    OtherLayout { path: PathBuf, layout: &'static str, reason: String },
    Landmarks { path: PathBuf, reason: String },
    UnfitFinder { flag: &'static str, reason: &'static str },
    NoFaces { kind: String, n_images: usize, first: String, reason: String },
    TooFewPersons { kind: String, n_persons: usize, needed: usize },
    TooFewImages { kind: String, n_images: usize, needed: usize },
    EmptyNull,
    NoSuchOutput { live: usize, n_outputs: usize },
    NothingJudged,
    Scores { path: PathBuf, reason: String },
}

impl fmt::Display for SpoofingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoImages { flag, path } => write!(
                f,
                "{flag}: {} holds no images; give a folder with .jpg, .png, .webp or .pgm files, in sub-folders or not",
                path.display()
            ),
            Self::NoFolder { flag, path } => write!(f, "{flag}: {} is no folder", path.display()),
            Self::InsideInputs { out, inputs } => write!(
                f,
                "--out: {} lies in the folder of images {}; give a folder outside of it, or the figures would be taken for faces",
                out.display(),
                inputs.display()
            ),
            Self::OtherPersons { live, kind, other } => write!(
                f,
                "--attack: persons of {kind} are told apart by {other}, those of live by {live}; lay all folders out alike, or nobody knows who is \
                 on both sides"
            ),
            Self::UnknownLayout { given, known } => {
                write!(f, "--layout: {given:?} is not known; choose of {}", known.join(", "))
            }
            Self::OtherLayout { path, layout, reason } => write!(
                f,
                "--data: {} does not lie as {layout} does: {reason}; choose another --layout, or give --live and --attack",
                path.display()
            ),
            Self::Landmarks { path, reason } => write!(
                f,
                "--landmarks: {}: {reason}; give a list of {{\"file\": NAME, \"five_points\": [[x, y], …]}} or an object from names to \
                 five points",
                path.display()
            ),
            Self::UnfitFinder { flag, reason } => write!(f, "{flag}: {reason}; see `topolens spoof --help`"),
            Self::NoFaces { kind, n_images, first, reason } => write!(
                f,
                "no face of kind {kind}: none of its {n_images} images can be used; {first}: {reason}"
            ),
            Self::TooFewPersons { kind, n_persons, needed } => write!(
                f,
                "{kind}: {n_persons} person{} where {needed} are needed, as nobody may be on both sides of a comparison; persons are known by \
                 sub-folders or the names of files, see --help",
                if *n_persons == 1 { "" } else { "s" }
            ),
            Self::TooFewImages { kind, n_images, needed } => {
                write!(f, "{kind}: {n_images} images where {needed} are needed; give more images")
            }
            Self::NothingJudged => f.write_str("no live face or no attack was judged; give more images"),
            Self::NoSuchOutput { live, n_outputs } => write!(
                f,
                "--baseline-live: the network has {n_outputs} outputs, counted from 0, and none is {live}"
            ),
            Self::EmptyNull => f.write_str("the null cloud has no lifespans"),
            Self::Scores { path, reason } => write!(
                f,
                "--baseline: {}: {reason}; give a CSV file with the columns kind, name, score",
                path.display()
            ),
        }
    }
}

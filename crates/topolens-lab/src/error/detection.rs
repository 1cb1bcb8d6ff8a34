//! What can be wrong with detectors.

use std::fmt;
use std::path::PathBuf;

/// Why a detector cannot be made or used.
#[derive(Debug)]
pub(crate) enum DetectionProblem {
    UnknownKind { name: String, known: Vec<&'static str> },
    TooFewSuccesses { attack: String, n_succeeded: usize, needed: usize },
    NotDetectors { path: PathBuf, reason: String },
    OtherNetwork { layer: String, n_features: usize },
    OtherWeights,
}

impl fmt::Display for DetectionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKind { name, known } => {
                write!(f, "--detector: {name:?} is not known; choose of {}", known.join(", "))
            }
            Self::TooFewSuccesses { attack, n_succeeded, needed } => write!(
                f,
                "{attack} fools the network on {n_succeeded} of the images that count, {needed} are needed; give a larger --epsilon or more \
                 --points"
            ),
            Self::NotDetectors { path, reason } => write!(
                f,
                "{} holds no detectors ({reason}); `topolens detect --out FOLDER` makes them",
                path.display()
            ),
            Self::OtherWeights => f.write_str(
                "MODEL has other weights or another preprocessing than the network that the detectors were made for; give that one, or make new \
                 detectors",
            ),
            Self::OtherNetwork { layer, n_features } => write!(
                f,
                "MODEL has no layer {layer} with {n_features} features, which the detectors look at; give the network they were made for"
            ),
        }
    }
}

//! What can be wrong with faces to verify.

use std::fmt;

/// Why faces cannot be verified.
#[derive(Debug)]
pub(crate) enum VerificationProblem {
    OnePerson { person: String },
    NoPairs { persons: usize, whose: &'static str },
    TooManyPairs { n_pairs: usize, most: usize },
    ZeroEmbedding { layer: String },
}

impl fmt::Display for VerificationProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnePerson { person } => {
                write!(
                    f,
                    "--faces: all pictures are of one person ({person:?}); give a folder per person, of two at least"
                )
            }
            Self::NoPairs { persons, whose } => write!(
                f,
                "--faces: {persons} persons ({whose}) make no genuine or no impostor pair; two are needed, one of them with two pictures \
                 (--persons says who was not in training)"
            ),
            Self::TooManyPairs { n_pairs, most } => write!(
                f,
                "--faces: the pictures make {n_pairs} pairs, {most} at most are compared; give a folder with fewer pictures"
            ),
            Self::ZeroEmbedding { layer } => {
                write!(
                    f,
                    "--layer: {layer} is zero for a picture, so that it has no cosine; take another layer"
                )
            }
        }
    }
}

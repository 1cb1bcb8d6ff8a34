//! Which network to build.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Model;
use crate::error::{Error, ErrorKind};
use crate::kernels::Nonlinearity;
use crate::tensor::Element;

/// How a residual block that changes shape carries its input past the convolutions (He et al. 2016).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shortcut {
    /// Option A: every second pixel, new channels filled with zeros; no parameters.
    #[default]
    A,
    /// Option B: 1×1 convolution with stride 2 and batch normalisation.
    B,
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}

impl FromStr for Shortcut {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "a" | "A" => Ok(Self::A),
            "b" | "B" => Ok(Self::B),
            _ => {
                let known = vec!["a".to_owned(), "b".to_owned()];
                Err(ErrorKind::UnknownName { argument: "shortcut", name: text.to_owned(), known }.into())
            }
        }
    }
}

/// Everything that determines an untrained network, to the bit.
///
/// # Examples
///
/// ```
/// use topolens_nn::{Model, ModelSpec};
///
/// let mut spec = ModelSpec::new("resnet20", [32, 32, 3], 10);
/// spec.seed = 7;
/// let model: Model = spec.build()?;
/// assert_eq!(model.n_parameters(), 269_722);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSpec {
    /// Name in [`architectures`](super::architectures).
    pub architecture: String,
    /// Nonlinearity of every block.
    pub nonlinearity: Nonlinearity,
    /// Shortcut of residual blocks; without effect elsewhere.
    pub shortcut: Shortcut,
    /// Height, width and channels of the images.
    pub input_shape: [usize; 3],
    /// Number of logits.
    pub n_classes: usize,
    /// Channels of the first stage; the later ones have twice and four times as many.
    pub width: usize,
    /// Seed of the initial weights.
    pub seed: u64,
}

impl ModelSpec {
    /// An architecture with ReLU, shortcut A, width 16 and seed 0.
    pub fn new(architecture: &str, input_shape: [usize; 3], n_classes: usize) -> Self {
        Self {
            architecture: architecture.to_owned(),
            nonlinearity: Nonlinearity::Relu,
            shortcut: Shortcut::A,
            input_shape,
            n_classes,
            width: 16,
            seed: 0,
        }
    }

    /// The untrained network: He initialisation from the seed.
    ///
    /// # Errors
    ///
    /// If the architecture is unknown, or an extent of the images, the width or the number of classes is 0 or absurdly
    /// large.
    pub fn build<E: Element>(&self) -> Result<Model<E>, Error> {
        Model::new(self.clone())
    }
}

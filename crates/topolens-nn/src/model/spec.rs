//! Which network to build.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Model, registry};
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
    /// Name in [`architectures`](super::architectures), with its number.
    pub architecture: String,
    /// Nonlinearity of every block.
    pub nonlinearity: Nonlinearity,
    /// Shortcut of residual blocks; without effect elsewhere.
    pub shortcut: Shortcut,
    /// Height, width and channels of the images.
    pub input_shape: [usize; 3],
    /// Number of logits.
    pub n_classes: usize,
    /// Channels of the first stage, or of all.
    pub width: usize,
    /// Ten blocks of one width, so that the number of features does not tell one layer from another.
    #[serde(default)]
    pub uniform: bool,
    /// s of the output s cos θ of an architecture that has such a one ([`Architecture::cosine_scale`](super::Architecture::cosine_scale)); none for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosine_scale: Option<u16>,
    /// Seed of the initial weights.
    pub seed: u64,
}

impl ModelSpec {
    /// An architecture with its own width and nonlinearity, shortcut A and seed 0.
    pub fn new(architecture: &str, input_shape: [usize; 3], n_classes: usize) -> Self {
        let (width, nonlinearity, cosine_scale) = match registry::find(architecture) {
            Ok((family, _)) => (family.width, family.nonlinearity, family.cosine_scale()),
            Err(_) => (16, Nonlinearity::Relu, None),
        };
        Self {
            architecture: architecture.to_owned(),
            nonlinearity,
            shortcut: Shortcut::A,
            input_shape,
            n_classes,
            width,
            uniform: false,
            cosine_scale,
            seed: 0,
        }
    }

    /// The same with ten blocks of one width, 128 channels.
    #[must_use]
    pub fn uniform(self) -> Self {
        Self { uniform: true, width: 128, ..self }
    }

    /// The untrained network: He initialisation from the seed.
    ///
    /// # Errors
    ///
    /// If the architecture is unknown, an extent of the images, the width or the number of classes is 0 or absurdly
    /// large, or a scale of cosines is 0 or given to an architecture without cosines.
    pub fn build<E: Element>(&self) -> Result<Model<E>, Error> {
        self.check()?;
        Model::new(self.clone())
    }

    fn check(&self) -> Result<(), Error> {
        let [height, width, channels] = self.input_shape;
        let extents = [
            ("input_shape", height, 4096, "from 1 to 4096 in each axis"),
            ("input_shape", width, 4096, "from 1 to 4096 in each axis"),
            ("input_shape", channels, 4096, "from 1 to 4096 in each axis"),
            ("n_classes", self.n_classes, 1 << 20, "from 1 to 1048576"),
            ("width", self.width, 1024, "from 1 to 1024"),
        ];
        if let Some(scale) = self.cosine_scale {
            if registry::find(&self.architecture)?.0.cosine_scale().is_none() {
                return Err(ErrorKind::NoCosines {
                    argument: "cosine_scale",
                    architecture: self.architecture.clone(),
                }
                .into());
            }
            if scale == 0 {
                let (argument, allowed) = ("cosine_scale", "at least 1");
                return Err(ErrorKind::OutOfRange { argument, value: 0.0, allowed }.into());
            }
        }
        match extents.into_iter().find(|(_, extent, limit, _)| *extent == 0 || extent > limit) {
            Some((argument, extent, _, allowed)) => {
                Err(ErrorKind::OutOfRange { argument, value: extent as f64, allowed }.into())
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_extents_are_refused() {
        let good = ModelSpec::new("small-cnn", [1, 1, 1], 1);
        assert!(good.build::<f32>().is_ok());
        for (bad, word) in [
            (ModelSpec { input_shape: [0, 1, 1], ..good.clone() }, "input_shape"),
            (ModelSpec { input_shape: [1, 1, usize::MAX], ..good.clone() }, "input_shape"),
            (ModelSpec { n_classes: 0, ..good.clone() }, "n_classes"),
            (ModelSpec { width: 2000, ..good.clone() }, "width"),
            (ModelSpec { cosine_scale: Some(64), ..good.clone() }, "small-cnn"),
            (
                ModelSpec { cosine_scale: Some(0), ..ModelSpec::new("mobilefacenet", [1, 1, 1], 1) },
                "cosine_scale",
            ),
        ] {
            let message = bad.build::<f32>().unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn a_spec_goes_through_json() {
        let spec = ModelSpec {
            nonlinearity: Nonlinearity::Relu6,
            shortcut: Shortcut::B,
            ..ModelSpec::new("x", [1, 2, 3], 4)
        };
        let text = serde_json::to_string(&spec).unwrap();
        assert!(text.contains("\"relu6\"") && text.contains("\"b\""), "{text}");
        assert_eq!(serde_json::from_str::<ModelSpec>(&text).unwrap(), spec);
    }
}

//! What training makes small.

use std::f64::consts::FRAC_PI_2;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// The loss of an image, from its logits z and its label y.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::Loss;
///
/// assert_eq!("arcface".parse::<Loss>()?, Loss::ArcFace { margin: 0.5 });
/// assert_eq!("arcface:0.3".parse::<Loss>()?.to_string(), "arcface:0.3");
/// assert_eq!(Loss::default(), Loss::CrossEntropy);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Loss {
    /// $-\log \mathrm{softmax}(z)_y$.
    #[default]
    CrossEntropy,
    /// The same of logits $z_c = s \cos\theta_c$ with $s \cos(\theta_y + m)$ in place of $z_y$, where θ is the angle between the embedding and the
    /// weights of a class; where $\theta_y + m > \pi$, $s (\cos\theta_y - m \sin m)$, which goes on falling.
    ///
    /// Only for networks whose output is such a cosine; s is theirs (`ModelSpec::cosine_scale`). Bib: `deng2019`.
    #[serde(rename = "arcface")]
    ArcFace {
        /// m, in radians.
        margin: f64,
    },
}

impl Loss {
    /// m of ArcFace unless another is given (Deng et al. 2019).
    const MARGIN: f64 = 0.5;

    /// The margin, if it has one.
    pub(super) fn margin(self) -> Option<f64> {
        match self {
            Self::CrossEntropy => None,
            Self::ArcFace { margin } => Some(margin),
        }
    }

    /// Refuses a margin that cannot work.
    pub(super) fn check(self) -> Result<(), Error> {
        match self {
            Self::ArcFace { margin } if !(0.0..FRAC_PI_2).contains(&margin) => {
                let allowed = "at least 0 and below π / 2";
                Err(ErrorKind::OutOfRange { argument: "loss.margin", value: margin, allowed }.into())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CrossEntropy => f.write_str("cross-entropy"),
            Self::ArcFace { margin } => write!(f, "arcface:{margin}"),
        }
    }
}

impl FromStr for Loss {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let margin = match text {
            "cross-entropy" => return Ok(Self::CrossEntropy),
            "arcface" => Some(Self::MARGIN),
            _ => text.strip_prefix("arcface:").and_then(|margin| margin.parse().ok()),
        };
        margin.map(|margin| Self::ArcFace { margin }).ok_or_else(|| {
            let known = ["cross-entropy", "arcface", "arcface:MARGIN"].map(str::to_owned).to_vec();
            ErrorKind::UnknownName { argument: "loss", name: text.to_owned(), known }.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_go_through_text_and_json() {
        for loss in [Loss::CrossEntropy, Loss::ArcFace { margin: 0.25 }] {
            assert_eq!(loss.to_string().parse::<Loss>().unwrap(), loss);
            let text = serde_json::to_string(&loss).unwrap();
            assert_eq!(serde_json::from_str::<Loss>(&text).unwrap(), loss, "{text}");
        }
        assert!("arcface:x".parse::<Loss>().unwrap_err().to_string().contains("arcface:MARGIN"));
    }

    #[test]
    fn margins_of_a_right_angle_are_refused() {
        for margin in [-0.1, 1.6, f64::NAN] {
            let message = Loss::ArcFace { margin }.check().unwrap_err().to_string();
            assert!(message.contains("loss.margin"), "{message}");
        }
        assert!(Loss::ArcFace { margin: 0.0 }.check().is_ok());
    }
}

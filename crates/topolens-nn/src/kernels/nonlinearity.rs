//! Pointwise nonlinearities.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::tensor::Element;

/// A pointwise nonlinearity $\varphi$.
///
/// # Examples
///
/// ```
/// use topolens_nn::Nonlinearity;
///
/// assert_eq!("relu6".parse::<Nonlinearity>()?, Nonlinearity::Relu6);
/// assert_eq!(Nonlinearity::Swish.to_string(), "swish");
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nonlinearity {
    /// $\max(x, 0)$.
    #[default]
    Relu,
    /// $\min(\max(x, 0), 6)$.
    Relu6,
    /// $x$ for $x > 0$, else $e^x - 1$.
    Elu,
    /// $x \, \sigma(x)$, also known as SiLU.
    Swish,
    /// $\tanh x$.
    Tanh,
    /// $\sigma(x) = 1 / (1 + e^{-x})$.
    Sigmoid,
}

impl Nonlinearity {
    /// Every nonlinearity.
    pub const ALL: [Self; 6] = [Self::Relu, Self::Relu6, Self::Elu, Self::Swish, Self::Tanh, Self::Sigmoid];

    /// The name used on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
            Self::Elu => "elu",
            Self::Swish => "swish",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
        }
    }
}

impl fmt::Display for Nonlinearity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Nonlinearity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = || Self::ALL.map(|nonlinearity| nonlinearity.name().to_owned()).to_vec();
        let found = Self::ALL.into_iter().find(|nonlinearity| nonlinearity.name() == text);
        found.ok_or_else(|| {
            ErrorKind::UnknownName { argument: "nonlinearity", name: text.to_owned(), known: known() }.into()
        })
    }
}

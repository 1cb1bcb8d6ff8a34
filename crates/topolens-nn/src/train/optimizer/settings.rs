//! Which optimiser, with its constants.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// An optimiser and its step size.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::OptimizerSettings;
///
/// assert_eq!("sgd".parse::<OptimizerSettings>()?, OptimizerSettings::sgd(0.05));
/// assert_eq!(OptimizerSettings::adam(0.01).learning_rate(), 0.01);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum OptimizerSettings {
    /// Adam (Kingma & Ba 2015).
    Adam {
        /// Step size.
        learning_rate: f64,
        /// Decay of the mean of gradients.
        beta1: f64,
        /// Decay of the mean of squared gradients.
        beta2: f64,
        /// Added to the root of the mean square.
        epsilon: f64,
    },
    /// Stochastic gradient descent with momentum.
    Sgd {
        /// Step size.
        learning_rate: f64,
        /// Decay of the velocity.
        momentum: f64,
    },
}

impl OptimizerSettings {
    /// Adam with $\beta_1$ = 0.9, $\beta_2$ = 0.999, ε = 10⁻⁸.
    pub fn adam(learning_rate: f64) -> Self {
        Self::Adam { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }

    /// SGD with momentum 0.9.
    pub fn sgd(learning_rate: f64) -> Self {
        Self::Sgd { learning_rate, momentum: 0.9 }
    }

    /// The step size.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::Adam { learning_rate, .. } | Self::Sgd { learning_rate, .. } => *learning_rate,
        }
    }

    /// The same optimiser with another step size.
    #[must_use]
    pub fn with_learning_rate(mut self, value: f64) -> Self {
        match &mut self {
            Self::Adam { learning_rate, .. } | Self::Sgd { learning_rate, .. } => *learning_rate = value,
        }
        self
    }

    /// Refuses constants that cannot work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let positive = |argument, value: f64| {
            let allowed = "a positive finite number";
            let bad = !(value > 0.0 && value.is_finite());
            if bad { Err(Error::from(ErrorKind::OutOfRange { argument, value, allowed })) } else { Ok(()) }
        };
        let decay = |argument, value: f64| {
            let allowed = "at least 0 and below 1";
            let bad = !(0.0..1.0).contains(&value);
            if bad { Err(Error::from(ErrorKind::OutOfRange { argument, value, allowed })) } else { Ok(()) }
        };
        positive("learning_rate", self.learning_rate())?;
        match self {
            Self::Adam { beta1, beta2, epsilon, .. } => {
                decay("beta1", *beta1)?;
                decay("beta2", *beta2)?;
                positive("epsilon", *epsilon)
            }
            Self::Sgd { momentum, .. } => decay("momentum", *momentum),
        }
    }
}

impl fmt::Display for OptimizerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adam { learning_rate, .. } => write!(f, "adam, learning rate {learning_rate}"),
            Self::Sgd { learning_rate, momentum } => {
                write!(f, "sgd, learning rate {learning_rate}, momentum {momentum}")
            }
        }
    }
}

impl FromStr for OptimizerSettings {
    type Err = Error;

    /// `adam` with step size 0.001, `sgd` with step size 0.05.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "adam" => Ok(Self::adam(0.001)),
            "sgd" => Ok(Self::sgd(0.05)),
            _ => {
                let known = vec!["adam".to_owned(), "sgd".to_owned()];
                Err(ErrorKind::UnknownName { argument: "optimizer", name: text.to_owned(), known }.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_out_of_range_are_named() {
        let fails = |settings: OptimizerSettings, word: &str| {
            let message = settings.check().unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails(OptimizerSettings::adam(0.0), "learning_rate");
        fails(OptimizerSettings::sgd(f64::NAN), "learning_rate");
        fails(OptimizerSettings::Sgd { learning_rate: 0.1, momentum: 1.0 }, "momentum");
        fails(
            OptimizerSettings::Adam { learning_rate: 0.1, beta1: 0.9, beta2: -0.1, epsilon: 1e-8 },
            "beta2",
        );
        assert!(OptimizerSettings::sgd(0.1).check().is_ok());
    }
}

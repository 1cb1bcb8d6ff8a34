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
    /// Adam (Kingma & Ba 2015); its weight decay is added to the gradient.
    Adam(AdamSettings),
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019).
    AdamW(AdamSettings),
    /// Adam with the largest gradient instead of the mean square.
    Adamax(AdamSettings),
    /// Stochastic gradient descent with momentum.
    Sgd {
        /// Step size.
        learning_rate: f64,
        /// Decay of the velocity.
        momentum: f64,
        /// Nesterov's momentum.
        #[serde(default)]
        nesterov: bool,
        /// Times the weights, added to the gradient.
        #[serde(default)]
        weight_decay: f64,
    },
}

/// The constants of Adam and its kin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AdamSettings {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the mean of gradients.
    pub beta1: f64,
    /// Decay of the mean of squared gradients.
    pub beta2: f64,
    /// Added to the root of the mean square.
    pub epsilon: f64,
    /// Share of the weights that is taken off.
    #[serde(default)]
    pub weight_decay: f64,
}

impl AdamSettings {
    /// $\beta_1$ = 0.9, $\beta_2$ = 0.999, ε = 10⁻⁸, no weight decay.
    pub fn new(learning_rate: f64) -> Self {
        Self { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

impl OptimizerSettings {
    /// Adam with $\beta_1$ = 0.9, $\beta_2$ = 0.999, ε = 10⁻⁸.
    pub fn adam(learning_rate: f64) -> Self {
        Self::Adam(AdamSettings::new(learning_rate))
    }

    /// SGD with momentum 0.9.
    pub fn sgd(learning_rate: f64) -> Self {
        Self::Sgd { learning_rate, momentum: 0.9, nesterov: false, weight_decay: 0.0 }
    }

    /// AdamW with weight decay 0.01, as PyTorch has it.
    pub fn adamw(learning_rate: f64) -> Self {
        Self::AdamW(AdamSettings { weight_decay: 0.01, ..AdamSettings::new(learning_rate) })
    }

    /// Adamax.
    pub fn adamax(learning_rate: f64) -> Self {
        Self::Adamax(AdamSettings::new(learning_rate))
    }

    /// The step size.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::Adam(adam) | Self::AdamW(adam) | Self::Adamax(adam) => adam.learning_rate,
            Self::Sgd { learning_rate, .. } => *learning_rate,
        }
    }

    /// The weight decay.
    pub fn weight_decay(&self) -> f64 {
        match self {
            Self::Adam(adam) | Self::AdamW(adam) | Self::Adamax(adam) => adam.weight_decay,
            Self::Sgd { weight_decay, .. } => *weight_decay,
        }
    }

    /// The same optimiser with another weight decay.
    #[must_use]
    pub fn with_weight_decay(mut self, value: f64) -> Self {
        match &mut self {
            Self::Adam(adam) | Self::AdamW(adam) | Self::Adamax(adam) => adam.weight_decay = value,
            Self::Sgd { weight_decay, .. } => *weight_decay = value,
        }
        self
    }

    /// The same optimiser with another step size.
    #[must_use]
    pub fn with_learning_rate(mut self, value: f64) -> Self {
        match &mut self {
            Self::Adam(adam) | Self::AdamW(adam) | Self::Adamax(adam) => adam.learning_rate = value,
            Self::Sgd { learning_rate, .. } => *learning_rate = value,
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
        decay("weight_decay", self.weight_decay())?;
        match self {
            Self::Adam(adam) | Self::AdamW(adam) | Self::Adamax(adam) => {
                decay("beta1", adam.beta1)?;
                decay("beta2", adam.beta2)?;
                positive("epsilon", adam.epsilon)
            }
            Self::Sgd { momentum, .. } => decay("momentum", *momentum),
        }
    }
}

impl fmt::Display for OptimizerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adam(adam) => write!(f, "adam, learning rate {}", adam.learning_rate),
            Self::AdamW(adam) => write!(f, "adamw, learning rate {}", adam.learning_rate),
            Self::Adamax(adam) => write!(f, "adamax, learning rate {}", adam.learning_rate),
            Self::Sgd { learning_rate, momentum, nesterov, .. } => {
                let kind = if *nesterov { "Nesterov momentum" } else { "momentum" };
                write!(f, "sgd, learning rate {learning_rate}, {kind} {momentum}")
            }
        }?;
        match self.weight_decay() {
            0.0 => Ok(()),
            decay => write!(f, ", weight decay {decay}"),
        }
    }
}

impl FromStr for OptimizerSettings {
    type Err = Error;

    /// `adam` and `adamw` with step size 0.001, `adamax` with 0.002, `sgd` with 0.05, `nesterov` the same with Nesterov's momentum.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "adam" => Ok(Self::adam(0.001)),
            "adamw" => Ok(Self::adamw(0.001)),
            "adamax" => Ok(Self::adamax(0.002)),
            "sgd" => Ok(Self::sgd(0.05)),
            "nesterov" => {
                Ok(Self::Sgd { learning_rate: 0.05, momentum: 0.9, nesterov: true, weight_decay: 0.0 })
            }
            _ => {
                let known = ["adam", "adamw", "adamax", "sgd", "nesterov"].map(str::to_owned).to_vec();
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
        let sgd = |momentum, weight_decay| OptimizerSettings::Sgd {
            learning_rate: 0.1,
            momentum,
            nesterov: true,
            weight_decay,
        };
        fails(sgd(1.0, 0.0), "momentum");
        fails(sgd(0.0, -1.0), "weight_decay");
        fails(OptimizerSettings::Adam(AdamSettings { beta2: -0.1, ..AdamSettings::new(0.1) }), "beta2");
        assert!(OptimizerSettings::sgd(0.1).check().is_ok());
    }

    #[test]
    fn cards_of_before_weight_decay_are_read() {
        let read = |text: &str| serde_json::from_str::<OptimizerSettings>(text).unwrap();
        let adam = r#"{"name":"adam","learning_rate":0.001,"beta1":0.9,"beta2":0.999,"epsilon":1e-8}"#;
        assert_eq!(read(adam), OptimizerSettings::adam(0.001));
        assert_eq!(
            read(r#"{"name":"sgd","learning_rate":0.05,"momentum":0.9}"#),
            OptimizerSettings::sgd(0.05)
        );
        for name in ["adam", "adamw", "adamax", "sgd", "nesterov"] {
            let settings: OptimizerSettings = name.parse().unwrap();
            assert_eq!(read(&serde_json::to_string(&settings).unwrap()), settings);
        }
    }
}

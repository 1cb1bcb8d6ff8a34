//! How the step size changes while a network is trained.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// The step size as a function of time: a linear rise, then a decay.
///
/// Step s of the first `warmup_epochs` epochs, which have S steps, is made at share (s + 1) / S of the optimiser's step size.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::{Decay, Schedule};
///
/// let schedule = Schedule { warmup_epochs: 1, decay: "step:15,25".parse()? };
/// assert_eq!(schedule.decay, Decay::Step { epochs: vec![15, 25], factor: 0.1 });
/// assert_eq!(Schedule::default().decay, Decay::Constant);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Epochs of the rise.
    pub warmup_epochs: usize,
    /// What follows.
    pub decay: Decay,
}

/// How the step size falls.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum Decay {
    /// It does not.
    #[default]
    Constant,
    /// By `factor` after each of these epochs.
    Step {
        /// Epochs, from 1, after which it falls.
        epochs: Vec<usize>,
        /// What it is multiplied by.
        #[serde(default = "tenth")]
        factor: f64,
    },
    /// Along half a cosine to 0 at the end (Loshchilov & Hutter 2017, without restarts).
    Cosine,
    /// By `factor` whenever the watched loss has not fallen by 10⁻⁴ of itself for more than `patience` epochs.
    ///
    /// The loss on the validation images is watched, or, without any, that on the training images.
    Plateau {
        /// Epochs without a fall that are borne.
        patience: usize,
        /// What it is multiplied by.
        #[serde(default = "tenth")]
        factor: f64,
    },
}

fn tenth() -> f64 {
    0.1
}

/// A moment of training.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Steps done in all epochs.
    pub(super) step: u64,
    /// Steps of an epoch.
    pub(super) steps_per_epoch: usize,
    /// Epochs in all.
    pub(super) epochs: usize,
    /// Plateaus so far.
    pub(super) n_plateaus: u32,
}

impl Schedule {
    /// The share of the optimiser's step size that the next step is made with.
    pub(super) fn share(&self, now: Moment) -> f64 {
        let steps_per_epoch = now.steps_per_epoch as f64;
        let warmup_steps = self.warmup_epochs as f64 * steps_per_epoch;
        let step = now.step as f64;
        if step < warmup_steps {
            return (step + 1.0) / warmup_steps;
        }
        match &self.decay {
            Decay::Constant => 1.0,
            Decay::Step { epochs, factor } => {
                let done = now.step / now.steps_per_epoch as u64;
                let n_falls = epochs.iter().filter(|epoch| **epoch as u64 <= done).count();
                factor.powf(n_falls as f64)
            }
            Decay::Cosine => {
                let last = (now.epochs as f64 * steps_per_epoch).max(warmup_steps + 1.0);
                let passed = ((step - warmup_steps) / (last - warmup_steps)).min(1.0);
                0.5 * (1.0 + (std::f64::consts::PI * passed).cos())
            }
            Decay::Plateau { factor, .. } => factor.powf(f64::from(now.n_plateaus)),
        }
    }

    /// Refuses constants that cannot work.
    pub(super) fn check(&self) -> Result<(), Error> {
        let (Decay::Step { factor, .. } | Decay::Plateau { factor, .. }) = self.decay else { return Ok(()) };
        if factor > 0.0 && factor < 1.0 {
            return Ok(());
        }
        let (argument, allowed) = ("schedule.factor", "above 0 and below 1");
        Err(ErrorKind::OutOfRange { argument, value: factor, allowed }.into())
    }
}

impl FromStr for Decay {
    type Err = Error;

    /// `constant`, `cosine`, `step:15,25` (a tenth after epochs 15 and 25), `plateau` or `plateau:10` (a tenth after 5 or 10 epochs).
    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || {
            let known = ["constant", "cosine", "step:15,25", "plateau:5"].map(str::to_owned).to_vec();
            Error::from(ErrorKind::UnknownName { argument: "schedule", name: text.to_owned(), known })
        };
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| unknown());
        match text.split_once(':') {
            None if text == "constant" => Ok(Self::Constant),
            None if text == "cosine" => Ok(Self::Cosine),
            None if text == "plateau" => Ok(Self::Plateau { patience: 5, factor: tenth() }),
            Some(("plateau", patience)) => Ok(Self::Plateau { patience: number(patience)?, factor: tenth() }),
            Some(("step", epochs)) => {
                let epochs: Result<_, Error> = epochs.split(',').map(number).collect();
                Ok(Self::Step { epochs: epochs?, factor: tenth() })
            }
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.decay {
            Decay::Constant => write!(f, "constant"),
            Decay::Cosine => write!(f, "cosine"),
            Decay::Step { epochs, factor } => write!(f, "times {factor} after epochs {epochs:?}"),
            Decay::Plateau { patience, factor } => {
                write!(f, "times {factor} after {patience} epochs on a plateau")
            }
        }?;
        match self.warmup_epochs {
            0 => Ok(()),
            epochs => write!(f, ", warm-up of {epochs} epochs"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(schedule: &Schedule, steps: &[u64]) -> Vec<f64> {
        let now = |step| Moment { step, steps_per_epoch: 10, epochs: 5, n_plateaus: 2 };
        steps.iter().map(|step| schedule.share(now(*step))).collect()
    }

    #[test]
    fn a_rise_then_half_a_cosine() {
        let schedule = Schedule { warmup_epochs: 1, decay: Decay::Cosine };
        let got = shares(&schedule, &[0, 4, 9, 10, 20, 30, 50]);
        let quarter = 0.5 * (1.0 + 0.5_f64.sqrt());
        for (got, expected) in got.iter().zip([0.1, 0.5, 1.0, 1.0, quarter, 0.5, 0.0]) {
            assert!((got - expected).abs() < 1e-12, "{got} {expected}");
        }
    }

    #[test]
    fn steps_fall_after_their_epochs() {
        let schedule = Schedule { decay: "step:1,3".parse().unwrap(), ..Schedule::default() };
        let got = shares(&schedule, &[0, 9, 10, 29, 30]);
        for (got, expected) in got.iter().zip([1.0, 1.0, 0.1, 0.1, 0.01]) {
            assert!((got - expected).abs() < 1e-12, "{got} {expected}");
        }
        let plateau = Schedule { decay: "plateau".parse().unwrap(), ..Schedule::default() };
        assert!((shares(&plateau, &[7])[0] - 0.01).abs() < 1e-12);
    }

    #[test]
    fn names_that_mean_nothing_are_refused() {
        for name in ["cosin", "step", "step:", "step:a", "plateau:-1", "constant:3"] {
            let message = name.parse::<Decay>().unwrap_err().to_string();
            assert!(message.contains("schedule") && message.contains("cosine"), "{message}");
        }
        let decay = Decay::Step { epochs: vec![1], factor: 1.5 };
        let message = Schedule { warmup_epochs: 0, decay }.check().unwrap_err().to_string();
        assert!(message.contains("schedule.factor"), "{message}");
    }
}

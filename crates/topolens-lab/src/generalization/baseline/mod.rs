//! What is known of a network without its clouds.

mod heavy_tail;
mod loss;
mod margin;
mod norm;
mod setting;
mod sharpness;
mod spectral;

use topolens_nn::Model;
use topolens_nn::train::CheckpointCard;

use crate::Result;

/// What baselines are computed from.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The trained network.
    pub model: &'a Model,
    /// The same network before training.
    pub initial: &'a Model,
    /// How it was trained.
    pub card: &'a CheckpointCard,
    /// Logits of training images, a row of as many as there are classes for each.
    pub logits: &'a [f32],
    /// Classes of these images.
    pub labels: &'a [usize],
    /// Share that is classified wrongly of some training images, by another network of the same shape.
    pub error_of: &'a (dyn Fn(&Model) -> Result<f64> + Sync),
}

impl std::fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence").field("card", &self.card).finish_non_exhaustive()
    }
}

impl Evidence<'_> {
    /// The logits of each image with its class.
    fn images(&self) -> impl Iterator<Item = (&[f32], usize)> {
        self.logits.chunks(self.card.class_names.len()).zip(self.labels.iter().copied())
    }
}

/// A baseline, by name.
pub struct Baseline {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    compute: Compute,
}

/// How a baseline is computed.
#[derive(Clone, Copy)]
enum Compute {
    /// From numbers at hand.
    Read(fn(&Evidence<'_>) -> f64),
    /// From training images, if there are any.
    Judge(fn(&Evidence<'_>) -> Option<f64>),
    /// With decompositions or passes, which may fail.
    Try(fn(&Evidence<'_>) -> Result<Option<f64>>),
}

impl std::fmt::Debug for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Baseline {
    /// Its value; `None` where it is undefined for the network.
    ///
    /// # Errors
    ///
    /// The network cannot be run.
    pub fn compute(&self, evidence: &Evidence<'_>) -> Result<Option<f64>> {
        let value = match self.compute {
            Compute::Read(read) => Some(read(evidence)),
            Compute::Judge(judge) => judge(evidence),
            Compute::Try(compute) => compute(evidence)?,
        };
        Ok(value.filter(|value| value.is_finite()))
    }
}

/// Every baseline; a new one is a line here and a function in a file beside.
const BASELINES: [Baseline; 13] = [
    Baseline {
        name: "weight-norm",
        about: "‖w‖₂ of all trained weights",
        compute: Compute::Read(norm::weight_norm),
    },
    Baseline {
        name: "distance-from-initialization",
        about: "‖w − w₀‖₂",
        compute: Compute::Read(norm::distance_from_initialization),
    },
    Baseline {
        name: "log-path-norm",
        about: "logarithm of the path norm (Neyshabur et al. 2015)",
        compute: Compute::Try(norm::log_path_norm),
    },
    Baseline {
        name: "log-spectral-product",
        about: "sum of the logarithms of the layers' largest singular values (Bartlett et al. 2017)",
        compute: Compute::Try(spectral::log_spectral_product),
    },
    Baseline {
        name: "log-frobenius-product",
        about: "sum of the logarithms of the layers' Frobenius norms",
        compute: Compute::Read(spectral::log_frobenius_product),
    },
    Baseline {
        name: "heavy-tail-alpha",
        about: "mean exponent of the tails of the layers' eigenvalues, from weights alone (Martin et al. 2021, WeightWatcher)",
        compute: Compute::Try(heavy_tail::alpha),
    },
    Baseline {
        name: "margin",
        about: "tenth percentile of the margin of training images between logits",
        compute: Compute::Judge(margin::margin),
    },
    Baseline {
        name: "log-margin-over-spectral-product",
        about: "logarithm of the margin over the product of the largest singular values; undefined if the margin is not positive",
        compute: Compute::Try(margin::log_normalized_margin),
    },
    Baseline {
        name: "sharpness",
        about: "1 / σ² of the relative noise on the weights that raises the training error by 0.1 (Jiang et al. 2020)",
        compute: Compute::Try(sharpness::sharpness),
    },
    Baseline {
        name: "train-loss",
        about: "mean cross entropy of training images",
        compute: Compute::Judge(loss::train_loss),
    },
    Baseline {
        name: "train-error",
        about: "share of training images classified wrongly",
        compute: Compute::Judge(loss::train_error),
    },
    Baseline {
        name: "learning-rate-over-batch",
        about: "step size over images in a step",
        compute: Compute::Read(setting::learning_rate_over_batch),
    },
    Baseline {
        name: "log-parameters",
        about: "logarithm of the number of weights",
        compute: Compute::Read(setting::log_parameters),
    },
];

/// Every baseline.
pub fn baselines() -> &'static [Baseline] {
    &BASELINES
}

/// A network with what its baselines are computed from, for tests.
#[cfg(test)]
pub(super) mod fixture {
    use topolens_nn::dataset::{Normalization, NormalizationKind};
    use topolens_nn::train::{CheckpointCard, TrainSettings, Watch};
    use topolens_nn::{Model, ModelSpec};

    use super::*;

    pub(super) fn card(spec: &ModelSpec) -> CheckpointCard {
        let images = topolens_nn::dataset::embedded(false).unwrap().subset(&[0, 1, 2, 3]).unwrap();
        let normalization: Normalization = images.normalization_of(NormalizationKind::Scalar).unwrap();
        CheckpointCard {
            schema: CheckpointCard::SCHEMA.to_owned(),
            model: spec.clone(),
            data: "embedded".to_owned(),
            class_names: (0..spec.n_classes).map(|class| class.to_string()).collect(),
            normalization,
            settings: TrainSettings::default(),
            epoch: 1,
            step: 1,
            train_loss: None,
            train_accuracy: None,
            validation: None,
            test_accuracy: 0.5,
            watch: Watch::default(),
        }
    }

    /// The value of a baseline of a perceptron whose weights are all `factor` times their initial ones.
    pub(super) fn of_perceptron(factor: f32, logits: &[f32], labels: &[usize], name: &str) -> Option<f64> {
        let spec = ModelSpec { width: 6, ..ModelSpec::new("mlp1", [2, 2, 1], 3) };
        let initial: Model = spec.build().unwrap();
        let model = initial.with_weights(&mut |w| w.values.iter().map(|x| factor * x).collect()).unwrap();
        let error_of = |_: &Model| Ok(0.0);
        let card = card(&spec);
        let evidence =
            Evidence { model: &model, initial: &initial, card: &card, logits, labels, error_of: &error_of };
        let baseline = baselines().iter().find(|baseline| baseline.name == name).unwrap();
        baseline.compute(&evidence).unwrap()
    }
}

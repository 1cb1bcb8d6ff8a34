//! Attacks by name.

use super::auto_projected_gradient::AutoProjectedGradient;
use super::carlini_wagner::CarliniWagner;
use super::deep_fool::DeepFool;
use super::loss::Loss;
use super::projected_gradient::ProjectedGradient;
use super::random_noise::RandomNoise;
use super::saliency_map::SaliencyMap;
use super::square::Square;
use super::{Attack, Norm};
use crate::error::{Error, ErrorKind};

/// What may be chosen of an attack; what one does not have, such as the steps of FGSM, it ignores.
///
/// # Examples
///
/// ```
/// use topolens_nn::attack::{Norm, Settings, find};
///
/// let settings = Settings { steps: Some(20), step_size: Some(0.1), ..Settings::new(Norm::L2) };
/// assert!(find("pgd")?.build(&settings).is_ok());
/// assert!(find("mi-fgsm")?.build(&settings).is_ok());
/// assert!(find("jsma")?.build(&settings).unwrap_err().to_string().contains("l0"));
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How perturbations are measured.
    pub norm: Norm,
    /// The number of steps; that of the method if none.
    pub steps: Option<usize>,
    /// The size of a step as a share of epsilon, for Carlini & Wagner in units of their space without bounds; that of the method if none.
    pub step_size: Option<f64>,
    /// Further tries with other random numbers for images that resist.
    pub restarts: usize,
}

impl Settings {
    /// Steps as published, no restart.
    pub fn new(norm: Norm) -> Self {
        Self { norm, steps: None, step_size: None, restarts: 0 }
    }

    fn check(&self) -> Result<(), Error> {
        if self.steps == Some(0) {
            return Err(ErrorKind::OutOfRange { argument: "steps", value: 0.0, allowed: "1 or more" }.into());
        }
        match self.step_size {
            Some(size) if !(size.is_finite() && size > 0.0) => {
                let allowed = "a positive finite number";
                Err(ErrorKind::OutOfRange { argument: "step_size", value: size, allowed }.into())
            }
            _ => Ok(()),
        }
    }
}

/// An attack with what it can.
#[derive(Debug)]
#[non_exhaustive]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a line.
    pub title: &'static str,
    /// Its source, a key of `docs/references.bib`.
    pub reference: &'static str,
    /// The norms it works in.
    pub norms: &'static [Norm],
    /// Whether it needs gradients.
    pub needs_gradients: bool,
    /// Whether it looks for the smallest perturbation in place of one within epsilon.
    pub is_minimal: bool,
    /// Whether it can be given a target.
    pub takes_target: bool,
    build: fn(&Settings) -> Box<dyn Attack>,
}

impl Method {
    /// The attack.
    ///
    /// # Errors
    ///
    /// If it does not work in the norm, or a setting is out of its range.
    pub fn build(&self, settings: &Settings) -> Result<Box<dyn Attack>, Error> {
        settings.check()?;
        if !self.norms.contains(&settings.norm) {
            let known = self.norms.iter().map(Norm::to_string).collect();
            let name = format!("{} ({})", settings.norm, self.name);
            return Err(ErrorKind::UnknownName { argument: "norm", name, known }.into());
        }
        Ok((self.build)(settings))
    }
}

/// All attacks.
pub fn methods() -> &'static [Method] {
    METHODS
}

/// The attack called `name`.
///
/// # Errors
///
/// There is none.
pub fn find(name: &str) -> Result<&'static Method, Error> {
    METHODS.iter().find(|method| method.name == name).ok_or_else(|| {
        let known = METHODS.iter().map(|method| method.name.to_owned()).collect();
        ErrorKind::UnknownName { argument: "method", name: name.to_owned(), known }.into()
    })
}

const DENSE: &[Norm] = &[Norm::Linf, Norm::L2, Norm::L1];
const LINF_OR_L2: &[Norm] = &[Norm::Linf, Norm::L2];

const DEFAULTS: Method = Method {
    name: "",
    title: "",
    reference: "",
    norms: DENSE,
    needs_gradients: true,
    is_minimal: false,
    takes_target: true,
    build: |_| Box::new(RandomNoise),
};

static METHODS: &[Method] = &[
    Method {
        name: "noise",
        title: "random noise of the same size: the control",
        reference: "goodfellow2015",
        norms: &[Norm::Linf, Norm::L2, Norm::L1, Norm::L0],
        needs_gradients: false,
        build: |_| Box::new(RandomNoise),
        ..DEFAULTS
    },
    Method {
        name: "fgsm",
        title: "one step along the gradient",
        reference: "goodfellow2015",
        build: |_| {
            let once = ProjectedGradient {
                steps: 1,
                step_size: 1.0,
                random_start: false,
                restarts: 0,
                momentum: None,
            };
            Box::new(once)
        },
        ..DEFAULTS
    },
    Method {
        name: "bim",
        title: "10 steps of ε/5 along the gradient from the image (basic iterative method)",
        reference: "kurakin2017",
        build: |settings| climb(settings, (10, 0.2), false, None),
        ..DEFAULTS
    },
    Method {
        name: "pgd",
        title: "40 steps of ε/30 along the gradient from a random point",
        reference: "madry2018",
        build: |settings| climb(settings, (40, 1.0 / 30.0), true, None),
        ..DEFAULTS
    },
    Method {
        name: "mi-fgsm",
        title: "10 steps of ε/10 along the gradient with momentum",
        reference: "dong2018",
        build: |settings| climb(settings, (10, 0.1), false, Some(1.0)),
        ..DEFAULTS
    },
    Method {
        name: "apgd-ce",
        title: "100 steps that choose their size, on the cross entropy",
        reference: "croce2020",
        norms: LINF_OR_L2,
        build: |settings| auto_climb(settings, Loss::CrossEntropy),
        ..DEFAULTS
    },
    Method {
        name: "apgd-dlr",
        title: "100 steps that choose their size, on the difference of logits ratio",
        reference: "croce2020",
        norms: LINF_OR_L2,
        build: |settings| auto_climb(settings, Loss::LogitsRatio),
        ..DEFAULTS
    },
    Method {
        name: "deepfool",
        title: "to the nearest boundary, linearised again and again",
        reference: "moosavi2016",
        norms: LINF_OR_L2,
        is_minimal: true,
        takes_target: false,
        build: |settings| Box::new(DeepFool { steps: settings.steps.unwrap_or(50), candidates: 10 }),
        ..DEFAULTS
    },
    Method {
        name: "cw",
        title: "the smallest perturbation by optimisation (Carlini & Wagner)",
        reference: "carlini2017",
        norms: &[Norm::L2],
        is_minimal: true,
        build: |settings| {
            Box::new(CarliniWagner {
                steps: settings.steps.unwrap_or(100),
                step_size: settings.step_size.unwrap_or(0.01),
                searches: 5,
                first_weight: 1.0,
            })
        },
        ..DEFAULTS
    },
    Method {
        name: "jsma",
        title: "a few numbers changed by much, chosen by the Jacobian",
        reference: "papernot2016",
        norms: &[Norm::L0],
        build: |_| Box::new(SaliencyMap),
        ..DEFAULTS
    },
    Method {
        name: "square",
        title: "1000 random squares, without gradients",
        reference: "andriushchenko2020",
        norms: LINF_OR_L2,
        needs_gradients: false,
        build: |settings| Box::new(Square { steps: settings.steps.unwrap_or(1000) }),
        ..DEFAULTS
    },
];

fn climb(
    settings: &Settings,
    (steps, step_size): (usize, f64),
    random_start: bool,
    momentum: Option<f64>,
) -> Box<dyn Attack> {
    Box::new(ProjectedGradient {
        steps: settings.steps.unwrap_or(steps),
        step_size: settings.step_size.unwrap_or(step_size),
        random_start,
        restarts: if random_start { settings.restarts } else { 0 },
        momentum,
    })
}

fn auto_climb(settings: &Settings, loss: Loss) -> Box<dyn Attack> {
    let (steps, restarts) = (settings.steps.unwrap_or(100), settings.restarts);
    Box::new(AutoProjectedGradient { steps, restarts, loss })
}

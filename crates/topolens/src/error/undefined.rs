//! Why a quantity can have no value.

use std::fmt;

/// Why a quantity has no value on an input that is otherwise in order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Undefined {
    SlopeNotBelowOne { slope: f64 },
    NoFiniteInterval,
    OneClass,
    ClassMeansCoincide,
    NoFall { from: f64, to: f64 },
    ConstantInput { argument: &'static str },
    NoSpread,
    AllSeparable,
    AtTheBound { bound: usize },
    NoiseTooLarge,
    SimilaritiesSingular { scale: f64 },
    NoVariance,
    NothingVariesAlone,
    ExplainedByCovariates { argument: &'static str },
    ZeroSum { n_points: usize },
    ZeroQuantile { argument: &'static str, quantile: f64 },
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlopeNotBelowOne { slope } => write!(
                f,
                "the slope of log E against log n is {slope:.4}, and only slopes below 1 give a dimension; use more \
                 points or larger sizes"
            ),
            Self::NoFiniteInterval => write!(f, "the diagram has no finite interval"),
            Self::OneClass => write!(f, "all points carry one label; give at least two classes"),
            Self::ClassMeansCoincide => write!(f, "the class means coincide"),
            Self::NoFall { from, to } => {
                write!(f, "the descriptor does not fall: it goes from {from:.4} to {to:.4}")
            }
            Self::ConstantInput { argument } => write!(f, "`{argument}` is constant"),
            Self::ZeroQuantile { argument, quantile } => write!(
                f,
                "the {quantile} quantile of the distances in `{argument}` is 0; remove repeated rows"
            ),
            Self::AllSeparable => {
                write!(f, "every pair of points is separable; give more points")
            }
            Self::AtTheBound { bound } => {
                write!(
                    f,
                    "the best dimension is {bound}, the highest that is tried; raise `max_dimension` or trust another"
                )
            }
            Self::NoSpread => write!(f, "all neighbours of every point are equally far"),
            Self::NoiseTooLarge => {
                write!(f, "`noise` is as large as the distances to the neighbours; lower it")
            }
            Self::SimilaritiesSingular { scale } => write!(
                f,
                "at scale {scale:e} the similarities exp(-scale * distance) are singular; remove points that repeat or are infinitely far, or raise the scale"
            ),
            Self::NoVariance => write!(f, "there is no variance to compare with; give more points"),
            Self::NothingVariesAlone => {
                write!(f, "no two models differ in a single hyper-parameter; give a grid of models")
            }
            Self::ExplainedByCovariates { argument } => {
                write!(f, "the covariates explain `{argument}` entirely; leave some out")
            }
            Self::ZeroSum { n_points } => {
                write!(f, "a sample of {n_points} points has no finite interval; use larger sizes")
            }
        }
    }
}

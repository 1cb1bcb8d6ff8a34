//! Pointwise nonlinearities.

#![expect(clippy::inline_always, reason = "inlined into loops compiled for the vector instructions")]

use std::fmt;
use std::str::FromStr;

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::POINTWISE_CHUNK;
use crate::error::{Error, ErrorKind};
use crate::tensor::Element;

/// A nonlinearity $\varphi$ of each value; all but [`Nonlinearity::Prelu`] without parameters.
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
    /// $x \, \Phi(x)$ with the normal distribution function $\Phi$, without approximation.
    Gelu,
    /// $\max(x, 0) + a_c \min(x, 0)$ with a learnt slope $a_c$ for each channel, 0.25 at first (He et al. 2015).
    Prelu,
}

impl Nonlinearity {
    /// Every nonlinearity without parameters.
    pub const ALL: [Self; 7] =
        [Self::Relu, Self::Relu6, Self::Elu, Self::Swish, Self::Tanh, Self::Sigmoid, Self::Gelu];

    /// The name used on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
            Self::Elu => "elu",
            Self::Swish => "swish",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "gelu",
            Self::Prelu => "prelu",
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
        let mut all = Self::ALL.into_iter().chain([Self::Prelu]);
        all.clone().find(|nonlinearity| nonlinearity.name() == text).ok_or_else(|| {
            let known = all.by_ref().map(|nonlinearity| nonlinearity.name().to_owned()).collect();
            ErrorKind::UnknownName { argument: "nonlinearity", name: text.to_owned(), known }.into()
        })
    }
}

const NOT_POINTWISE: &str = "bug: PReLU has slopes, and an operator of its own";

/// Runs a loop with the nonlinearity a constant in it, so that the choice is made outside.
macro_rules! with_constant {
    ($nonlinearity:expr, |$constant:ident| $run:expr) => {
        with_constant!(@ $nonlinearity, $constant, $run, Relu Relu6 Elu Swish Tanh Sigmoid Gelu)
    };
    (@ $nonlinearity:expr, $constant:ident, $run:expr, $($name:ident)*) => {
        match $nonlinearity {
            $(Nonlinearity::$name => {
                let $constant = Nonlinearity::$name;
                $run
            })*
            Nonlinearity::Prelu => panic!("{NOT_POINTWISE}"),
        }
    };
}

impl Nonlinearity {
    /// $\varphi(x)$.
    #[inline(always)]
    pub(crate) fn value<E: Element>(self, x: E) -> E {
        let six = E::from_f64(6.0);
        match self {
            Self::Relu => maximum(x, E::ZERO),
            Self::Relu6 => minimum(maximum(x, E::ZERO), six),
            Self::Elu => {
                if x > E::ZERO {
                    x
                } else {
                    x.exponential() - E::ONE
                }
            }
            Self::Swish => x * sigmoid(x),
            Self::Tanh => x.hyperbolic_tangent(),
            Self::Sigmoid => sigmoid(x),
            Self::Gelu => x * normal_distribution(x),
            Self::Prelu => panic!("{NOT_POINTWISE}"),
        }
    }

    /// Whether $\varphi'(x)$ hangs on x in a way that $\varphi(x)$ does not tell.
    pub(crate) fn derivative_needs_input(self) -> bool {
        matches!(self, Self::Swish | Self::Gelu)
    }

    /// $\varphi'(x)$, where $y = \varphi(x)$; 0 where a piece of ReLU or ReLU6 begins. Only if
    /// [`Nonlinearity::derivative_needs_input`], x is looked at.
    #[inline(always)]
    pub(crate) fn derivative<E: Element>(self, x: E, y: E) -> E {
        match self {
            Self::Relu => indicator(y > E::ZERO),
            Self::Relu6 => indicator(y > E::ZERO && y < E::from_f64(6.0)),
            Self::Elu => {
                if y > E::ZERO {
                    E::ONE
                } else {
                    y + E::ONE
                }
            }
            Self::Swish => {
                let s = sigmoid(x);
                s + y * (E::ONE - s)
            }
            Self::Tanh => E::ONE - y * y,
            Self::Sigmoid => y * (E::ONE - y),
            Self::Gelu => {
                let half_square = E::from_f64(0.5) * x * x;
                let density = E::from_f64(1.0 / std::f64::consts::TAU.sqrt()) * (-half_square).exponential();
                // Far out the density is 0 while x may be as large as you like.
                normal_distribution(x) + if density > E::ZERO { x * density } else { E::ZERO }
            }
            Self::Prelu => panic!("{NOT_POINTWISE}"),
        }
    }

    /// Writes $\varphi$ of each value.
    pub(crate) fn forward<E: Element>(self, values: &[E], output: &mut [E]) {
        let chunks = output.par_chunks_mut(POINTWISE_CHUNK).zip(values.par_chunks(POINTWISE_CHUNK));
        chunks.for_each(|(output, values)| {
            output.copy_from_slice(values);
            self.apply(output);
        });
    }

    /// Multiplies each gradient by $\varphi'$; `values` may be anything of that length where x is not looked at.
    pub(crate) fn backward<E: Element>(self, values: &[E], outputs: &[E], gradients: &mut [E]) {
        let sources = values.par_chunks(POINTWISE_CHUNK).zip(outputs.par_chunks(POINTWISE_CHUNK));
        let chunks = gradients.par_chunks_mut(POINTWISE_CHUNK).zip(sources);
        chunks.for_each(|(gradients, (values, outputs))| self.scale(values, outputs, gradients));
    }

    /// Replaces each value by its $\varphi$, on this thread.
    pub(super) fn apply<E: Element>(self, values: &mut [E]) {
        Arch::new().dispatch(Apply { nonlinearity: self, values });
    }

    /// As [`Nonlinearity::backward`], on this thread.
    pub(super) fn scale<E: Element>(self, values: &[E], outputs: &[E], gradients: &mut [E]) {
        Arch::new().dispatch(Scale { nonlinearity: self, values, outputs, gradients });
    }
}

/// A loop that replaces each value by its $\varphi$.
struct Apply<'a, E> {
    nonlinearity: Nonlinearity,
    values: &'a mut [E],
}

impl<E: Element> NullaryFnOnce for Apply<'_, E> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        with_constant!(self.nonlinearity, |nonlinearity| for value in self.values {
            *value = nonlinearity.value(*value);
        });
    }
}

/// A loop that multiplies each gradient by $\varphi'$.
struct Scale<'a, E> {
    nonlinearity: Nonlinearity,
    values: &'a [E],
    outputs: &'a [E],
    gradients: &'a mut [E],
}

impl<E: Element> NullaryFnOnce for Scale<'_, E> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let points = self.values.iter().zip(self.outputs);
        let points = self.gradients.iter_mut().zip(points);
        with_constant!(self.nonlinearity, |nonlinearity| for (gradient, (x, y)) in points {
            *gradient *= nonlinearity.derivative(*x, *y);
        });
    }
}

/// Of a number that is not one, that number: a NaN must not vanish in a nonlinearity.
#[inline(always)]
fn maximum<E: Element>(x: E, bound: E) -> E {
    if x < bound { bound } else { x }
}

#[inline(always)]
fn minimum<E: Element>(x: E, bound: E) -> E {
    if x > bound { bound } else { x }
}

#[inline(always)]
fn indicator<E: Element>(condition: bool) -> E {
    if condition { E::ONE } else { E::ZERO }
}

#[inline(always)]
fn normal_distribution<E: Element>(x: E) -> E {
    E::from_f64(0.5) * (E::ONE + (x * E::from_f64(std::f64::consts::FRAC_1_SQRT_2)).error_function())
}

#[inline(always)]
fn sigmoid<E: Element>(x: E) -> E {
    E::ONE / (E::ONE + (-x).exponential())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_known_places() {
        let at = |nonlinearity: Nonlinearity, x: f64| nonlinearity.value(x);
        assert_eq!([at(Nonlinearity::Relu, -1.0), at(Nonlinearity::Relu, 2.0)], [0.0, 2.0]);
        assert_eq!([at(Nonlinearity::Relu6, 7.0), at(Nonlinearity::Relu6, 5.0)], [6.0, 5.0]);
        assert!((at(Nonlinearity::Elu, -1.0) - (1.0 / std::f64::consts::E - 1.0)).abs() < 1e-15);
        assert!((at(Nonlinearity::Sigmoid, 3.0_f64.ln()) - 0.75).abs() < 1e-15);
        assert!((at(Nonlinearity::Swish, 3.0_f64.ln()) - 0.75 * 3.0_f64.ln()).abs() < 1e-15);
        assert!((at(Nonlinearity::Tanh, 0.5 * 3.0_f64.ln()) - 0.5).abs() < 1e-15);
    }

    #[test]
    fn far_out_nothing_is_lost_and_nan_stays() {
        for nonlinearity in Nonlinearity::ALL {
            for x in [-1e30_f32, 1e30] {
                let y = nonlinearity.value(x);
                assert!(
                    y.is_finite() && nonlinearity.derivative(x, y).is_finite(),
                    "{nonlinearity} at {x}: {y}"
                );
            }
            assert!(nonlinearity.value(f32::NAN).is_nan(), "{nonlinearity}");
        }
    }

    #[test]
    fn names_go_round() {
        for nonlinearity in Nonlinearity::ALL {
            assert_eq!(nonlinearity.name().parse::<Nonlinearity>().unwrap(), nonlinearity);
        }
        assert!("mish".parse::<Nonlinearity>().unwrap_err().to_string().contains("swish"));
    }
}

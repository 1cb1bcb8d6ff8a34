//! The two floating-point types of tensors.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use super::single;

mod sealed {
    /// What products need; naming it here keeps it out of public signatures.
    pub trait Sealed: faer::traits::ComplexField {
        /// The same numbers, if their type is single precision.
        fn singles(values: &[Self]) -> Option<&[f32]>;

        /// The same numbers, to be changed, if their type is single precision.
        fn singles_mut(values: &mut [Self]) -> Option<&mut [f32]>;
    }

    impl Sealed for f32 {
        fn singles(values: &[Self]) -> Option<&[f32]> {
            Some(values)
        }

        fn singles_mut(values: &mut [Self]) -> Option<&mut [f32]> {
            Some(values)
        }
    }

    impl Sealed for f64 {
        fn singles(_: &[Self]) -> Option<&[f32]> {
            None
        }

        fn singles_mut(_: &mut [Self]) -> Option<&mut [f32]> {
            None
        }
    }
}

/// A floating-point number that tensors can hold: `f32`, or `f64` where gradients are checked by finite differences.
pub trait Element:
    sealed::Sealed
    + Copy
    + Default
    + PartialOrd
    + Debug
    + Display
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
    + Sum
    + 'static
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;

    /// The nearest number to `value`.
    fn from_f64(value: f64) -> Self;

    /// The same number in double precision.
    fn to_f64(self) -> f64;

    /// $e^x$.
    #[must_use]
    fn exponential(self) -> Self;

    /// $\tanh x$.
    #[must_use]
    fn hyperbolic_tangent(self) -> Self;

    /// $\mathrm{erf}\, x = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2} dt$.
    #[must_use]
    fn error_function(self) -> Self;
}

macro_rules! element {
    ($float:ty, $exponential:path, $hyperbolic_tangent:path, $error_function:path) => {
        impl Element for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as Self
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn exponential(self) -> Self {
                $exponential(self)
            }

            #[inline(always)]
            fn hyperbolic_tangent(self) -> Self {
                $hyperbolic_tangent(self)
            }

            #[inline(always)]
            fn error_function(self) -> Self {
                $error_function(self)
            }
        }
    };
}

element!(f32, single::exponential, single::hyperbolic_tangent, single::error_function);
element!(f64, f64::exp, f64::tanh, libm::erf);

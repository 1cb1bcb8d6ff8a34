//! The number types a point cloud may hold.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Mul, Sub};

/// A real number type of a point cloud: `f32` or `f64`.
///
/// Sealed: algorithms rely on IEEE arithmetic of these two types. Clouds are never converted; everything that is
/// computed *from* distances is `f64`.
///
/// # Examples
///
/// ```
/// use topolens::Scalar;
///
/// fn widen<S: Scalar>(value: S) -> f64 {
///     value.to_f64()
/// }
/// assert_eq!(widen(0.5_f32), 0.5);
/// ```
pub trait Scalar:
    sealed::Sealed
    + Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + AddAssign
    + 'static
{
    /// Zero.
    const ZERO: Self;
    /// Squares of numbers from here to [`LARGEST`](Self::LARGEST) can be summed without overflow or underflow.
    const SMALLEST: Self;
    /// See [`SMALLEST`](Self::SMALLEST).
    const LARGEST: Self;
    /// Half the distance from 1 to the next number: the relative error of one operation.
    const ROUNDING: f64;
    /// Positive infinity: the dissimilarity of points that never meet.
    const INFINITY: Self;

    /// The same number in double precision.
    fn to_f64(self) -> f64;

    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;

    /// The square root.
    #[must_use]
    fn sqrt(self) -> Self;

    /// The absolute value.
    #[must_use]
    fn abs(self) -> Self;

    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
}

macro_rules! scalar {
    ($type:ident, $smallest:expr, $largest:expr) => {
        impl Scalar for $type {
            const ZERO: Self = 0.0;
            const SMALLEST: Self = $smallest;
            const LARGEST: Self = $largest;
            const ROUNDING: f64 = $type::EPSILON as f64 / 2.0;
            const INFINITY: Self = $type::INFINITY;

            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline]
            fn from_f64(value: f64) -> Self {
                value as Self
            }

            #[inline]
            fn sqrt(self) -> Self {
                self.sqrt()
            }

            #[inline]
            fn abs(self) -> Self {
                self.abs()
            }

            #[inline]
            fn is_finite(self) -> bool {
                self.is_finite()
            }
        }

        impl sealed::Sealed for $type {}
    };
}

scalar!(f32, 1e-15, 1e15);
scalar!(f64, 1e-140, 1e140);

mod sealed {
    pub trait Sealed: faer::traits::RealField {}
}

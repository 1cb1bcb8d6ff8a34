//! Transcendental functions in single precision without branches or calls, so that loops over them become vector instructions.
//!
//! Additions and multiplications only, never fused: the same bits on every machine.

#![expect(clippy::inline_always, reason = "inlined into loops compiled for the vector instructions")]
#![expect(clippy::excessive_precision, reason = "coefficients as published")]

/// $e^x$ within 2 units in the last place; 0 and infinity beyond the range of the type.
///
/// $x = n \ln 2 + r$ with $|r| \le \ln 2 / 2$; $e^r$ by its polynomial (Moshier's Cephes), times $2^n$ in two steps, each of
/// which the type can hold.
#[inline(always)]
pub(super) fn exponential(x: f32) -> f32 {
    // Added to a small number, it leaves the nearest integer in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 = HIGH + LOW, and n HIGH is exact.
    const HIGH: f32 = 0.693_359_375;
    const LOW: f32 = -2.121_944_4e-4;
    let x = clamp(x, -104.0, 89.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * HIGH - n * LOW;
    let series =
        horner(r, &[1.987_569_2e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5]);
    let power = shifted.to_bits().wrapping_sub(ROUND.to_bits()).cast_signed();
    let half = power >> 1;
    (series * r * r + r + 1.0) * power_of_two(half) * power_of_two(power.wrapping_sub(half))
}

/// $\tanh x$ within 3 units in the last place: near 0 by an odd polynomial (Cephes), else by $e^{-2|x|}$.
#[inline(always)]
pub(super) fn hyperbolic_tangent(x: f32) -> f32 {
    let square = x * x;
    let series =
        horner(square, &[-5.704_988_7e-3, 2.063_908_9e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1]);
    let small = series * square * x + x;
    let power = exponential(-2.0 * x.abs());
    let large = (1.0 - power) / (1.0 + power);
    if x.abs() < 0.625 { small.copysign(x) } else { large.copysign(x) }
}

/// $\mathrm{erf}\, x$ within 5e-7: a ratio of polynomials, odd over even, for $|x| \le 4$, beyond which it is 1 in this type.
#[inline(always)]
pub(super) fn error_function(x: f32) -> f32 {
    let x = clamp(x, -4.0, 4.0);
    let square = x * x;
    let above = horner(
        square,
        &[
            -2.726_142_3e-10,
            2.770_681_4e-8,
            -2.101_024e-6,
            -5.692_506_4e-5,
            -7.349_906_3e-4,
            -2.954_6e-3,
            -1.609_603_3e-2,
        ],
    );
    let below =
        horner(square, &[-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2]);
    x * above / below
}

/// A number within bounds; one that is none stays none.
#[inline(always)]
fn clamp(x: f32, least: f32, greatest: f32) -> f32 {
    let x = if x < least { least } else { x };
    if x > greatest { greatest } else { x }
}

/// A polynomial, its highest coefficient first.
#[inline(always)]
fn horner(x: f32, coefficients: &[f32]) -> f32 {
    coefficients[1..].iter().fold(coefficients[0], |sum, coefficient| sum * x + coefficient)
}

/// $2^n$ for n from -126 to 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23).cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points over a range, and their distance to a function in double precision, in units that `scale` gives.
    fn greatest_error(
        (least, greatest): (f64, f64),
        (approximation, exact): (impl Fn(f32) -> f32, impl Fn(f64) -> f64),
        scale: impl Fn(f64) -> f64,
    ) -> f64 {
        let n = 200_000;
        let points = (0..=n).map(|i| (least + (greatest - least) * f64::from(i) / f64::from(n)) as f32);
        points
            .map(|x| {
                let exact = exact(f64::from(x));
                (f64::from(approximation(x)) - exact).abs() / scale(exact)
            })
            .fold(0.0, f64::max)
    }

    fn last_place(exact: f64) -> f64 {
        exact.abs().max(f64::from(f32::MIN_POSITIVE)) * f64::from(f32::EPSILON)
    }

    #[test]
    fn near_the_functions_in_double_precision() {
        assert!(greatest_error((-87.0, 88.7), (exponential, f64::exp), last_place) < 2.0);
        assert!(greatest_error((-104.0, -87.0), (exponential, f64::exp), last_place) < 2.0);
        assert!(greatest_error((-1.0, 1.0), (hyperbolic_tangent, f64::tanh), last_place) < 3.0);
        assert!(greatest_error((-20.0, 20.0), (hyperbolic_tangent, f64::tanh), last_place) < 3.0);
        assert!(greatest_error((-6.0, 6.0), (error_function, libm::erf), |_| 1.0) < 5e-7);
        assert!(greatest_error((-0.1, 0.1), (error_function, libm::erf), last_place) < 4.0);
    }

    #[test]
    fn ends_and_numbers_that_are_none() {
        assert_eq!([exponential(0.0), exponential(-0.0)], [1.0, 1.0]);
        assert_eq!([exponential(f32::NEG_INFINITY), exponential(f32::INFINITY)], [0.0, f32::INFINITY]);
        assert_eq!([hyperbolic_tangent(f32::INFINITY), hyperbolic_tangent(f32::NEG_INFINITY)], [1.0, -1.0]);
        assert_eq!(hyperbolic_tangent(-0.0).to_bits(), (-0.0_f32).to_bits());
        assert!((error_function(f32::INFINITY) - 1.0).abs() < 2e-7);
        for function in [exponential, hyperbolic_tangent, error_function] {
            assert!(function(f32::NAN).is_nan());
        }
    }
}

//! Numbers in the short forms that results print themselves in.

use std::fmt;

/// A number of any unit: with four decimals, or four digits and an exponent where these would hide it.
pub(crate) struct Shown(pub(crate) f64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number) = *self;
        let is_hidden = number != 0.0 && number.is_finite() && !(1e-3..1e6).contains(&number.abs());
        if is_hidden { write!(f, "{number:.3e}") } else { write!(f, "{number:.4}") }
    }
}

//! Loops over plain slices: the only place that knows how numbers are crunched.

mod nonlinearity;

pub use nonlinearity::Nonlinearity;

//! Comparison of two representations of the same inputs.

mod cka;

pub use cka::{Cka, linear_cka};

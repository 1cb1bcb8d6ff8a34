//! Attacks: small perturbations that change what a network says.

mod fgsm;

pub use fgsm::{Fgsm, Goal};

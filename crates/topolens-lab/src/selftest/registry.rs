//! The checks by their numbers: one line each.

use super::finding::Finding;
use super::{ball, confounder, divergence, growth, published, topology};
use crate::Result;

/// A group of known numbers.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Check {
    /// Its number.
    pub id: &'static str,
    /// What it is about.
    pub about: &'static str,
    run: fn(u64) -> Result<Vec<Finding>>,
}

/// All checks, in their order.
pub fn checks() -> Vec<Check> {
    vec![
        Check { id: "A1", about: "homology in closed form and reference barcodes", run: topology::run },
        Check { id: "A2", about: "maximum likelihood on the GeoMLE benchmark", run: published::run },
        Check { id: "A3", about: "estimators on 30 points of a ball", run: ball::run },
        Check { id: "A4", about: "dimensions of 3000 points, simulated", run: growth::run },
        Check { id: "A5", about: "topology divergence of unrelated squares", run: divergence::run },
        Check { id: "A14", about: "separation that looks like simplification", run: confounder::run },
    ]
}

/// The findings of one check.
///
/// # Errors
///
/// A quantity could not be computed at all.
pub fn run_check(check: Check, seed: u64) -> Result<Vec<Finding>> {
    (check.run)(seed)
}

//! Means over random batches.

use rayon::prelude::*;

use crate::error::{Error, SettingKind};
use crate::statistics::mean;

/// A divergence between two clouds in both directions, averaged over batches of points.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Divergence {
    /// The mean of both directions.
    pub value: f64,
    /// The lower end of the 95 % interval due to the finite number of batches; `None` for a single batch.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
    /// The direction from `x` to `y`.
    pub forward: f64,
    /// The direction from `y` to `x`.
    pub backward: f64,
    /// The number of batches: 1 if a batch holds all points.
    pub n_batches: usize,
}

/// Averages what a batch gives, forward and backward.
pub(super) fn mean_over_batches(
    n_batches: usize,
    of_batch: impl Fn(u64) -> Result<(f64, f64), Error> + Sync + Send,
) -> Result<Divergence, Error> {
    if n_batches == 0 {
        return Err(
            SettingKind::OutOfRange { argument: "n_batches", value: 0.0, allowed: "1 or more" }.into()
        );
    }
    let pairs: Vec<(f64, f64)> =
        (0..n_batches as u64).into_par_iter().map(of_batch).collect::<Result<_, Error>>()?;
    let both: Vec<f64> = pairs.iter().map(|(forward, backward)| f64::midpoint(*forward, *backward)).collect();
    let mean = mean(&both)?;
    let ends = mean.interval(n_batches);
    let count = n_batches as f64;
    Ok(Divergence {
        value: mean.value,
        lower: ends.map(|ends| ends.0),
        upper: ends.map(|ends| ends.1),
        forward: pairs.iter().map(|pair| pair.0).sum::<f64>() / count,
        backward: pairs.iter().map(|pair| pair.1).sum::<f64>() / count,
        n_batches,
    })
}

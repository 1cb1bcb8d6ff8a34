//! What is kept of a training run beside its end.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// Which checkpoints stay, and whether the path of the weights is recorded. The last checkpoint always stays, to go on from.
///
/// # Examples
///
/// ```
/// use topolens_nn::train::Recording;
///
/// assert!(Recording::default().keeps(7));
/// assert!(!Recording { epochs: Some(vec![0, 5]), ..Recording::default() }.keeps(7));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Recording {
    /// Epochs whose checkpoints stay; all without it.
    pub epochs: Option<Vec<usize>>,
    /// Steps after which a checkpoint is written too: `step-00000100.safetensors`, without the optimiser's memory.
    pub steps: Vec<u64>,
    /// The path of the weights.
    pub trajectory: Option<TrajectorySettings>,
}

/// The last iterates of all trained weights as one row each, projected at random to fewer numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrajectorySettings {
    /// Iterates that are remembered, the last ones.
    pub n_iterates: usize,
    /// Numbers of a row; a network of no more weights is not projected.
    pub dimension: usize,
}

impl Recording {
    /// Whether the checkpoint of `epoch` stays when it is no longer the last.
    pub fn keeps(&self, epoch: usize) -> bool {
        self.epochs.as_ref().is_none_or(|epochs| epochs.contains(&epoch))
    }

    /// Refuses a trajectory without rows or columns.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Some(trajectory) = self.trajectory else { return Ok(()) };
        let extents = [("n_iterates", trajectory.n_iterates), ("trajectory_dimension", trajectory.dimension)];
        for (argument, extent) in extents {
            if extent == 0 {
                return Err(ErrorKind::OutOfRange { argument, value: 0.0, allowed: "at least 1" }.into());
            }
        }
        Ok(())
    }
}

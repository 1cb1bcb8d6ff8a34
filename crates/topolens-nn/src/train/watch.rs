//! What the losses so far have been: for plateaus and for stopping early.

use serde::{Deserialize, Serialize};

/// The least fall that counts, as a share of the best loss.
const LEAST_FALL: f64 = 1e-4;

/// The best epoch so far and how long ago it was.
///
/// The loss on the validation images is watched, or, without any, that on the training images.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Watch {
    /// The least loss; none before the first epoch.
    pub best_loss: Option<f64>,
    /// The epoch it belongs to.
    pub best_epoch: usize,
    /// Epochs since the best one or since the last plateau.
    pub n_stale: usize,
    /// Plateaus so far.
    pub n_plateaus: u32,
}

impl Watch {
    /// Takes in the loss of `epoch`; more than `patience` epochs without a fall are a plateau.
    pub(super) fn see(&mut self, epoch: usize, loss: f64, patience: Option<usize>) {
        if self.best_loss.is_none_or(|best| loss < best - LEAST_FALL * best.abs()) {
            (self.best_loss, self.best_epoch, self.n_stale) = (Some(loss), epoch, 0);
            return;
        }
        self.n_stale += 1;
        if patience.is_some_and(|patience| self.n_stale > patience) {
            self.n_plateaus += 1;
            self.n_stale = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// torch.optim.lr_scheduler.ReduceLROnPlateau(patience=1) on the same losses falls after epochs 4 and 6.
    #[test]
    fn plateaus_are_those_of_pytorch() {
        let mut watch = Watch::default();
        let mut after = Vec::new();
        for (epoch, loss) in [(1, 1.0), (2, 0.5), (3, 0.6), (4, 0.499_99), (5, 0.6), (6, 0.7), (7, 0.8)] {
            let before = watch.n_plateaus;
            watch.see(epoch, loss, Some(1));
            if watch.n_plateaus > before {
                after.push(epoch);
            }
        }
        assert_eq!((watch.best_epoch, watch.n_plateaus), (2, 2));
        assert_eq!(after, [4, 6]);
    }
}

//! What a caller hears while a network is trained.

use super::CheckpointCard;

/// How an epoch of training passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// The step size of the last step.
    pub learning_rate: f64,
    /// Images trained on in a second.
    pub images_per_second: f64,
}

/// Progress of training.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TrainEvent {
    /// Before the first batch.
    Started {
        /// First epoch to be trained, 1 unless resumed.
        first_epoch: usize,
        /// Last epoch to be trained.
        last_epoch: usize,
        /// Batches in an epoch.
        n_batches: usize,
        /// Images in an epoch.
        n_images: usize,
        /// Trainable numbers of the network.
        n_parameters: usize,
    },
    /// After a batch.
    Batch {
        /// Epoch, from 1.
        epoch: usize,
        /// Batches done in this epoch.
        batch: usize,
        /// Batches in an epoch.
        n_batches: usize,
        /// Mean loss of the batch.
        loss: f64,
        /// Since the epoch began.
        images_per_second: f64,
    },
    /// After an epoch, its checkpoint being on disk.
    Epoch {
        /// What was written; epoch 0 is the untrained network.
        card: Box<CheckpointCard>,
        /// How the epoch passed; none for epoch 0.
        pace: Option<Pace>,
        /// Wall time of the epoch, with the measurement of the accuracies.
        seconds: f64,
    },
    /// The loss on the validation images has not fallen for the epochs of patience.
    StoppedEarly {
        /// The last epoch.
        epoch: usize,
        /// The epoch with the least loss.
        best_epoch: usize,
    },
}

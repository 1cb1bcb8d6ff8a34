//! What a caller hears while a network is trained.

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
        /// Mean cross entropy of the batch.
        loss: f64,
        /// Since the epoch began.
        images_per_second: f64,
    },
    /// After an epoch, its checkpoint being on disk.
    Epoch {
        /// Epoch; 0 is the untrained network.
        epoch: usize,
        /// Mean cross entropy over the epoch's batches, as they were trained on; none for epoch 0.
        train_loss: Option<f64>,
        /// Accuracy over the epoch's batches, as they were trained on; none for epoch 0.
        train_accuracy: Option<f64>,
        /// Accuracy on the test images.
        test_accuracy: f64,
        /// Wall time of the epoch.
        seconds: f64,
    },
}

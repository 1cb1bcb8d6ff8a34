//! Training: mini-batches, optimisers, checkpoints.

mod augment;
mod checkpoint;
mod evaluation;
mod event;
mod optimizer;
mod order;
mod settings;
mod trainer;

pub use augment::Augment;
pub use checkpoint::{Checkpoint, CheckpointCard, checkpoint_path, list_checkpoints};
pub use evaluation::accuracy;
pub use event::TrainEvent;
pub use optimizer::{AdamSettings, OptimizerSettings};
pub use settings::TrainSettings;
pub use trainer::Trainer;

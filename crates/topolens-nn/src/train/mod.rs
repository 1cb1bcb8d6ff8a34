//! Training: mini-batches, optimisers, checkpoints.

mod augment;
mod checkpoint;
mod evaluation;
mod event;
mod loader;
mod optimizer;
mod order;
mod schedule;
mod settings;
mod split;
mod trainer;
mod watch;

pub use augment::Augment;
pub use checkpoint::{Checkpoint, CheckpointCard, checkpoint_path, list_checkpoints};
pub use evaluation::{Evaluation, accuracy};
pub use event::TrainEvent;
pub use optimizer::{AdamSettings, OptimizerSettings};
pub use schedule::{Decay, Schedule};
pub use settings::TrainSettings;
pub use trainer::Trainer;
pub use watch::Watch;

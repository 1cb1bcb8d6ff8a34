//! Training: mini-batches, optimisers, checkpoints.

mod augment;
mod checkpoint;
mod evaluation;
mod event;
mod loader;
mod loss;
mod optimizer;
mod order;
mod recording;
mod schedule;
mod settings;
mod split;
mod trainer;
mod trajectory;
mod watch;

pub use augment::Augment;
pub use checkpoint::{Checkpoint, CheckpointCard, checkpoint_path, list_checkpoints, load_weights};
pub use evaluation::{Evaluation, accuracy};
pub use event::{Pace, TrainEvent};
pub use loss::Loss;
pub use optimizer::{AdamSettings, OptimizerSettings};
pub use recording::{Recording, TrajectorySettings};
pub use schedule::{Decay, Schedule};
pub use settings::TrainSettings;
pub use trainer::Trainer;
pub use watch::Watch;

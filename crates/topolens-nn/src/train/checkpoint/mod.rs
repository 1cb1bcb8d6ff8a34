//! Networks on disk: weights in `NAME.safetensors`, what they are in `NAME.json` beside it.

mod card;
mod folder;
mod state_dict;
mod tensors;

pub use card::CheckpointCard;
pub use folder::{Checkpoint, checkpoint_path, list_checkpoints};
pub(super) use folder::{last_checkpoint, remove, remove_after};
pub use state_dict::load_weights;

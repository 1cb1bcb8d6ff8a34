//! Activations that another program saved: one array per layer, samples first.

mod array;
mod element;
mod hdf5;
mod in_memory;
mod in_place;
mod labels;
mod npy;
mod npz;
mod parquet;
mod parquet_pages;
mod safetensors;
mod saved;
mod texts;

pub use array::{Layout, SavedArray};
pub use labels::Labels;
pub(crate) use labels::is_labels;
pub use saved::{PassedOver, SavedActivations, is_saved_activations};

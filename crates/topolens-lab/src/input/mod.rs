//! What a study is given: matrices of points, saved activations, data sets by name or folder, networks.

mod activations;
mod catalogue;
mod classes;
mod dataset;
mod fetch;
#[cfg(test)]
mod fixture;
mod image_arrays;
mod matrix;
mod matrix_file;
mod natural;
mod network;
mod npy_header;
mod picture_list;
mod preprocessing;

pub(crate) use activations::is_labels;
pub use activations::{Labels, Layout, PassedOver, SavedActivations, SavedArray, is_saved_activations};
pub use catalogue::{CATALOGUE, CatalogueEntry, DataStatus, data_home, find_entry};
pub use classes::{choose_classes, of_named_classes};
pub use dataset::{DataRef, LoadedData, Split, load_data, load_whole};
pub use fetch::{fetch, verify};
pub use matrix::{Matrix, Values, read_matrix};
pub use matrix_file::MatrixFile;
pub use network::{load_checkpoints, shipped_network};
pub use preprocessing::{ChannelOrder, Preprocessing};

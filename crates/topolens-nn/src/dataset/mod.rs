//! Sets of labelled images, and the readers of their files.

mod bytes;
mod cifar;
mod embedded;
mod folder;
mod idx;
mod images;
mod normalization;

pub use cifar::read_cifar10;
pub use embedded::embedded;
pub use folder::read_image_folder;
pub use idx::read_idx;
pub use images::Dataset;
pub use normalization::{Normalization, NormalizationKind};

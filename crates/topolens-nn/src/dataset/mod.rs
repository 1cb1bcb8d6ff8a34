//! Sets of labelled images, and the readers of their files.

mod bytes;
mod cifar;
mod embedded;
mod fit;
mod folder;
mod idx;
mod images;
mod normalization;
mod pictures;
mod svhn;

pub use cifar::{read_cifar10, read_cifar100};
pub use embedded::embedded;
pub use fit::Fit;
pub use folder::read_image_folder;
pub use idx::read_idx;
pub use images::Dataset;
pub use normalization::{Normalization, NormalizationKind};
pub use pictures::{Pictures, read_pictures};
pub use svhn::read_svhn;

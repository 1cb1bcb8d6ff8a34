//! Faces of pictures, brought to the place and size in which a network takes them.

mod face;
mod finder;
mod framing;
mod landmarks;
mod similarity;
mod warp;

pub use face::{Face, FacePoints};
pub use finder::FaceFinder;
pub use framing::Framing;
pub use landmarks::LandmarkFile;
pub use similarity::{ARCFACE_TEMPLATE, Similarity, template};
pub use warp::warp;

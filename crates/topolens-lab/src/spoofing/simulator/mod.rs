//! Presentation attacks simulated from live images by the published physics of print, screen and camera.
//!
//! A live image is taken for what is in front of the camera ([`Kind::CameraOnly`], the control), for the original of a print
//! ([`Kind::Print`]) or for what a screen shows ([`Kind::Replay`]). All light is linear until the camera encodes it:
//!
//! ```text
//! print   separation → halftone → paper ┐
//! replay  sub-pixels of the screen      ├→ view → light → lens → Bayer sensor, noise → demosaicing → sRGB → JPEG
//! control the live image                ┘
//! ```
//!
//! The view and the camera of an image are the same for all three kinds. What comes out is labelled as simulated, in the file
//! itself and in the manifest beside it. The chain of a replay is that of Liu, Shu & Wu 2018 (`liu2018`), a print follows Cai et
//! al. 2024 (`cai2024`), highlights Wen, Han & Jain 2015 (`wen2015`).

mod bayer;
mod camera;
mod capture;
mod folder;
mod halftone;
mod illumination;
mod kind;
mod label;
mod light;
mod manifest;
mod noise;
mod plane;
mod preset;
mod print;
mod random;
mod scene;
mod screen;
mod separation;
mod view;

pub use capture::{Capture, Simulator};
pub use folder::{FolderJob, Format};
pub use kind::Kind;
pub use label::Label;
pub use manifest::{Manifest, SimulatedImage, Unreadable};
pub use preset::Preset;
pub use view::View;

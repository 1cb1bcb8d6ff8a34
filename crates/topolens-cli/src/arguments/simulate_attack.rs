//! What `topolens simulate-attack` accepts.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Common;

/// Prints and screen replays of live face images, simulated by the physics of ink, screen and camera
///
/// Every image is taken for the original of a halftone print or for what a screen shows, and a camera takes a picture of it; camera-only
/// leaves print and screen out: the control, which every result should stand beside. Sub-folders are kept. The images are labelled as
/// simulated in their files and in simulated.json beside them. A simulation that was interrupted goes on where it stopped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  topolens simulate-attack --kind print --live faces --out print
  topolens simulate-attack --kind replay --live faces --out replay --preset strong --seed 7
  topolens simulate-attack --kind camera-only --live faces --out control --format png")]
pub(crate) struct SimulateAttackArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// What is before the camera: print, replay, or camera-only for the control
    #[arg(long)]
    pub(crate) kind: String,
    /// Folder of live images (.jpg, .png, .webp, .pgm), with sub-folders or without
    #[arg(long, value_name = "FOLDER")]
    pub(crate) live: PathBuf,
    /// Folder of the simulated images: new, empty, or with an earlier simulation, which is replaced
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// How visible dots, pixels and lamps are: subtle, standard or strong; the camera is the same for all
    #[arg(long, default_value = "standard")]
    pub(crate) preset: String,
    /// jpeg writes the camera's own file, png its pixels
    #[arg(long, value_enum, default_value_t = FormatName::Jpeg)]
    pub(crate) format: FormatName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    Jpeg,
    Png,
}

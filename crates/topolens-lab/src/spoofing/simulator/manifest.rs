//! What was simulated, as a file beside the images.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use super::preset::Preset;
use super::view::View;
use crate::Result;
use crate::store::atomic::write_atomically;
use crate::store::to_json;

/// The file `simulated.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`Manifest::SCHEMA`].
    pub schema: String,
    /// Version of topolens.
    pub version: String,
    /// The command line, program name first.
    pub command: Vec<String>,
    /// What was simulated.
    pub kind: Kind,
    /// With which strengths.
    pub preset: Preset,
    /// With which seed.
    pub seed: u64,
    /// Whether all images are there; false while the work goes on, or after an interruption.
    pub complete: bool,
    /// The simulated images by the names of the live ones.
    pub images: Vec<SimulatedImage>,
    /// Live images that could not be used.
    pub unreadable: Vec<Unreadable>,
}

/// One simulated image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedImage {
    /// Path below the folder of the manifest.
    pub file: String,
    /// Path of the live image below its folder.
    pub live: String,
    /// BLAKE3 sum of the live file.
    pub live_blake3: String,
    /// Where points of the simulated image lie on the live one, so that landmarks can follow.
    pub view: View,
}

/// A live image that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Path below the folder of live images.
    pub file: String,
    /// Why.
    pub reason: String,
}

impl Manifest {
    /// The schema of this version.
    pub const SCHEMA: &str = "topolens.simulated/1";

    /// The name of the file.
    pub const FILE: &str = "simulated.json";

    /// The manifest of a folder; `None` if it has none that this version reads.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = fs::read(folder.join(Self::FILE)).ok()?;
        serde_json::from_slice(&text).ok().filter(|manifest: &Self| manifest.schema == Self::SCHEMA)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(Self::FILE);
        write_atomically(&path, &to_json(self, &path)?)
    }
}

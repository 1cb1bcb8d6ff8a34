//! Layers of a network, measured as the program `topolens` measures them.

mod given;
mod measured;
mod part;
mod settings;
mod study;

pub(crate) use measured::{LayerProfiles, ensure_no_other};
pub(crate) use part::{LayerPart, MeasuredLayer};
pub(crate) use settings::Settings;
pub(crate) use study::{LayerStudy, profile_memory};

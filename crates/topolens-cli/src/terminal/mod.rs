//! What a person sees: tables and progress.

mod number;
mod output;
mod progress;
mod table;

pub(crate) use number::{duration, with_uncertainty};
pub(crate) use output::{note, print, print_json, write_json};
pub(crate) use progress::{EpochProgress, StudyProgress};
pub(crate) use table::Table;

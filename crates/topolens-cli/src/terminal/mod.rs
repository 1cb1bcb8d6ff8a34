//! What a person sees: tables, drawings and progress.

mod barcode;
mod braille;
mod number;
mod output;
mod persistence;
mod progress;
mod screen;
mod sparkline;
mod table;

pub(crate) use barcode::barcode;
pub(crate) use number::{duration, with_uncertainty};
pub(crate) use output::{ensure_writable, note, print, print_json, write_file, write_json};
pub(crate) use persistence::persistence_diagram;
pub(crate) use progress::{EpochProgress, StudyProgress};
pub(crate) use screen::Screen;
pub(crate) use sparkline::sparkline;
pub(crate) use table::Table;

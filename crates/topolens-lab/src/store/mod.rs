//! Files of a run: written atomically, read back with clear errors.

pub mod atomic;
mod finished;
mod npy;
pub mod parquet;
mod provenance;
mod run;

pub use finished::FinishedLayers;
pub use npy::npy_bytes;
pub use provenance::{DataStamp, Provenance};
pub(crate) use run::to_json;
pub use run::{RunCard, RunFolder};

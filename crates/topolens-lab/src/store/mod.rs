//! Files of a run: written atomically, read back with clear errors.

pub mod atomic;
pub(crate) mod csv;
mod finished;
mod metrics;
mod npy;
mod npz;
pub mod parquet;
mod png;
mod provenance;
mod run;
mod study;
mod tensorboard;

pub use self::csv::write_csv;
pub use finished::FinishedLayers;
pub use metrics::{EpochMetrics, MetricsLog};
pub use npy::npy_bytes;
pub use npz::NpzWriter;
pub use png::png_bytes;
pub use provenance::{DataStamp, Provenance, file_checksum};
pub(crate) use run::to_json;
pub use run::{RunCard, RunFolder, RunLock};
pub use study::other_study;
pub use tensorboard::event_file;

//! Files of a run: written atomically, read back with clear errors.

pub mod atomic;
pub mod parquet;

//! Descriptors by layer: what is measured, on which clouds, and the tidy rows that come out.

pub mod row;

pub use row::{Row, Scope};

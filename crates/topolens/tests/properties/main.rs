//! What must hold for every input: invariances, an independent oracle, and errors instead of panics.
#![allow(clippy::float_cmp, clippy::unwrap_used, reason = "tests compare exactly and may panic")]

mod bad_input;
mod descriptors;
mod diagram_distances;
mod dissimilarities;
mod estimators;
mod invariance;
mod large_clouds;
mod oracle;
mod threads;

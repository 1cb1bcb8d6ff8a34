//! Numbers known from elsewhere: closed forms, published values, other programs.
#![allow(clippy::float_cmp, clippy::unwrap_used, reason = "tests compare exactly and may panic")]

mod barcodes;
mod comparisons;
mod confounders;
mod diagrams;
mod dissimilarities;
mod exact_topology;
mod global_dimension;
mod growth;
mod intrinsic_dimension;
mod novelty;
mod published_manifolds;
mod separation;
mod statistics;
mod testdata;

//! Numbers known from elsewhere: closed forms, published values, other programs.

mod barcodes;
mod confounders;
mod exact_topology;
mod growth;
mod intrinsic_dimension;
mod published_manifolds;
mod testdata;

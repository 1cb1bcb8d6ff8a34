//! Studies of the data manifold inside networks.
//!
//! This crate is the bridge between the two pillars: [`topolens_nn`] gives the activations of a network,
//! [`topolens`] measures point clouds. Here activations become clouds, clouds become a [`Profile`](profile) (one
//! row per layer and descriptor), and profiles become files and a report.

pub mod error;
pub mod profile;
pub mod report;
pub mod store;

pub use error::Error;

/// The result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

//! Studies of the data manifold inside networks.
//!
//! This crate is the bridge between the two pillars: [`topolens_nn`] gives the activations of a network,
//! [`topolens`] measures point clouds. Here activations become clouds ([`bridge`]), clouds become rows of numbers
//! ([`profile`]), one profile per epoch shows the [`dynamics`] of training, and all of it becomes files ([`store`])
//! and a [`report`].

#![cfg_attr(test, allow(clippy::float_cmp, reason = "tests compare with exact values"))]

pub mod adversarial;
pub mod bridge;
pub mod clouds;
pub mod detection;
pub mod dynamics;
pub mod error;
pub mod generalization;
pub mod input;
pub mod profile;
pub mod rate;
pub mod report;
pub mod results;
pub mod selftest;
pub mod shard;
pub mod spoofing;
pub mod store;
pub mod sweep;
pub mod verification;

pub use error::Error;

/// The result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

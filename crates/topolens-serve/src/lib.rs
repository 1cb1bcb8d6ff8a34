//! A local page on which people walk through the studies that topolens wrote: runs side by side, layers, epochs, diagrams, and the points of a
//! layer's cloud with the pictures behind them.
//!
//! Everything is read only. The server listens on the machine itself, asks for a token, and takes no path from a request: studies are named by
//! a hash of where they lie.

mod error;
mod guard;
mod library;
mod points;
mod routes;
mod server;
mod shared;

pub use error::Error;
pub use server::{Server, Settings};

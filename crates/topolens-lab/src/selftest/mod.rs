//! Known answers that any build must give: closed forms, published values and simulated tables.
//!
//! # Examples
//!
//! ```
//! use topolens_lab::selftest::{checks, run_check};
//!
//! let topology = checks().into_iter().find(|check| check.id == "A1").unwrap();
//! assert!(run_check(topology, 0)?.iter().all(|finding| finding.is_met()));
//! # Ok::<(), topolens_lab::Error>(())
//! ```

mod ball;
mod confounder;
mod divergence;
mod finding;
mod growth;
mod published;
mod registry;
mod topology;

pub use finding::Finding;
pub use registry::{Check, checks, run_check};

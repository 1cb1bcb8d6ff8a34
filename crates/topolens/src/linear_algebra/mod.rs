//! The only place that knows the matrix library. Single-threaded, so that bits do not depend on threads.
//!
//! Matrices are row-major slices.

mod eigen;
mod principal_components;
mod products;
mod solve;
mod svd;

pub(crate) use eigen::{EigenPair, symmetric_eigen, symmetric_eigenvalues};
pub use principal_components::PrincipalComponents;
pub(crate) use products::{gram, row_products, transposed_product};
pub(crate) use solve::solve_positive_definite;
pub use svd::singular_values;
pub(crate) use svd::{Svd, thin_svd};

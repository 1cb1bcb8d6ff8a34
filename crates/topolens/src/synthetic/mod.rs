//! Seeded clouds whose topology or dimension is known, for tests, demonstrations and controls.
//!
//! # Examples
//!
//! ```
//! use topolens::synthetic;
//!
//! let circle = synthetic::circle(100, 0)?;
//! assert!(circle.points().all(|p| (p[0].hypot(p[1]) - 1.0).abs() < 1e-12));
//! assert_eq!(synthetic::sphere(50, 10, 0)?.n_features(), 11);
//! # Ok::<(), topolens::Error>(())
//! ```

mod clusters;
mod manifolds;

pub use clusters::GaussianClusters;
pub use manifolds::{
    ball, circle, clifford_torus, gaussian, sierpinski_triangle, sphere, swiss_roll, uniform_cube,
};

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
mod cubes;
mod curves;
mod fractals;
mod nonlinear;
mod normal;
mod registry;
mod rolls;
mod sample;
mod spheres;
mod surfaces;
mod tori;

pub use clusters::GaussianClusters;
pub use cubes::{cube_boundary, uniform_cube};
pub use fractals::{cantor_dust, menger_sponge, sierpinski_carpet, sierpinski_triangle};
pub use normal::gaussian;
pub use registry::{Manifold, manifold, manifolds};
pub use rolls::{s_curve, swiss_roll};
pub use spheres::{ball, circle, sphere};
pub use surfaces::{klein_bottle, moebius_strip, projective_plane};
pub use tori::{clifford_torus, flat_torus, torus};

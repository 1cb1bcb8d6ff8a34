//! Persistence diagrams, the distances between them, and the numbers and functions read off them.

mod assignment;
mod auction;
mod betti_curve;
mod bottleneck;
mod covering;
mod entropy;
mod grid;
mod interval;
mod kd_tree;
mod landscape;
mod lifespans;
mod pair;
mod persistence_image;
mod silhouette;
mod sparse_rows;
mod wasserstein;

pub use bottleneck::{Bottleneck, bottleneck_distance};
pub use grid::Grid;
pub use interval::{Diagram, Diagrams, Interval};
pub use lifespans::lifespans_sum;
pub use persistence_image::PersistenceImage;
pub use wasserstein::{GroundNorm, Wasserstein};

/// A diagram of loops by births and deaths, for tests.
#[cfg(test)]
fn loops(intervals: &[(f64, f64)]) -> Diagram {
    Diagram::new(1, intervals.iter().map(|&(birth, death)| Interval { birth, death }).collect())
}

//! Persistence diagrams, the distances between them, and the numbers and functions read off them.

mod auction;
mod bottleneck;
mod covering;
mod entropy;
mod gains;
mod interval;
mod kd_tree;
mod lifespans;
mod pair;
mod wasserstein;

pub use bottleneck::{Bottleneck, bottleneck_distance};
pub use interval::{Diagram, Diagrams, Interval};
pub use lifespans::lifespans_sum;
pub use wasserstein::{GroundNorm, Wasserstein};

//! Persistence diagrams and the numbers read off them.

mod entropy;
mod interval;
mod lifespans;

pub use interval::{Diagram, Diagrams, Interval};
pub use lifespans::lifespans_sum;

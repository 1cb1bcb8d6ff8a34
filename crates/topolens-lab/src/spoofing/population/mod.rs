//! Clouds of live faces beside clouds of attacks, layer by layer.

mod pooled;
mod quantity;
mod row;
mod sides;
mod test;

pub use row::{PopulationRow, Subject};

pub(super) use pooled::Pooled;
pub(super) use quantity::{BETWEEN, OF_SIDE};
pub(super) use sides::{Sides, persons_on_both, sides};
pub(super) use test::tested;

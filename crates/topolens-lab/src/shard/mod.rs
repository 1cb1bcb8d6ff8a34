//! Work that is done by many machines which share a file system and nothing else: a plan, its tasks in any order, and a merge.
//!
//! A cloud that is too large for one machine is cut into blocks of rows. A task takes two blocks, and finds their common spanning tree and
//! each point's nearest neighbours among both; [`CloudPlan::merge`] makes the tree and the neighbours of the whole of them, exactly. A task
//! that was done is not done again, so that a job array that was killed is simply sent again.

mod part;
mod plan;

pub use part::Shard;
pub use plan::{CloudPlan, Merged};

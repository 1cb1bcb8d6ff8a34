//! Many networks, each of another configuration: planned, trained in processes of their own, gathered in tables.

mod configuration;
mod estimate;
mod folder;
mod pool;
mod ready;
mod report;
mod spec;
mod table;

pub use configuration::{Configuration, text_of};
pub use estimate::{Cost, Trial, profile_seconds};
pub use folder::SweepFolder;
pub use pool::{Event, Outcome, Pool};
pub use ready::{Size, ready_made, ready_names};
pub use report::write_layers_report;
pub use spec::{Study, SweepSpec};
pub use table::{
    NetworkRow, NetworkState, ProfileTable, Profiled, Status, network_states, write_network_table,
};

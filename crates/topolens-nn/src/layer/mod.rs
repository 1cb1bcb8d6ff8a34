//! Layers with parameters, and the graph they form.

mod graph;
mod initialization;
mod operation;
mod parameters;
mod path_norm;

pub(crate) use graph::{Graph, GraphBuilder, Place, RunSettings};
pub(crate) use operation::Operation;
pub(crate) use parameters::{ParameterId, Parameters, Role};

//! Layers with parameters, and the graph they form.

mod graph;
mod initialization;
mod operation;
mod parameters;

pub(crate) use graph::{Graph, GraphBuilder, Place, Run, RunSettings};
pub(crate) use operation::Operation;
pub(crate) use parameters::{Parameter, ParameterId, Parameters, Role};

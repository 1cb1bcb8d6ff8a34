//! One measured number and where it belongs.

use serde::{Deserialize, Serialize};

/// The part of a layer's cloud that a number describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The cloud of all classes together.
    Global,
    /// The mean over the classes' own clouds (the paper's *local*).
    Local,
    /// One class, by name.
    Class(String),
}

impl Scope {
    /// The word in the `class` column: `global`, `local` or the class's name.
    pub fn label(&self) -> &str {
        match self {
            Self::Global => "global",
            Self::Local => "local",
            Self::Class(name) => name,
        }
    }
}

/// One row of a profile: a descriptor of one cloud of one layer.
///
/// Tidy: a file of rows can be filtered and grouped by any column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The layer's name.
    pub layer: String,
    /// The layer's place in the network's order, from 0.
    pub layer_index: usize,
    /// The layer's relative depth in (0, 1]; the output is 1.
    pub depth: f64,
    /// Training epoch of the network, 0 = untrained; `None` if unknown.
    pub epoch: Option<usize>,
    /// Which points.
    pub class: Scope,
    /// The descriptor's name, such as `lifespans-sum`.
    pub descriptor: String,
    /// The homology dimension, for descriptors that have one.
    pub homology_dimension: Option<usize>,
    /// The number; `None` when it is undefined for this cloud (see `reason`).
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub lower: Option<f64>,
    /// Upper end of the 95 % interval.
    pub upper: Option<f64>,
    /// Points in the cloud.
    pub n_points: usize,
    /// Features of the cloud.
    pub n_features: usize,
    /// Why the value is undefined.
    pub reason: Option<String>,
}

/// A row of a global cloud for tests.
#[cfg(test)]
pub(crate) fn example(layer_index: usize, descriptor: &str, value: f64) -> Row {
    Row {
        layer: format!("block{layer_index}"),
        layer_index,
        depth: (layer_index + 1) as f64 / 10.0,
        epoch: Some(1),
        class: Scope::Global,
        descriptor: descriptor.to_owned(),
        homology_dimension: None,
        value: Some(value),
        lower: Some(value - 1.0),
        upper: Some(value + 1.0),
        n_points: 1000,
        n_features: 16,
        reason: None,
    }
}

//! What a report is made of.

use topolens::Diagrams;

use crate::profile::{LoopSketch, Row};

/// A profile of one network at one or several epochs, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfileReport {
    /// The title, such as the network and the data set.
    pub title: String,
    /// Where the numbers come from, as names and values: command, version, seeds, data and its checksum, network,
    /// accuracies, wall times. Shown at the end, in this order.
    pub provenance: Vec<(String, String)>,
    /// The measured numbers.
    pub rows: Vec<Row>,
    /// The diagrams behind them, as far as they were kept.
    pub layers: Vec<LayerDiagrams>,
    /// Warnings and remarks in plain sentences, shown before the curves.
    pub notes: Vec<String>,
}

/// The diagrams of one layer's global cloud.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerDiagrams {
    /// The layer's name.
    pub layer: String,
    /// Relative depth in (0, 1].
    pub depth: f64,
    /// Training epoch of the network.
    pub epoch: Option<usize>,
    /// One diagram per homology dimension.
    pub diagrams: Diagrams,
    /// The longest loops on a plane, if they were kept.
    pub loops: Option<LoopSketch>,
}

/// The layers of the last epoch that have loops to draw.
pub(crate) fn sketched(layers: &[LayerDiagrams]) -> Vec<(&LayerDiagrams, &LoopSketch)> {
    let last = layers.iter().map(|layer| layer.epoch).max();
    let of_last = layers.iter().filter(|layer| Some(layer.epoch) == last);
    of_last.filter_map(|layer| Some((layer, layer.loops.as_ref()?))).collect()
}

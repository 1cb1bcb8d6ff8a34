//! One number of a comparison.

use serde::{Deserialize, Serialize};

/// What a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The cloud of live faces.
    Live,
    /// The cloud of the attack, the control, or of live faces of other persons.
    Other,
    /// The second cloud less the first.
    Difference,
    /// Both clouds together.
    Between,
    /// The same images, or images of the same persons, in both.
    Paired,
}

impl Subject {
    /// The word in tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Other => "other",
            Self::Difference => "difference",
            Self::Between => "between",
            Self::Paired => "paired",
        }
    }
}

/// A number of one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PopulationRow {
    /// The kind that live faces are compared with; `live` for other persons' live faces, the level of comparisons.
    pub kind: String,
    /// Whether images of the kind are simulated.
    pub simulated: bool,
    /// The layer's name.
    pub layer: String,
    /// The layer's place in the network's order, from 0.
    pub layer_index: usize,
    /// The layer's relative depth in (0, 1].
    pub depth: f64,
    /// What the number is of.
    pub of: Subject,
    /// What is measured.
    pub quantity: String,
    /// The homology dimension, for quantities that have one.
    pub homology_dimension: Option<usize>,
    /// The mean over splits of the persons; `None` where it is undefined.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// By permutation of persons, for differences and what is between both clouds.
    pub p_value: Option<f64>,
    /// Adjusted for all tests of the kind (Benjamini and Hochberg).
    pub p_adjusted: Option<f64>,
    /// Images of each cloud.
    pub n_points: usize,
    /// Features of the layer.
    pub n_features: usize,
    /// Why the value is undefined.
    pub reason: Option<String>,
}

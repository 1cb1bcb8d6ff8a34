//! What can be wrong with saved activations.

use std::fmt;

use topolens_nn::tap::pattern_of;

#[derive(Debug)]
pub(crate) enum ActivationsProblem {
    Damaged { format: &'static str, reason: String },
    NotNpy { array: String, reason: String },
    Pickle { what: String },
    NotNumbers { array: String, found: String },
    Truncated { array: String, n_bytes: u64, shape: Vec<u64> },
    TooManyArrays { found: usize, most: usize },
    TooManySamples { array: String, found: usize, most: usize },
    Results,
    NoLayers { passed_over: Vec<String> },
    OtherSamples { first: String, expected: usize, array: String, found: usize },
    Uneven { array: String, row: usize, found: usize, expected: usize },
    NotFinite { layer: String, sample: usize, position: usize, value: f64 },
    TooWide { n_rows: usize, n_features: usize },
    NoCloud { layer: String, reason: String },
    NotLabels { array: String, shape: Vec<usize> },
    NotAClass { array: String, sample: usize, value: f64 },
    UnknownLabels { given: String, available: Vec<String> },
}

impl fmt::Display for ActivationsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { format, reason } => write!(f, "cannot be read as {format}: {reason}"),
            Self::NotNpy { array, reason } => {
                write!(f, "array {array:?} has no .npy header ({reason}); save it again with numpy")
            }
            Self::Pickle { what } => write!(
                f,
                "{what} is a Python pickle, which may run code when it is read; save arrays of numbers with \
                 numpy.savez or safetensors.torch.save_file, and networks with torch.onnx.export"
            ),
            Self::NotNumbers { array, found } => write!(
                f,
                "array {array:?} holds {found}; save numbers, array.astype(\"float32\"), or leave it out"
            ),
            Self::Truncated { array, n_bytes, shape } => write!(
                f,
                "truncated: {n_bytes} bytes cannot hold array {array:?} of shape {shape:?}; save it again"
            ),
            Self::TooManyArrays { found, most } => {
                write!(
                    f,
                    "holds {found} arrays, more than {most}; each array is a layer, samples are its rows"
                )
            }
            Self::TooManySamples { array, found, most } => {
                write!(f, "array {array:?} claims {found} samples; at most {most} are read")
            }
            Self::Results => f.write_str(
                "holds results and no activations; give the network, or the clouds.npz that profile --keep-clouds writes",
            ),
            Self::NoLayers { passed_over } => f.write_str(&no_layers(passed_over)),
            Self::OtherSamples { first, expected, array, found } => write!(
                f,
                "{first:?} has {expected} samples, {array} has {found}; row i of every array must be the same sample"
            ),
            Self::Uneven { array, row, found, expected } => write!(
                f,
                "column {array:?}: row {row} has {found} numbers, the first has {expected}; every row needs as many"
            ),
            Self::NotFinite { layer, sample, position, value } => write!(
                f,
                "layer {layer:?}: sample {sample} holds {value} (number {position} of it); remove or replace it, or leave the layer out with \
                 '!{}' among `layers`",
                pattern_of(layer)
            ),
            Self::TooWide { n_rows, n_features } => write!(
                f,
                "memory cannot hold {n_rows} rows of {n_features} features; choose `readout` avg-pool, or fewer `points`"
            ),
            Self::NoCloud { layer, reason } => write!(f, "layer {layer:?} cannot be measured: {reason}"),
            Self::NotLabels { array, shape } => write!(
                f,
                "--labels: array {array:?} has shape {shape:?}; labels have one axis, a whole number for each sample, or a row of zeros with a single 1"
            ),
            Self::NotAClass { array, sample, value } => {
                write!(f, "--labels: {array:?} holds {value} for sample {sample}; labels are whole numbers")
            }
            Self::UnknownLabels { given, available } => write!(
                f,
                "--labels: {given:?} is neither a file nor an array of it ({})",
                available.join(", ")
            ),
        }
    }
}

fn no_layers(passed_over: &[String]) -> String {
    let asked = "holds no layers: give one array per layer with two axes or more, samples first";
    if passed_over.is_empty() {
        asked.to_owned()
    } else {
        format!("{asked}; there are {}", passed_over.join(", "))
    }
}

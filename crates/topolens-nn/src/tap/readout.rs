//! Tensor to row.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// How the output of a layer becomes one row per image.
///
/// # Examples
///
/// ```
/// use topolens_nn::Tensor;
/// use topolens_nn::tap::Readout;
///
/// let one_image = Tensor::new(&[1, 2, 1, 2], vec![1.0, 10.0, 3.0, 20.0])?;
/// assert_eq!(Readout::AvgPool.n_features(&[2, 1, 2]), 2);
/// let mut rows = Vec::new();
/// Readout::AvgPool.append_rows(&one_image, &mut rows);
/// assert_eq!(rows, [2.0, 15.0]);
/// # Ok::<(), topolens_nn::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readout {
    /// Mean over the positions of each channel; rows stay as they are.
    #[default]
    AvgPool,
    /// All values.
    Flatten,
}

impl Readout {
    /// The number of features of a row for outputs of `output_shape` (one image).
    pub fn n_features(self, output_shape: &[usize]) -> usize {
        match self {
            Self::AvgPool => output_shape.last().copied().unwrap_or(1),
            Self::Flatten => output_shape.iter().product(),
        }
    }

    /// Appends one row per image of `output` to `rows`.
    pub fn append_rows(self, output: &Tensor, rows: &mut Vec<f32>) {
        match self {
            Self::Flatten => rows.extend_from_slice(output.values()),
            Self::AvgPool => append_means(output, rows),
        }
    }
}

fn append_means(output: &Tensor, rows: &mut Vec<f32>) {
    let n_channels = output.shape().last().copied().unwrap_or(1).max(1);
    let n_positions = (output.item_len() / n_channels).max(1);
    if n_positions == 1 {
        rows.extend_from_slice(output.values());
        return;
    }
    for image in output.values().chunks_exact(n_positions * n_channels) {
        let mut sums = vec![0.0_f64; n_channels];
        for position in image.chunks_exact(n_channels) {
            sums.iter_mut().zip(position).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        rows.extend(sums.iter().map(|sum| (sum / n_positions as f64) as f32));
    }
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AvgPool => "avg-pool",
            Self::Flatten => "flatten",
        })
    }
}

impl FromStr for Readout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let all = [Self::AvgPool, Self::Flatten];
        let known = || all.iter().map(ToString::to_string).collect();
        all.into_iter().find(|readout| readout.to_string() == text).ok_or_else(|| {
            ErrorKind::UnknownName { argument: "readout", name: text.to_owned(), known: known() }.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_features_are_left_alone() {
        let logits = Tensor::new(&[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        for readout in [Readout::AvgPool, Readout::Flatten] {
            let mut rows = Vec::new();
            readout.append_rows(&logits, &mut rows);
            assert_eq!((readout.n_features(&[3]), rows.as_slice()), (3, logits.values()));
        }
    }

    #[test]
    fn names_go_round() {
        for readout in [Readout::AvgPool, Readout::Flatten] {
            assert_eq!(readout.to_string().parse::<Readout>().unwrap(), readout);
        }
        assert!("max".parse::<Readout>().unwrap_err().to_string().contains("avg-pool, flatten"));
    }
}

//! Tensor to row.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::tensor::Tensor;

/// How the output of a layer becomes rows of a point cloud, usually one per image.
///
/// An output has positions and channels: the pixels of a feature map, the tokens of a transformer. Outputs without
/// positions, such as logits, are rows as they are.
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
    /// Mean over the positions of each channel.
    #[default]
    AvgPool,
    /// All values.
    Flatten,
    /// The first position: the class token of a vision transformer or BERT.
    Cls,
    /// The last position: the token that sees all others in a causal transformer.
    Last,
    /// Largest value over the positions of each channel.
    Max,
    /// This many positions of each image, evenly spread, a row each: $p_k = \lfloor (2k + 1) P / 2K \rfloor$ of $P$.
    Tokens(usize),
}

impl Readout {
    /// The number of features of a row for outputs of `output_shape` (one image).
    pub fn n_features(self, output_shape: &[usize]) -> usize {
        match self {
            Self::Flatten => output_shape.iter().product(),
            _ => output_shape.last().copied().unwrap_or(1),
        }
    }

    /// The number of rows of an image.
    pub fn n_rows(self) -> usize {
        match self {
            Self::Tokens(n_tokens) => n_tokens,
            _ => 1,
        }
    }

    /// Refuses outputs of `output_shape` (one image) with fewer positions than rows are taken of each.
    ///
    /// # Errors
    ///
    /// `Tokens` asks for more positions than there are; the message names `layer`.
    pub fn ensure_fits(self, layer: &str, output_shape: &[usize]) -> Result<(), Error> {
        let n_positions = output_shape.iter().rev().skip(1).product();
        if !matches!(self, Self::Tokens(_)) || self.n_rows() <= n_positions {
            return Ok(());
        }
        let (layer, wanted) = (layer.to_owned(), self.n_rows());
        Err(ErrorKind::TooFewPositions { layer, wanted, n_positions }.into())
    }

    /// Appends the rows of each image of `output` to `rows`.
    pub fn append_rows(self, output: &Tensor, rows: &mut Vec<f32>) {
        let n_channels = output.shape().last().copied().unwrap_or(1);
        for image in output.values().chunks_exact(output.item_len().max(1)) {
            self.append_item(image, n_channels, |value| rows.push(value as f32));
        }
    }

    /// Hands the values of the rows of one image, whose channels are the last axis, to `push`.
    pub fn append_item<T: Copy + Into<f64>>(self, item: &[T], n_channels: usize, push: impl FnMut(f64)) {
        let n_channels = n_channels.max(1);
        let n_positions = item.len() / n_channels;
        let position = |at: usize| &item[at * n_channels..(at + 1) * n_channels];
        let as_they_are = |values: &[T], push| values.iter().map(|value| (*value).into()).for_each(push);
        match self {
            _ if n_positions <= 1 => as_they_are(item, push),
            Self::Flatten => as_they_are(item, push),
            Self::Cls => as_they_are(position(0), push),
            Self::Last => as_they_are(position(n_positions - 1), push),
            Self::AvgPool => {
                let sums = fold(item, n_channels, 0.0, |sum, value| sum + value);
                sums.into_iter().map(|sum| sum / n_positions as f64).for_each(push);
            }
            Self::Max => fold(item, n_channels, f64::NEG_INFINITY, larger).into_iter().for_each(push),
            Self::Tokens(n_tokens) => {
                let chosen = (0..n_tokens).map(|k| (2 * k + 1) * n_positions / (2 * n_tokens));
                chosen.flat_map(position).map(|value| (*value).into()).for_each(push);
            }
        }
    }
}

/// The larger of two numbers; one that is none stays, to be told of.
fn larger(a: f64, b: f64) -> f64 {
    if b > a || b.is_nan() { b } else { a }
}

/// Each channel folded over the positions.
fn fold<T: Copy + Into<f64>>(
    item: &[T],
    n_channels: usize,
    start: f64,
    step: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let mut folded = vec![start; n_channels];
    for position in item.chunks_exact(n_channels) {
        folded.iter_mut().zip(position).for_each(|(so_far, value)| *so_far = step(*so_far, (*value).into()));
    }
    folded
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AvgPool => f.write_str("avg-pool"),
            Self::Flatten => f.write_str("flatten"),
            Self::Cls => f.write_str("cls"),
            Self::Last => f.write_str("last"),
            Self::Max => f.write_str("max"),
            Self::Tokens(n_tokens) => write!(f, "tokens:{n_tokens}"),
        }
    }
}

impl FromStr for Readout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        const PLAIN: [Readout; 5] =
            [Readout::AvgPool, Readout::Flatten, Readout::Cls, Readout::Last, Readout::Max];
        let n_tokens = text.strip_prefix("tokens:").and_then(|number| number.parse().ok());
        if let Some(n_tokens) = n_tokens.filter(|n_tokens| *n_tokens > 0) {
            return Ok(Self::Tokens(n_tokens));
        }
        let name = if text == "mean" { "avg-pool" } else { text };
        PLAIN.into_iter().find(|readout| readout.to_string() == name).ok_or_else(|| {
            let plain = PLAIN.iter().map(ToString::to_string);
            let known = plain.chain(["tokens:N".to_owned()]).collect();
            ErrorKind::UnknownName { argument: "readout", name: text.to_owned(), known }.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_features_are_left_alone() {
        let logits = Tensor::new(&[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        for readout in [Readout::AvgPool, Readout::Flatten, Readout::Cls, Readout::Max] {
            let mut rows = Vec::new();
            readout.append_rows(&logits, &mut rows);
            assert_eq!((readout.n_features(&[3]), rows.as_slice()), (3, logits.values()));
        }
    }

    #[test]
    fn names_go_round() {
        for readout in [Readout::AvgPool, Readout::Flatten, Readout::Last, Readout::Tokens(8)] {
            assert_eq!(readout.to_string().parse::<Readout>().unwrap(), readout);
        }
        assert_eq!("mean".parse::<Readout>().unwrap(), Readout::AvgPool);
        for wrong in ["min", "tokens", "tokens:0", "tokens:-1"] {
            assert!(wrong.parse::<Readout>().unwrap_err().to_string().contains("max, tokens:N"));
        }
    }

    #[test]
    fn each_readout_takes_its_part_of_the_positions() {
        // Five positions of two channels.
        let item = [0.0_f32, 9.0, 1.0, 7.0, 2.0, 5.0, 3.0, 3.0, 4.0, 1.0];
        let rows = |readout: Readout| {
            let mut rows = Vec::new();
            readout.append_item(&item, 2, |value| rows.push(value));
            rows
        };
        assert_eq!(rows(Readout::AvgPool), [2.0, 5.0]);
        assert_eq!(rows(Readout::Cls), [0.0, 9.0]);
        assert_eq!(rows(Readout::Last), [4.0, 1.0]);
        assert_eq!(rows(Readout::Max), [4.0, 9.0]);
        assert_eq!(rows(Readout::Tokens(2)), [1.0, 7.0, 3.0, 3.0]);
        assert_eq!(rows(Readout::Flatten).len(), 10);
        assert!(Readout::Tokens(5).ensure_fits("a", &[5, 2]).is_ok());
        let refused = Readout::Tokens(6).ensure_fits("block1", &[5, 2]).unwrap_err().to_string();
        assert!(refused.contains("block1") && refused.contains("5 positions"), "{refused}");
    }

    #[test]
    fn what_is_not_a_number_is_not_hidden_by_the_largest() {
        let mut rows = Vec::new();
        Readout::Max.append_item(&[1.0_f32, f32::NAN, 2.0], 1, |value| rows.push(value));
        assert!(rows[0].is_nan());
    }
}

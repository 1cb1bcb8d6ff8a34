//! One saved array.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use topolens::{PointCloud, Scalar};
use topolens_nn::tap::Readout;

use crate::Result;
use crate::error::{ActivationsProblem, Error, ErrorKind};

/// Deflate packs no more than this many bytes into one; what claims more is damaged, or a trap.
pub(super) const MOST_PACKED: u64 = 1032;

/// The numbers of an array, read a sample at a time.
pub(super) trait Storage: Debug + Send + Sync {
    /// Hands each of `samples`, ascending, to `take`, in that order; only they are kept in memory.
    fn visit(&self, samples: &[usize], take: &mut Take<'_>) -> Result<()>;

    /// The texts of an array that holds them, one for each sample.
    fn texts(&self) -> Result<Option<Vec<String>>> {
        Ok(None)
    }

    /// What it holds, if that is no numbers.
    fn other_than_numbers(&self) -> Option<&str> {
        None
    }
}

/// What is neither numbers nor texts.
#[derive(Debug)]
struct Other {
    found: String,
}

impl Storage for Other {
    fn visit(&self, _: &[usize], _: &mut Take<'_>) -> Result<()> {
        Ok(())
    }

    fn other_than_numbers(&self) -> Option<&str> {
        Some(&self.found)
    }
}

/// What is done with the numbers of a sample.
pub(super) type Take<'a> = dyn FnMut(&[f64]) -> Result<()> + 'a;

/// Where the channels of images are among the axes after the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Channels before height and width, as in PyTorch.
    #[default]
    ChannelsFirst,
    /// Channels after height and width, as in TensorFlow.
    ChannelsLast,
}

impl FromStr for Layout {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "nchw" => Ok(Self::ChannelsFirst),
            "nhwc" => Ok(Self::ChannelsLast),
            _ => Err(Error::new(ErrorKind::UnknownLayout { given: text.to_owned() })),
        }
    }
}

/// An array whose first axis is the samples; its numbers stay in the file until they are asked for.
#[derive(Debug)]
pub struct SavedArray {
    /// The layer's name.
    pub name: String,
    /// Samples, then the shape of one.
    pub shape: Vec<usize>,
    /// Whether single precision holds every number.
    pub is_single: bool,
    pub(super) path: PathBuf,
    pub(super) storage: Box<dyn Storage>,
}

impl SavedArray {
    /// The number of samples; 0 of an array without axes.
    pub fn n_samples(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// The shape of a sample with its channels last.
    pub fn item_shape(&self, layout: Layout) -> Vec<usize> {
        match self.shape.get(1..).unwrap_or_default() {
            [channels, height, width] if layout == Layout::ChannelsFirst => vec![*height, *width, *channels],
            item => item.to_vec(),
        }
    }

    /// The samples as points: `readout` makes rows of each, [`Readout::n_rows`] of them.
    ///
    /// Images (four axes) have their channels where `layout` says; of every other array the channels, or features, are
    /// the last axis.
    ///
    /// # Errors
    ///
    /// A sample cannot be read or holds a number that is not finite, the array has no positions to read out, or memory
    /// cannot hold the points.
    ///
    /// # Complexity
    ///
    /// Reads `samples.len()` samples; of compressed files all before the last of them.
    pub fn cloud<S: Scalar>(
        &self,
        samples: &[usize],
        readout: Readout,
        layout: Layout,
    ) -> Result<PointCloud<S>> {
        let item_shape = self.item_shape(layout);
        readout.ensure_fits(&self.name, &item_shape)?;
        let n_channels = item_shape.last().copied().unwrap_or(1);
        let n_features = readout.n_features(&item_shape);
        let n_rows = samples.len() * readout.n_rows();
        let mut values: Vec<S> = Vec::new();
        let n_values = n_rows.checked_mul(n_features);
        if n_values.is_none_or(|n_values| values.try_reserve_exact(n_values).is_err()) {
            return Err(self.bad(ActivationsProblem::TooWide { n_rows, n_features }));
        }
        let is_turned = layout == Layout::ChannelsFirst && item_shape.len() == 3;
        let mut turned = Vec::new();
        let mut at = 0;
        self.storage.visit(samples, &mut |item| {
            let position = item.iter().position(|value| !S::from_f64(*value).is_finite());
            if let Some(position) = position {
                let problem = ActivationsProblem::NotFinite {
                    layer: self.name.clone(),
                    sample: samples[at],
                    position,
                    value: item[position],
                };
                return Err(self.bad(problem));
            }
            at += 1;
            let item = if is_turned { channels_last(item, n_channels, &mut turned) } else { item };
            readout.append_item(item, n_channels, |value| values.push(S::from_f64(value)));
            Ok(())
        })?;
        PointCloud::new(values, n_rows, n_features).map_err(|error| {
            let (layer, reason) = (self.name.clone(), error.to_string());
            self.bad(ActivationsProblem::NoCloud { layer, reason })
        })
    }

    /// All numbers of an array with one axis.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or claims more numbers than anyone has samples.
    pub(super) fn numbers(&self) -> Result<Vec<f64>> {
        const MOST: usize = 100_000_000;
        if self.n_samples() > MOST {
            let (array, found) = (self.name.clone(), self.n_samples());
            return Err(self.bad(ActivationsProblem::TooManySamples { array, found, most: MOST }));
        }
        let samples: Vec<usize> = (0..self.n_samples()).collect();
        let mut numbers = Vec::new();
        self.storage.visit(&samples, &mut |item| {
            numbers.extend_from_slice(item);
            Ok(())
        })?;
        Ok(numbers)
    }

    /// For each sample where its single 1 is, all else being 0 (one-hot); none of other arrays.
    ///
    /// # Errors
    ///
    /// As [`numbers`](Self::numbers).
    #[expect(clippy::float_cmp, reason = "a one and nothing near it")]
    pub(super) fn places_of_ones(&self) -> Result<Option<Vec<f64>>> {
        let [n_samples, _] = self.shape[..] else { return Ok(None) };
        let place = |item: &[f64]| {
            let place = item.iter().position(|value| *value == 1.0)?;
            let n_zeros = item.iter().filter(|value| **value == 0.0).count();
            (n_zeros + 1 == item.len()).then_some(place as f64)
        };
        let places_of = |samples: &[usize]| {
            let mut places = Vec::new();
            self.storage.visit(samples, &mut |item| {
                places.extend(place(item));
                Ok(())
            })?;
            Ok(Some(places).filter(|places| places.len() == samples.len()))
        };
        // The first sample tells most other arrays apart without reading them.
        match places_of(&[0][..n_samples.min(1)])? {
            Some(_) => places_of(&(0..n_samples).collect::<Vec<_>>()),
            None => Ok(None),
        }
    }

    /// Something `found` that is neither numbers nor texts: it is no layer, and is passed over.
    pub(super) fn not_numbers(path: &Path, name: String, found: String) -> Self {
        Self {
            name,
            shape: Vec::new(),
            is_single: true,
            path: path.into(),
            storage: Box::new(Other { found }),
        }
    }

    /// What makes it no layer; none of a layer.
    pub(super) fn reason_to_pass_over(&self) -> Option<String> {
        let is_layer = self.shape.len() >= 2 && !self.shape.contains(&0);
        let shape = || (!is_layer).then(|| format!("shape {:?}", self.shape));
        self.storage.other_than_numbers().map(str::to_owned).or_else(shape)
    }

    /// The texts of an array that holds them.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn texts(&self) -> Result<Option<Vec<String>>> {
        self.storage.texts()
    }

    pub(super) fn bad(&self, problem: ActivationsProblem) -> Error {
        bad(&self.path, problem)
    }
}

/// Something is wrong with the file `path`.
pub(super) fn bad(path: &Path, problem: ActivationsProblem) -> Error {
    Error::new(ErrorKind::Activations { path: path.into(), problem })
}

/// The numbers of a sample; none if a product of extents is beyond what a machine can address.
pub(super) fn item_len(shape: &[usize]) -> Option<usize> {
    shape
        .get(1..)
        .unwrap_or_default()
        .iter()
        .try_fold(1_usize, |product, extent| product.checked_mul(*extent))
}

fn channels_last<'a>(item: &[f64], n_channels: usize, turned: &'a mut Vec<f64>) -> &'a [f64] {
    turned.clear();
    let n_positions = item.len() / n_channels.max(1);
    for position in 0..n_positions {
        turned.extend((0..n_channels).map(|channel| item[channel * n_positions + position]));
    }
    turned
}

//! Where a number came from.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use topolens::PointCloud;

use crate::Result;
use crate::error::Error;

/// What must be known to make a result again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Version of topolens.
    pub version: String,
    /// The command line, program name first.
    pub command: Vec<String>,
    /// Seed of everything random.
    pub seed: u64,
    /// The network, in one line.
    pub network: String,
    /// The images.
    pub data: DataStamp,
}

impl Provenance {
    /// Names and values, in the order in which they are shown.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let pairs = [
            ("command", self.command.join(" ")),
            ("version", self.version.clone()),
            ("seed", self.seed.to_string()),
            ("network", self.network.clone()),
            ("data", format!("{}, {} images", self.data.name, self.data.n_images)),
            ("data blake3", self.data.blake3.clone()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// The same with the time it took, if that is known: for pages only, since files of numbers are the same in every run.
    pub fn pairs_and_time(&self, time: Option<Duration>) -> Vec<(String, String)> {
        let mut pairs = self.pairs();
        pairs.extend(time.map(|time| ("time".to_owned(), format!("{:.1} s", time.as_secs_f64()))));
        pairs
    }
}

/// Which images or samples were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataStamp {
    /// Name, file or folder, with the split.
    pub name: String,
    /// Number of images or samples.
    pub n_images: usize,
    /// BLAKE3 sum of shape, labels and pixels; of saved activations, of labels and rows that were drawn.
    pub blake3: String,
}

impl DataStamp {
    /// Stamps `dataset`, which the user called `name`.
    pub fn of(name: &str, dataset: &topolens_nn::dataset::Dataset) -> Self {
        let mut hasher = blake3::Hasher::new();
        let [height, width, channels] = dataset.image_shape();
        for extent in [dataset.len(), height, width, channels] {
            hasher.update(&(extent as u64).to_le_bytes());
        }
        for label in dataset.labels() {
            hasher.update(&(*label as u64).to_le_bytes());
        }
        hasher.update(dataset.pixels());
        Self {
            name: name.to_owned(),
            n_images: dataset.len(),
            blake3: hasher.finalize().to_hex().to_string(),
        }
    }

    /// Stamps images that are given as numbers, with their classes.
    pub fn of_pixels(name: &str, pixels: &[f32], labels: &[usize]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for label in labels {
            hasher.update(&(*label as u64).to_le_bytes());
        }
        for pixel in pixels {
            hasher.update(&pixel.to_le_bytes());
        }
        let blake3 = hasher.finalize().to_hex().to_string();
        Self { name: name.to_owned(), n_images: labels.len(), blake3 }
    }

    /// Stamps the activations of the file or folder `name`, which holds `n_samples`, by the classes and clouds that were drawn from it.
    pub fn of_saved<'a>(
        name: &str,
        n_samples: usize,
        labels: &[usize],
        clouds: impl Iterator<Item = &'a PointCloud<f32>>,
    ) -> Self {
        let mut hasher = blake3::Hasher::new();
        for label in labels {
            hasher.update(&(*label as u64).to_le_bytes());
        }
        for cloud in clouds {
            hasher.update(&(cloud.n_features() as u64).to_le_bytes());
            for value in cloud.values() {
                hasher.update(&value.to_le_bytes());
            }
        }
        let blake3 = hasher.finalize().to_hex().to_string();
        Self { name: name.to_owned(), n_images: n_samples, blake3 }
    }
}

/// The BLAKE3 sum of a file.
///
/// # Errors
///
/// The file cannot be read.
pub fn file_checksum(path: &Path) -> Result<String> {
    let cannot_read = |source| Error::io("read", path, source);
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path).map_err(cannot_read)?).map_err(cannot_read)?;
    Ok(hasher.finalize().to_hex().to_string())
}

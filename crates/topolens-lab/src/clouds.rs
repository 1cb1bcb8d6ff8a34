//! The clouds of a study in a file of their own, for whoever wants the points.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;
use topolens::stratified_subsample;
use topolens_nn::dataset::Dataset;
use topolens_nn::tap::Readout;
use zip::ZipArchive;

use crate::Result;
use crate::error::{Error, ErrorKind};
use crate::input::{Layout, SavedActivations, is_labels};
use crate::profile::{LayerCloud, Sample};
use crate::store::atomic::write_atomically;
use crate::store::{NpzWriter, png_bytes};

const SCHEMA: &str = "topolens.clouds/1";
const ABOUT: &str = "about.json";
/// Descriptions and pictures are shorter.
const MOST_BYTES: u64 = 1 << 26;

/// `clouds.npz` in the folder of a study's results: saved activations, an array per layer and `labels`, with a picture of each image beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudArchive {
    path: PathBuf,
}

/// What the arrays do not say.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    schema: String,
    epoch: Option<usize>,
    class_names: Vec<String>,
    layers: Vec<AboutLayer>,
    n_pictures: usize,
    points_per_picture: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct AboutLayer {
    layer: String,
    layer_index: usize,
    depth: f64,
}

/// Points that were read from an archive.
#[derive(Debug, Clone)]
pub struct StoredClouds {
    /// One cloud per layer.
    pub layers: Vec<LayerCloud>,
    /// The class of each point.
    pub labels: Vec<usize>,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// Of each point the picture behind it as a PNG file; none if the images are not known.
    pub pictures: Vec<Vec<u8>>,
}

impl CloudArchive {
    /// In the folder of a study's results.
    pub fn of_study(results: &Path) -> Self {
        Self { path: results.join("clouds.npz") }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the clouds; `images` are those behind the points, if they are known, the same number of points for each.
    ///
    /// # Errors
    ///
    /// The file cannot be written, or two layers have the same name.
    pub fn write(&self, layers: &[LayerCloud], sample: Sample<'_>, images: Option<&Dataset>) -> Result<()> {
        let packed = Self::packed(layers, sample, images);
        write_atomically(&self.path, &packed.map_err(|source| Error::io("write", &self.path, source))?)
    }

    fn packed(layers: &[LayerCloud], sample: Sample<'_>, images: Option<&Dataset>) -> io::Result<Vec<u8>> {
        let images = images.filter(|images| matches!(images.image_shape()[2], 1 | 3));
        let n_pictures = images.map_or(0, Dataset::len);
        let about = About {
            schema: SCHEMA.to_owned(),
            epoch: sample.epoch,
            class_names: sample.class_names.to_vec(),
            layers: layers.iter().map(AboutLayer::from).collect(),
            n_pictures,
            points_per_picture: sample.labels.len() / n_pictures.max(1),
        };
        let mut archive = NpzWriter::default();
        archive.add_text(ABOUT, &json!(about).to_string())?;
        for LayerCloud { layer, cloud, .. } in layers {
            archive.add_array(&array_name(layer), cloud.values(), &[cloud.n_points(), cloud.n_features()])?;
        }
        if sample.class_names.len() > 1 {
            let labels: Vec<u64> = sample.labels.iter().map(|label| *label as u64).collect();
            archive.add_array("labels", &labels, &[labels.len()])?;
        }
        for (at, images) in images.iter().flat_map(|images| (0..images.len()).map(move |at| (at, images))) {
            archive.add_file(&picture_name(at), &png_bytes(images.image(at), images.image_shape())?)?;
        }
        archive.finish()
    }

    /// The epoch of the network that the clouds are of, if it is known; `None` if there is no archive, or it is damaged.
    pub fn epoch(&self) -> Option<Option<usize>> {
        let (about, _) = self.open().ok()?;
        Some(about.epoch)
    }

    /// Whether there is such a file.
    pub fn exists(&self) -> bool {
        self.path.is_file()
    }

    /// Why a file that is there cannot be read; `None` if it can.
    pub fn damage(&self) -> Option<String> {
        self.open().err().map(|error| error.to_string())
    }

    /// Removes the file.
    ///
    /// # Errors
    ///
    /// It cannot be removed.
    pub fn remove(&self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|source| Error::io("remove", &self.path, source))
    }

    /// Reads at most about `n_points` of the points, as many of each class.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is damaged.
    pub fn read(&self, n_points: usize) -> Result<StoredClouds> {
        let (about, mut archive) = self.open()?;
        let saved = SavedActivations::open(&self.path, None, &[])?;
        let labels = labels(&saved, about.class_names.len());
        let labels = labels.filter(|_| saved.layers.len() == about.layers.len());
        let labels = labels.ok_or_else(|| self.damaged(&"arrays and their description differ"))?;
        let per_class = n_points.div_ceil(about.class_names.len().max(1));
        let rows = stratified_subsample(&labels, per_class, 0)?;
        let mut layers = Vec::with_capacity(about.layers.len());
        for (array, AboutLayer { layer, layer_index, depth }) in saved.layers.iter().zip(about.layers) {
            let cloud = array.cloud(&rows, Readout::AvgPool, Layout::default())?;
            layers.push(LayerCloud { layer, layer_index, depth, cloud });
        }
        let mut pictures = Vec::new();
        for row in rows.iter().filter(|_| about.n_pictures > 0) {
            let name = picture_name(row / about.points_per_picture.max(1));
            pictures.push(content(&mut archive, &name).map_err(|error| self.damaged(&error))?);
        }
        let labels = rows.iter().map(|row| labels[*row]).collect();
        Ok(StoredClouds { layers, labels, class_names: about.class_names, pictures })
    }

    fn open(&self) -> Result<(About, ZipArchive<BufReader<File>>)> {
        let file = File::open(&self.path).map_err(|source| Error::io("read", &self.path, source))?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| self.damaged(&error))?;
        let text = content(&mut archive, ABOUT).map_err(|error| self.damaged(&error))?;
        let about: About = serde_json::from_slice(&text).map_err(|error| self.damaged(&error))?;
        if about.schema != SCHEMA {
            return Err(self.damaged(&format_args!("it is {:?}, not {SCHEMA:?}", about.schema)));
        }
        Ok((about, archive))
    }

    fn damaged(&self, reason: &dyn std::fmt::Display) -> Error {
        let (path, reason) = (self.path.clone(), reason.to_string());
        Error::new(ErrorKind::NotClouds { path, reason })
    }
}

impl From<&LayerCloud> for AboutLayer {
    fn from(LayerCloud { layer, layer_index, depth, .. }: &LayerCloud) -> Self {
        Self { layer: layer.clone(), layer_index: *layer_index, depth: *depth }
    }
}

/// The class of each sample; `None` if one has no name.
fn labels(saved: &SavedActivations, n_classes: usize) -> Option<Vec<usize>> {
    let Some(labels) = &saved.labels else { return (n_classes == 1).then(|| vec![0; saved.n_samples()]) };
    // Labels are counted anew where some class is missing; their names are the numbers in the file.
    let numbers: Option<Vec<usize>> = labels.names.iter().map(|name| name.parse().ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.iter().all(|number| *number < n_classes))?;
    Some(labels.classes.iter().map(|class| numbers[*class]).collect())
}

/// The name of a layer, unless it would be taken for the labels.
fn array_name(layer: &str) -> String {
    if is_labels(layer) { format!("{layer} (layer)") } else { layer.to_owned() }
}

fn picture_name(image: usize) -> String {
    format!("pictures/{image:06}.png")
}

fn content(archive: &mut ZipArchive<BufReader<File>>, name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    archive.by_name(name)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use topolens::PointCloud;

    use super::*;

    fn layer(name: &str, layer_index: usize, n_features: usize) -> LayerCloud {
        let values = (0..6 * n_features).map(|at| at as f32 * 0.5).collect();
        let cloud = PointCloud::new(values, 6, n_features).unwrap();
        LayerCloud { layer: name.to_owned(), layer_index, depth: 0.25 * layer_index as f64, cloud }
    }

    fn images() -> Dataset {
        let names = vec!["cat".to_owned(), "dog".to_owned()];
        Dataset::new("pets", [2, 2, 1], (0..24).collect(), vec![0, 1, 0, 1, 0, 1], names).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_any_reader_of_saved_activations_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let archive = CloudArchive::of_study(folder.path());
        assert!(archive.epoch().is_none() && archive.read(6).is_err());
        let (layers, images) = ([layer("/a/relu", 1, 3), layer("b", 4, 1)], images());
        let sample = Sample { labels: images.labels(), class_names: images.class_names(), epoch: Some(7) };
        archive.write(&layers, sample, Some(&images)).unwrap();
        assert_eq!(archive.epoch(), Some(Some(7)));
        let read = archive.read(100).unwrap();
        for (written, read) in layers.iter().zip(&read.layers) {
            assert_eq!(
                (&written.layer, written.layer_index, written.depth),
                (&read.layer, read.layer_index, read.depth)
            );
            assert_eq!(written.cloud, read.cloud);
        }
        assert_eq!((&read.labels[..], &read.class_names[..]), (images.labels(), images.class_names()));
        assert_eq!(read.pictures[5], png_bytes(images.image(5), [2, 2, 1]).unwrap());
        let part = archive.read(2).unwrap();
        assert_eq!((part.labels.len(), part.layers[1].cloud.n_points(), part.pictures.len()), (2, 2, 2));
        let saved = SavedActivations::open(archive.path(), None, &[]).unwrap();
        assert_eq!(saved.layers.len(), 2);
        assert_eq!(saved.labels.unwrap().classes, images.labels());
    }

    #[test]
    fn classes_that_are_missing_keep_their_numbers_and_layers_are_never_labels() {
        let folder = tempfile::tempdir().unwrap();
        let archive = CloudArchive::of_study(folder.path());
        let names = ["a", "b", "c"].map(str::to_owned);
        let layers = [layer("labels", 0, 1), layer("y", 1, 2)];
        let sample = Sample { labels: &[0, 2, 0, 2, 0, 2], class_names: &names, epoch: None };
        archive.write(&layers, sample, None).unwrap();
        let read = archive.read(100).unwrap();
        assert_eq!(read.labels, [0, 2, 0, 2, 0, 2]);
        assert_eq!((&read.layers[0].layer[..], &read.layers[0].cloud), ("labels", &layers[0].cloud));
        let unlabelled = Sample { labels: &[0; 6], class_names: &["all".to_owned()], epoch: None };
        archive.write(&layers, unlabelled, None).unwrap();
        assert!(SavedActivations::open(archive.path(), None, &[]).unwrap().labels.is_none());
        assert_eq!(archive.read(100).unwrap().labels, [0; 6]);
        let foreign = Sample { labels: &[0, 7, 0, 7, 0, 7], class_names: &names, epoch: None };
        archive.write(&layers, foreign, None).unwrap();
        assert!(archive.read(100).unwrap_err().to_string().contains("differ"));
    }

    #[test]
    fn several_points_share_a_picture_and_a_damaged_archive_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let archive = CloudArchive::of_study(folder.path());
        let (layers, images) = ([layer("a", 0, 2)], images().subset(&[0, 1, 2]).unwrap());
        let sample = Sample { labels: &[0, 0, 1, 1, 0, 0], class_names: images.class_names(), epoch: None };
        archive.write(&layers, sample, Some(&images)).unwrap();
        let read = archive.read(100).unwrap();
        assert_eq!(read.pictures[3], png_bytes(images.image(1), [2, 2, 1]).unwrap());
        archive.write(&layers, sample, None).unwrap();
        assert!(archive.read(100).unwrap().pictures.is_empty());
        std::fs::write(archive.path(), b"PK\x03\x04 not an archive").unwrap();
        let message = archive.read(100).unwrap_err().to_string();
        assert!(message.contains("clouds.npz") && message.contains("--keep-clouds"), "{message}");
    }
}

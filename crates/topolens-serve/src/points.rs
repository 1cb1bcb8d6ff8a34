//! The points of a layer's cloud in two dimensions, made off the request's path and kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde::Serialize;
use topolens::{Lid, NeighborTable, PointCloud, PrincipalComponents};
use topolens_lab::adversarial::t_sne;
use topolens_lab::bridge::{Subject, choose_layers, draw_images, layer_clouds};
use topolens_lab::clouds::{CloudArchive, StoredClouds};
use topolens_lab::input::{Split, load_checkpoints, load_data};
use topolens_lab::profile::{LayerCloud, Protocol};
use topolens_lab::store::{RunFolder, png_bytes};
use topolens_nn::dataset::{Dataset, Fit};
use topolens_nn::train::list_checkpoints;

use crate::library::{Stamp, stamp};

/// Networks whose clouds are kept.
const MOST_KEPT: usize = 8;

/// A layer's cloud, drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LayerPoints {
    /// The layer.
    pub(crate) layer: String,
    /// Its relative depth.
    pub(crate) depth: f64,
    /// Places in the plane of the two widest directions.
    pub(crate) places: Vec<[f32; 2]>,
    /// The share of the spread that the plane shows.
    pub(crate) shown: f64,
    /// Local intrinsic dimension at each point, 20 neighbours; null where it is undefined.
    pub(crate) lid: Vec<Option<f32>>,
}

/// All layers of a network at one epoch.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) layers: Vec<LayerPoints>,
    /// The class of each point.
    pub(crate) labels: Vec<usize>,
    pub(crate) class_names: Vec<String>,
    pub(crate) pictures: Pictures,
}

/// The pictures behind the points.
#[derive(Debug)]
pub(crate) enum Pictures {
    Images(Dataset),
    /// PNG files.
    Files(Vec<Vec<u8>>),
}

impl Pictures {
    /// The picture behind a point as a PNG file, if there is one.
    pub(crate) fn png(&self, point: usize) -> Option<Vec<u8>> {
        match self {
            Self::Images(images) if point < images.len() => {
                png_bytes(images.image(point), images.image_shape()).ok()
            }
            Self::Images(_) => None,
            Self::Files(files) => files.get(point).cloned(),
        }
    }

    /// Whether there are any.
    pub(crate) fn are_known(&self) -> bool {
        !matches!(self, Self::Files(files) if files.is_empty())
    }
}

/// How far something is that is made off the request's path.
#[derive(Debug)]
pub(crate) enum State<T> {
    Making,
    Ready(Arc<T>),
    Failed(String),
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Making => Self::Making,
            Self::Ready(made) => Self::Ready(Arc::clone(made)),
            Self::Failed(reason) => Self::Failed(reason.clone()),
        }
    }
}

/// Places in a plane in which neighbours stay neighbours.
pub(crate) type Places = Vec<[f32; 2]>;

/// Folder, epoch and what else says which thing is meant.
type Key<K> = (PathBuf, usize, K);

/// What was made, or is being made.
type Kept<K, T> = Mutex<BTreeMap<Key<K>, State<T>>>;

/// Clouds by folder and epoch; when those that a profile kept are written anew, they are others.
#[derive(Debug)]
pub(crate) struct Atlas {
    /// Images in a cloud at most.
    n_points: usize,
    sheets: Kept<Option<Stamp>, Sheet>,
    /// By the name of the layer too.
    neighborhoods: Kept<(Option<Stamp>, String), Places>,
    /// One network at a time.
    at_work: Mutex<()>,
}

impl Atlas {
    pub(crate) fn new(n_points: usize) -> Self {
        Self {
            n_points,
            sheets: Mutex::default(),
            neighborhoods: Mutex::default(),
            at_work: Mutex::default(),
        }
    }

    /// The clouds of the run in `folder` at `epoch`; begins to make them if nobody has.
    pub(crate) fn sheet(self: &Arc<Self>, folder: &Path, epoch: usize) -> State<Sheet> {
        let key = (folder.to_path_buf(), epoch, kept_stamp(folder));
        self.kept(
            |atlas| &atlas.sheets,
            key,
            |atlas, (folder, epoch, _)| make(folder, *epoch, atlas.n_points),
        )
    }

    /// The points of one layer, placed by t-SNE; begins to place them if nobody has.
    pub(crate) fn neighborhood(self: &Arc<Self>, folder: &Path, epoch: usize, layer: &str) -> State<Places> {
        let key = (folder.to_path_buf(), epoch, (kept_stamp(folder), layer.to_owned()));
        self.kept(
            |atlas| &atlas.neighborhoods,
            key,
            |atlas, (folder, epoch, (_, layer))| place(folder, *epoch, layer, atlas.n_points),
        )
    }

    fn kept<K: Clone + Ord + Send + 'static, T: Send + Sync + 'static>(
        self: &Arc<Self>,
        place: fn(&Self) -> &Kept<K, T>,
        key: Key<K>,
        make: fn(&Self, &Key<K>) -> Result<T, String>,
    ) -> State<T> {
        let mut kept = lock(place(self));
        if let Some(state) = kept.get(&key) {
            return state.clone();
        }
        if kept.len() >= MOST_KEPT {
            // Those in the making stay, or they would be made twice.
            let done = kept.iter().find(|(_, state)| !matches!(state, State::Making));
            let Some(oldest) = done.map(|(key, _)| key.clone()) else { return State::Making };
            kept.remove(&oldest);
        }
        kept.insert(key.clone(), State::Making);
        drop(kept);
        let atlas = Arc::clone(self);
        thread::spawn(move || {
            let turn = lock(&atlas.at_work);
            let state = match make(&atlas, &key) {
                Ok(made) => State::Ready(Arc::new(made)),
                Err(reason) => State::Failed(reason),
            };
            drop(turn);
            lock(place(&atlas)).insert(key, state);
        });
        State::Making
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The epochs at which a study's layers can be looked at: those of its checkpoints and of the clouds that were kept.
pub(crate) fn epochs(folder: &Path) -> Vec<usize> {
    let of_run =
        RunFolder::open(folder).map(|(run, _)| list_checkpoints(&run.checkpoints()).unwrap_or_default());
    let mut epochs: Vec<usize> = of_run.unwrap_or_default().into_iter().map(|(epoch, _)| epoch).collect();
    epochs.extend(kept_epoch(folder));
    epochs.sort_unstable();
    epochs.dedup();
    epochs
}

/// The epoch of the clouds that were kept, 0 of a network that does not know its own.
fn kept_epoch(folder: &Path) -> Option<usize> {
    CloudArchive::of_study(folder).epoch().map(Option::unwrap_or_default)
}

/// Why the clouds that were kept cannot be read, if there are any.
pub(crate) fn damage(folder: &Path) -> Option<String> {
    let archive = CloudArchive::of_study(folder);
    archive.exists().then(|| archive.damage()).flatten()
}

fn kept_stamp(folder: &Path) -> Option<Stamp> {
    stamp(CloudArchive::of_study(folder).path())
}

/// The clouds that were measured, if they were kept; else those of test images, made anew.
fn clouds(folder: &Path, epoch: usize, n_points: usize, layer: Option<&str>) -> Result<Clouds, String> {
    if kept_epoch(folder) == Some(epoch) {
        let kept = CloudArchive::of_study(folder).read(n_points).map_err(|error| error.to_string())?;
        let StoredClouds { mut layers, labels, class_names, pictures } = kept;
        layers.retain(|found| layer.is_none_or(|layer| layer == found.layer));
        return Ok(Clouds { layers, labels, class_names, pictures: Pictures::Files(pictures) });
    }
    of_checkpoint(folder, epoch, n_points, layer)
}

struct Clouds {
    layers: Vec<LayerCloud>,
    labels: Vec<usize>,
    class_names: Vec<String>,
    pictures: Pictures,
}

/// Runs test images through the network; without the name of a layer the usual ones are looked at.
fn of_checkpoint(
    folder: &Path,
    epoch: usize,
    n_points: usize,
    layer: Option<&str>,
) -> Result<Clouds, String> {
    let words = |error: topolens_lab::Error| error.to_string();
    let checkpoint =
        load_checkpoints(folder, &epoch.to_string()).map_err(words)?.pop().ok_or("no checkpoint")?;
    let data = load_data(&checkpoint.card.data, Split::Test, Fit::default()).map_err(words)?;
    let mut protocol = Protocol::default();
    protocol.set_n_points(n_points.min(data.images.len()));
    let images = draw_images(&data.images, &protocol).map_err(words)?;
    let subject = Subject::from(&checkpoint);
    let patterns: Vec<String> = layer.map(str::to_owned).into_iter().collect();
    let taps = choose_layers(subject.network, &patterns).map_err(words)?;
    let layers = layer_clouds(subject, &images, &taps, &protocol, &AtomicBool::new(false)).map_err(words)?;
    Ok(Clouds {
        layers,
        labels: images.labels().to_vec(),
        class_names: images.class_names().to_vec(),
        pictures: Pictures::Images(images),
    })
}

fn make(folder: &Path, epoch: usize, n_points: usize) -> Result<Sheet, String> {
    let Clouds { layers, labels, class_names, pictures } = clouds(folder, epoch, n_points, None)?;
    let drawn = layers.iter().map(|layer| draw(layer).map_err(|error| format!("{}: {error}", layer.layer)));
    Ok(Sheet { layers: drawn.collect::<Result<_, String>>()?, labels, class_names, pictures })
}

fn place(folder: &Path, epoch: usize, layer: &str, n_points: usize) -> Result<Places, String> {
    let clouds = clouds(folder, epoch, n_points, Some(layer))?;
    let cloud = &clouds.layers.first().ok_or("no such layer")?.cloud;
    let places = t_sne(cloud).ok_or("t-SNE needs more than 91 points and two features")?;
    Ok(places.into_iter().map(|(x, y)| [x as f32, y as f32]).collect())
}

fn draw(layer: &LayerCloud) -> Result<LayerPoints, topolens::Error> {
    const N_NEIGHBORS: usize = 20;
    let cloud = &layer.cloud;
    let components = PrincipalComponents::fit(cloud, 2.min(cloud.n_features()))?.project(cloud)?;
    let places =
        components.points().map(|point| [point[0] as f32, point.get(1).copied().unwrap_or(0.0) as f32]);
    let table = NeighborTable::new(cloud, N_NEIGHBORS.min(cloud.n_points() - 1))?;
    let lid = |point: usize| {
        let found = Lid::of_distances(table.distances(point)) as f32;
        found.is_finite().then_some(found)
    };
    Ok(LayerPoints {
        layer: layer.layer.clone(),
        depth: layer.depth,
        places: places.collect(),
        shown: spread(&components) / spread(cloud).max(f64::MIN_POSITIVE),
        lid: (0..cloud.n_points()).map(lid).collect(),
    })
}

/// The sum of the variances of all features.
fn spread<S: topolens::Scalar + Into<f64>>(cloud: &PointCloud<S>) -> f64 {
    let n = cloud.n_points() as f64;
    let of_feature = |feature: usize| {
        let values = || cloud.points().map(move |point| point[feature].into());
        let mean = values().sum::<f64>() / n;
        values().map(|value: f64| (value - mean).powi(2)).sum::<f64>() / n
    };
    (0..cloud.n_features()).map(of_feature).sum()
}

#[cfg(test)]
mod tests {
    use topolens::synthetic;

    use super::*;

    #[test]
    fn a_plane_is_shown_whole_and_a_ball_in_part() {
        let layer = |cloud: PointCloud<f64>| {
            let values = cloud.values().iter().map(|value| *value as f32).collect();
            let cloud = PointCloud::new(values, cloud.n_points(), cloud.n_features()).unwrap();
            LayerCloud { layer: "a".to_owned(), layer_index: 0, depth: 1.0, cloud }
        };
        let plane = draw(&layer(synthetic::gaussian(300, 2, 0).unwrap())).unwrap();
        assert!((plane.shown - 1.0).abs() < 1e-5 && plane.places.len() == 300);
        let ball = draw(&layer(synthetic::gaussian(2000, 8, 0).unwrap())).unwrap();
        assert!((ball.shown - 0.25).abs() < 0.05, "{}", ball.shown);
        let mean = ball.lid.iter().flatten().sum::<f32>() / 2000.0;
        assert!((5.0..9.0).contains(&mean), "{mean}");
        let line = draw(&layer(synthetic::gaussian(50, 1, 0).unwrap())).unwrap();
        assert!(line.places.iter().all(|place| place[1] == 0.0));
    }
}

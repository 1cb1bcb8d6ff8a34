//! The longest loops of a layer's cloud on a plane, ready to be drawn.

use topolens::{
    Diagram, DistanceMatrix, Interval, LoopRepresentative, PointCloud, PrincipalComponents, Scalar,
    VietorisRips, column_permuted, stratified_subsample,
};
use topolens_nn::dataset::Dataset;

use super::measure::{LayerCloud, LayerProfile, Sample};
use super::protocol::Protocol;
use crate::Result;

/// The loops that live longest in the scaled cloud of all classes, and the cloud on the plane of its two widest directions.
///
/// It is for the eye: no number of a profile comes from it. It is drawn of few points, so that it takes less than a second.
#[derive(Debug, Clone, PartialEq)]
pub struct LoopSketch {
    /// Points of the layer's cloud.
    pub n_points: usize,
    /// Features of the layer's cloud.
    pub n_features: usize,
    /// The rows of the cloud that are drawn, ascending; all below enumerates these.
    pub rows: Vec<usize>,
    /// Their places on the plane.
    pub places: Vec<(f64, f64)>,
    /// The class of each.
    pub classes: Vec<usize>,
    /// The name of each class.
    pub class_names: Vec<String>,
    /// Points that the plane is fitted to.
    pub n_fitted: usize,
    /// Which part of the variance the plane holds.
    pub variance: f64,
    /// The loops that live longest, the longest first.
    pub loops: Vec<SketchedLoop>,
    /// The longest lifespan of a loop once the columns were permuted; 0 if there is none.
    pub null_lifespan: f64,
    /// Images along the longest loop, in its order; none where images are not known.
    pub thumbnails: Vec<LoopThumbnail>,
}

/// A loop with one of the cycles around it.
#[derive(Debug, Clone, PartialEq)]
pub struct SketchedLoop {
    /// The scale at which it closes.
    pub birth: f64,
    /// The scale at which it is filled.
    pub death: f64,
    /// The points of the cycle in order; the last is joined to the first.
    pub cycle: Vec<usize>,
}

impl SketchedLoop {
    /// Death less birth.
    pub fn lifespan(&self) -> f64 {
        self.death - self.birth
    }
}

/// A small image of one of the points.
#[derive(Debug, Clone, PartialEq)]
pub struct LoopThumbnail {
    /// Its point.
    pub point: usize,
    /// Rows of dots.
    pub height: usize,
    /// Dots in a row.
    pub width: usize,
    /// Red, green and blue of each dot, row after row.
    pub dots: Vec<[u8; 3]>,
}

/// Points at most.
const MOST_POINTS: usize = 1000;
/// Pairs of points times features at most.
const MOST_PAIRS: usize = 1 << 31;
/// Points that the plane is fitted to times their features, squared in the smaller: a decomposition of more takes too long.
const MOST_WORK: usize = 1 << 26;
/// Loops at most.
const MOST_LOOPS: usize = 3;
/// Images along a loop at most.
const MOST_THUMBNAILS: usize = 6;
/// The largest side of a thumbnail in dots.
const MOST_DOTS: usize = 32;
/// Layers at most.
const MOST_LAYERS: usize = 10;

/// Sketches the loops of the layers, of more than ten of ten evenly; `images` are those behind the rows, if they are known.
///
/// # Errors
///
/// The labels do not fit the clouds.
pub(crate) fn add_loop_sketches(
    profiles: &mut [LayerProfile],
    layers: &[LayerCloud],
    sample: Sample<'_>,
    images: Option<&Dataset>,
    protocol: &Protocol,
) -> Result<()> {
    if !protocol.global {
        return Ok(());
    }
    for at in with_ends(layers.len(), MOST_LAYERS) {
        if let Some(profile) = profiles.get_mut(at) {
            profile.loops = sketch_loops(&layers[at], sample, images, protocol)?;
        }
    }
    Ok(())
}

/// Sketches the loops of a layer; `None` if there is no loop, or no plane.
fn sketch_loops(
    layer: &LayerCloud,
    sample: Sample<'_>,
    images: Option<&Dataset>,
    protocol: &Protocol,
) -> Result<Option<LoopSketch>> {
    let (n_points, n_features) = (layer.cloud.n_points(), layer.cloud.n_features());
    if n_features < 2 {
        return Ok(None);
    }
    let rows = drawn_rows(sample, most_points(n_features), protocol.seed)?;
    let cloud = protocol.scaling.apply(&layer.cloud).select(&rows)?;
    let mut found = VietorisRips::new().loop_representatives(&DistanceMatrix::from_cloud(&cloud))?;
    // Stable: of equal ones the first.
    found.sort_by(|a, b| b.interval.lifespan().total_cmp(&a.interval.lifespan()));
    found.truncate(MOST_LOOPS);
    let loops: Vec<SketchedLoop> = found.into_iter().map(SketchedLoop::from).collect();
    let Some(longest) = loops.first() else { return Ok(None) };
    let n_rows = protocol.readout.n_rows();
    let thumbnail = |&point: &usize| {
        let image = images.filter(|images| rows[point] / n_rows < images.len())?;
        Some(thumbnail(point, image.image(rows[point] / n_rows), image.image_shape()))
    };
    let along = evenly(longest.cycle.len(), MOST_THUMBNAILS).into_iter().map(|at| longest.cycle[at]);
    let thumbnails = along.filter_map(|point| thumbnail(&point)).collect();
    let Plane { places, n_fitted, variance } = plane(&cloud)?;
    Ok(Some(LoopSketch {
        n_points,
        n_features,
        classes: rows.iter().map(|&row| sample.labels[row]).collect(),
        class_names: sample.class_names.to_vec(),
        rows,
        places,
        n_fitted,
        variance,
        loops,
        null_lifespan: null_lifespan(&cloud, protocol.seed)?,
        thumbnails,
    }))
}

impl From<LoopRepresentative> for SketchedLoop {
    fn from(found: LoopRepresentative) -> Self {
        Self { birth: found.interval.birth, death: found.interval.death, cycle: found.cycle }
    }
}

/// The longest lifespan of a loop of the cloud with its columns permuted; 0 if there is none.
fn null_lifespan(cloud: &PointCloud<f32>, seed: u64) -> Result<f64> {
    let null = DistanceMatrix::from_cloud(&column_permuted(cloud, seed));
    let diagrams = VietorisRips::new().max_homology_dimension(1).diagrams(&null)?;
    let loops = diagrams.iter().filter(|diagram| diagram.homology_dimension() == 1);
    Ok(loops.flat_map(Diagram::intervals).map(Interval::lifespan).fold(0.0, f64::max))
}

/// Points at most in a cloud of so many features: fewer of very wide ones, whose distances take longer.
fn most_points(n_features: usize) -> usize {
    let mut most = MOST_POINTS;
    while most > 100 && most * most * n_features > MOST_PAIRS {
        most = most * 3 / 4;
    }
    most
}

/// All rows if they are no more than `most`; else as many of each class, ascending.
fn drawn_rows(sample: Sample<'_>, most: usize, seed: u64) -> Result<Vec<usize>> {
    let n_points = sample.labels.len();
    if n_points <= most {
        return Ok((0..n_points).collect());
    }
    let per_class = (most / sample.class_names.len().max(1)).max(1);
    let mut drawn = stratified_subsample(sample.labels, per_class, seed)?;
    drawn.truncate(most);
    Ok(drawn)
}

/// A cloud on the plane of its two widest directions.
struct Plane {
    places: Vec<(f64, f64)>,
    n_fitted: usize,
    variance: f64,
}

/// The points on the plane of the two widest directions; of many points with many features the plane is that of some.
fn plane(cloud: &PointCloud<f32>) -> Result<Plane> {
    let (n_points, n_features) = (cloud.n_points(), cloud.n_features());
    let work = |n: usize| n * n_features * n.min(n_features);
    let mut n_fitted = n_points;
    while n_fitted > 100 && work(n_fitted) > MOST_WORK {
        n_fitted = n_fitted * 3 / 4;
    }
    let fitted = cloud.select(&evenly(n_points, n_fitted))?;
    let places = PrincipalComponents::fit(&fitted, 2)?.project(cloud)?;
    let total: f64 = (0..n_features).map(|feature| spread(cloud, feature)).sum();
    let held: f64 = (0..2).map(|axis| spread(&places, axis)).sum();
    let variance = if total > 0.0 { held / total } else { 0.0 };
    let places = places.points().map(|point| (point[0], point[1])).collect();
    Ok(Plane { places, n_fitted, variance })
}

/// The sum of squares of a feature about its mean.
fn spread<S: Scalar>(cloud: &PointCloud<S>, feature: usize) -> f64 {
    let values = || cloud.points().map(|point| point[feature].to_f64());
    let mean = values().sum::<f64>() / cloud.n_points().max(1) as f64;
    values().map(|value| (value - mean).powi(2)).sum()
}

/// `most` of `n` places that begin with the first and end before the first comes again.
fn evenly(n: usize, most: usize) -> Vec<usize> {
    let n_chosen = n.min(most);
    (0..n_chosen).map(|at| at * n / n_chosen).collect()
}

/// `most` of `n` places, the first and the last among them.
fn with_ends(n: usize, most: usize) -> Vec<usize> {
    let n_chosen = n.min(most);
    (0..n_chosen).map(|at| at * n.saturating_sub(1) / n_chosen.saturating_sub(1).max(1)).collect()
}

/// The image, each dot the mean of a square of pixels if it is large.
fn thumbnail(point: usize, pixels: &[u8], [height, width, n_channels]: [usize; 3]) -> LoopThumbnail {
    let stride = height.max(width).div_ceil(MOST_DOTS).max(1);
    let (n_rows, n_columns) = (height.div_ceil(stride), width.div_ceil(stride));
    let mean = |row: usize, column: usize, channel: usize| {
        let rows = row * stride..height.min((row + 1) * stride);
        let columns = column * stride..width.min((column + 1) * stride);
        let n = rows.len() * columns.len();
        let pixel = |y: usize, x: usize| {
            usize::from(pixels[(y * width + x) * n_channels + channel.min(n_channels - 1)])
        };
        let sum: usize =
            rows.flat_map(|y| columns.clone().map(move |x| (y, x))).map(|(y, x)| pixel(y, x)).sum();
        (sum / n.max(1)) as u8
    };
    let dots = (0..n_rows * n_columns)
        .map(|at| [0, 1, 2].map(|channel| mean(at / n_columns, at % n_columns, channel)));
    LoopThumbnail { point, height: n_rows, width: n_columns, dots: dots.collect() }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use topolens_nn::dataset::embedded;

    use super::*;

    /// `n` points on the unit circle, a third of the way round from one to the next, in a layer of `n_features` features.
    fn circle(n: usize, n_features: usize) -> LayerCloud {
        let point = |at: usize| {
            let angle = TAU * ((at * 7) % n) as f64 / n as f64;
            let mut point = vec![0.0; n_features];
            (point[0], point[n_features - 1]) = (angle.sin() as f32, angle.cos() as f32);
            point
        };
        let cloud = PointCloud::new((0..n).flat_map(point).collect(), n, n_features).unwrap();
        LayerCloud { layer: "ring".to_owned(), layer_index: 0, depth: 1.0, cloud }
    }

    fn sketch(layer: &LayerCloud, n_classes: usize, images: Option<&Dataset>) -> Option<LoopSketch> {
        let labels: Vec<usize> = (0..layer.cloud.n_points()).map(|at| at % n_classes).collect();
        let class_names: Vec<String> = (0..n_classes).map(|class| class.to_string()).collect();
        let sample = Sample { labels: &labels, class_names: &class_names, epoch: None };
        sketch_loops(layer, sample, images, &Protocol::default()).unwrap()
    }

    #[test]
    fn a_circle_is_one_loop_and_its_cycle_goes_round_once() {
        for n_features in [2, 5] {
            let found = sketch(&circle(60, n_features), 3, None).unwrap();
            assert_eq!((found.loops.len(), found.places.len(), found.thumbnails.len()), (1, 60, 0));
            // The plane loses nothing, so that angles on it are those of the circle.
            assert!((found.variance - 1.0).abs() < 1e-9);
            let angle = |at: usize| {
                let (x, y) = found.places[at];
                y.atan2(x)
            };
            let cycle = &found.loops[0].cycle;
            let steps = cycle.iter().zip(cycle.iter().cycle().skip(1)).map(|(&from, &to)| {
                let step = (angle(to) - angle(from)).rem_euclid(TAU);
                if step > TAU / 2.0 { step - TAU } else { step }
            });
            let steps: Vec<f64> = steps.collect();
            assert!((steps.iter().sum::<f64>().abs() - TAU).abs() < 1e-9, "round once: {steps:?}");
            assert!(steps.iter().all(|step| step.signum() == steps[0].signum()), "and never back");
        }
    }

    #[test]
    fn loops_are_those_of_the_diagram_and_the_longest_come_first() {
        let values = topolens::synthetic::gaussian(120, 3, 5).unwrap();
        let values = values.values().iter().map(|&x| x as f32).collect();
        let layer = LayerCloud { cloud: PointCloud::new(values, 120, 3).unwrap(), ..circle(4, 2) };
        let scaled = Protocol::default().scaling.apply(&layer.cloud);
        let diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&scaled)).unwrap();
        let mut expected: Vec<(f64, f64)> =
            diagrams[1].intervals().iter().map(|found| (found.birth, found.death)).collect();
        expected.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
        let found = sketch(&layer, 2, None).unwrap();
        let ends: Vec<(f64, f64)> = found.loops.iter().map(|found| (found.birth, found.death)).collect();
        assert_eq!(ends, expected[..MOST_LOOPS]);
        // Noise beside noise: neither is far longer.
        assert!(found.null_lifespan > 0.3 * found.loops[0].lifespan());
    }

    #[test]
    fn without_a_loop_or_a_plane_there_is_no_sketch() {
        let line = |n_features: usize| {
            let values = (0..40 * n_features).map(|at| (at / n_features) as f32).collect();
            LayerCloud { cloud: PointCloud::new(values, 40, n_features).unwrap(), ..circle(4, 2) }
        };
        assert_eq!(sketch(&line(1), 2, None), None);
        assert_eq!(sketch(&line(3), 2, None), None);
    }

    #[test]
    fn images_are_those_of_the_points_along_the_longest_loop() {
        let images = embedded(false).unwrap().subset(&(0..60).collect::<Vec<usize>>()).unwrap();
        let found = sketch(&circle(60, 2), 3, Some(&images)).unwrap();
        let cycle = &found.loops[0].cycle;
        let expected: Vec<usize> = (0..6).map(|at| cycle[at * cycle.len() / 6]).collect();
        assert_eq!(found.thumbnails.iter().map(|image| image.point).collect::<Vec<_>>(), expected);
        for image in &found.thumbnails {
            let grey: Vec<[u8; 3]> = images.image(image.point).iter().map(|&grey| [grey; 3]).collect();
            assert_eq!((image.height, image.width, &image.dots), (28, 28, &grey));
        }
    }

    #[test]
    fn large_images_become_means_of_squares() {
        let pixels: Vec<u8> =
            (0..64 * 40_usize).flat_map(|at| [(at % 40 / 2) as u8, 7, (at / 40) as u8]).collect();
        let image = thumbnail(3, &pixels, [64, 40, 3]);
        assert_eq!((image.point, image.height, image.width), (3, 32, 20));
        assert_eq!(image.dots[0], [0, 7, 0]);
        assert_eq!(image.dots[20 * 5 + 9], [9, 7, 10]);
    }

    #[test]
    fn of_many_points_as_many_of_each_class_are_drawn() {
        let layer = circle(2500, 2);
        let found = sketch(&layer, 4, None).unwrap();
        assert_eq!((found.n_points, found.rows.len(), found.places.len()), (2500, 1000, 1000));
        assert!(found.rows.is_sorted() && found.rows[999] > 1000);
        for class in 0..4 {
            assert_eq!(found.classes.iter().filter(|own| **own == class).count(), 250);
        }
        assert!(found.classes.iter().zip(&found.rows).all(|(class, row)| *class == row % 4));
        assert!(found.loops[0].cycle.iter().all(|&point| point < 1000));
        assert_eq!((most_points(2000), most_points(100_000)), (1000, 132));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let values = topolens::synthetic::gaussian(150, 6, 2).unwrap();
        let values = values.values().iter().map(|&x| x as f32).collect();
        let layer = LayerCloud { cloud: PointCloud::new(values, 150, 6).unwrap(), ..circle(4, 2) };
        let with = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| sketch(&layer, 2, None)).unwrap()
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn places_are_even_and_of_many_layers_ten_are_sketched() {
        assert_eq!(evenly(4, 6), [0, 1, 2, 3]);
        assert_eq!(evenly(12, 6), [0, 2, 4, 6, 8, 10]);
        assert_eq!(with_ends(21, 10), [0, 2, 4, 6, 8, 11, 13, 15, 17, 20]);
        assert_eq!(with_ends(3, 10), [0, 1, 2]);
        assert!(evenly(0, 6).is_empty() && with_ends(0, 6).is_empty());
        let layers = vec![circle(12, 2); 21];
        let labels = vec![0; 12];
        let sample = Sample { labels: &labels, class_names: &["all".to_owned()], epoch: None };
        let profile = |layer: &LayerCloud| LayerProfile {
            layer: layer.layer.clone(),
            depth: layer.depth,
            epoch: None,
            rows: Vec::new(),
            diagrams: Vec::new(),
            loops: None,
        };
        let mut profiles: Vec<LayerProfile> = layers.iter().map(profile).collect();
        let local = Protocol { global: false, ..Protocol::default() };
        add_loop_sketches(&mut profiles, &layers, sample, None, &local).unwrap();
        assert!(
            profiles.iter().all(|profile| profile.loops.is_none()),
            "no cloud of all classes was asked for"
        );
        add_loop_sketches(&mut profiles, &layers, sample, None, &Protocol::default()).unwrap();
        assert_eq!(profiles.iter().filter(|profile| profile.loops.is_some()).count(), 10);
        assert!(profiles[0].loops.is_some() && profiles[20].loops.is_some(), "the first and the last");
    }
}

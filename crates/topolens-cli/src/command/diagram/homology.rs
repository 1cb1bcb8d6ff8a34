//! From a file and the flags to diagrams.

use anyhow::Context;
use topolens::{
    Diagram, Diagrams, Dissimilarities, DistanceMatrix, Edge, Landmarks, LoopRepresentative, Metric,
    MetricCloud, NeighborGraph, PointCloud, Scalar, SparseDistances, VietorisRips, furthest_point_landmarks,
};

use super::document::{document, summary};
use super::drawing::{in_text, write_picture};
use crate::arguments::{DiagramArguments, Draw, MetricName};
use crate::command::points::{OnMatrix, cloud, dissimilarities, on_matrix, pairs};
use crate::memory;
use crate::output_files::ensure_files;
use crate::terminal::{Screen, note, print, print_json, write_json};

pub(crate) fn run(arguments: &DiagramArguments) -> anyhow::Result<()> {
    arguments.ensure_consistent()?;
    arguments.ensure_files()?;
    let found = on_matrix(&arguments.points, Homology(arguments))?;
    let document = document(&found);
    if let Some(path) = &arguments.out {
        write_json(path, &document)?;
    }
    if let Some(path) = &arguments.plot {
        write_picture(path, &arguments.points, &found.diagrams)?;
    }
    if arguments.common.json {
        return print_json(&document);
    }
    print(&summary(&found))?;
    if arguments.draw.is_wanted() { print(&in_text(&found.diagrams, Screen::of_stdout())) } else { Ok(()) }
}

/// What the command found.
pub(super) struct Found {
    pub(super) n_points: usize,
    pub(super) covering: Option<Covering>,
    pub(super) diagrams: Diagrams,
    /// Of the intervals of dimension 1, if asked for; points by row of the file.
    pub(super) loops: Option<Vec<LoopRepresentative>>,
}

/// Landmarks in the place of all points.
pub(super) struct Covering {
    pub(super) landmarks: Landmarks,
    /// Why the bound on the error of the diagrams holds no more, if it does not.
    pub(super) no_bound: Option<&'static str>,
}

/// The most points that the library takes above dimension 0.
const MOST_POINTS: usize = 65_535;

struct Homology<'a>(&'a DiagramArguments);

impl OnMatrix for Homology<'_> {
    type Output = Found;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> anyhow::Result<Found> {
        let arguments = self.0;
        if arguments.sparse {
            let (pairs, n_points) = pairs(&arguments.points, &values, n_columns)?;
            drop(values);
            let distances = SparseDistances::from_pairs(&pairs, n_points);
            return self.of_pairs(&distances.with_context(|| arguments.points.display().to_string())?);
        }
        if arguments.metric == MetricName::Precomputed {
            self.ensure_fits::<S>(n_rows)?;
            let distances = dissimilarities(&arguments.points, &values, n_rows, n_columns)?;
            drop(values);
            return if arguments.landmarks.is_some() {
                self.of_points(&distances)
            } else {
                self.of_matrix(&distances)
            };
        }
        let cloud = || cloud(&arguments.points, values, n_rows, n_columns);
        match arguments.metric.of_a_cloud() {
            None => self.of_neighbors(&cloud()?),
            Some(metric) => {
                let cloud = cloud()?;
                let seen = MetricCloud::new(&cloud, metric);
                let seen = seen.with_context(|| arguments.points.display().to_string())?;
                let is_whole = arguments.landmarks.is_none() && !arguments.cycles;
                match self.rips().expected_pairs(&seen).filter(|_| is_whole) {
                    Some(n_pairs) => self.ensure_pairs_fit(n_rows, n_pairs)?,
                    None => self.ensure_fits::<S>(n_rows)?,
                }
                self.of_points(&seen)
            }
        }
    }
}

impl Homology<'_> {
    /// Of the geodesic distances of a cloud.
    fn of_neighbors<S: Scalar>(&self, cloud: &PointCloud<S>) -> anyhow::Result<Found> {
        const DEFAULT_NEIGHBORS: usize = 15;
        self.ensure_fits::<f64>(cloud.n_points())?;
        let n_neighbors = self.0.neighbors.unwrap_or(DEFAULT_NEIGHBORS);
        self.of_points(&NeighborGraph::new(cloud, n_neighbors)?)
    }

    /// Of the pairs that meet.
    fn of_pairs<S: Scalar>(&self, distances: &SparseDistances<S>) -> anyhow::Result<Found> {
        if self.0.cycles || !distances.is_sparse() {
            self.ensure_fits::<S>(distances.n_points())?;
            return self.of_matrix(&distances.to_matrix());
        }
        self.ensure_pairs_fit(distances.n_points(), distances.n_pairs())?;
        let diagrams = self.rips().sparse_diagrams(distances)?;
        Ok(Found { n_points: distances.n_points(), covering: None, diagrams, loops: None })
    }

    /// Of points whose dissimilarities are computed on the fly, or of landmarks among them.
    fn of_points<D: Dissimilarities>(&self, points: &D) -> anyhow::Result<Found> {
        let arguments = self.0;
        let Some(n_landmarks) = arguments.landmarks else {
            if !arguments.cycles {
                let diagrams = self.rips().point_diagrams(points)?;
                return Ok(Found { n_points: points.n_points(), covering: None, diagrams, loops: None });
            }
            let all: Vec<usize> = (0..points.n_points()).collect();
            return self.of_matrix(&DistanceMatrix::from_dissimilarities(points, &all)?);
        };
        let landmarks = furthest_point_landmarks(points, n_landmarks, 0)?;
        let mut found = self.of_matrix(&DistanceMatrix::from_dissimilarities(points, &landmarks.indices)?)?;
        for found in found.loops.iter_mut().flatten() {
            *found = among_all_points(found, &landmarks.indices);
        }
        let covering = Covering { no_bound: arguments.no_bound(&landmarks), landmarks };
        Ok(Found { n_points: points.n_points(), covering: Some(covering), ..found })
    }

    fn of_matrix<S: Scalar>(&self, distances: &DistanceMatrix<S>) -> anyhow::Result<Found> {
        let (rips, n_points) = (self.rips(), distances.n_points());
        let loops = self.0.cycles.then(|| rips.loop_representatives(distances)).transpose()?;
        let diagrams = match &loops {
            // The intervals are known already.
            Some(loops) if self.0.max_homology_dimension == 1 => {
                let components = rips.max_homology_dimension(0).diagrams(distances)?;
                let intervals = loops.iter().map(|found| found.interval).collect();
                [components, vec![Diagram::new(1, intervals)]].concat()
            }
            _ => rips.diagrams(distances)?,
        };
        Ok(Found { n_points, covering: None, diagrams, loops })
    }

    fn rips(&self) -> VietorisRips {
        let arguments = self.0;
        let rips = VietorisRips::new()
            .max_homology_dimension(arguments.max_homology_dimension.into())
            .modulus(arguments.modulus.into());
        match arguments.threshold {
            Some(threshold) => rips.threshold(threshold),
            None => rips,
        }
    }

    /// Checks the memory that homology of the points, or of the landmarks among them, will need.
    fn ensure_fits<S: Scalar>(&self, n_points: usize) -> anyhow::Result<()> {
        let arguments = self.0;
        let n_kept = arguments.landmarks.map_or(n_points, |n_landmarks| n_landmarks.min(n_points));
        arguments.ensure_few(n_kept)?;
        // How much a threshold leaves to do is not known beforehand; the matrix is needed whatever it leaves.
        let certain = match arguments.threshold {
            Some(_) => self.rips().max_homology_dimension(0),
            None => self.rips(),
        };
        let mut memory = certain.estimated_memory::<S>(n_kept);
        if n_kept < n_points && arguments.metric == MetricName::Precomputed {
            memory += VietorisRips::new().max_homology_dimension(0).estimated_memory::<S>(n_points);
        }
        memory::ensure_fits(memory, arguments.memory, &arguments.leaner())?;
        announce(memory, n_kept);
        Ok(())
    }

    /// Checks the memory that homology of the points will need if so few pairs of them meet.
    fn ensure_pairs_fit(&self, n_points: usize, n_pairs: usize) -> anyhow::Result<()> {
        let arguments = self.0;
        arguments.ensure_few(n_points)?;
        let memory = VietorisRips::estimated_sparse_memory(n_points, n_pairs);
        memory::ensure_fits(memory, arguments.memory, &arguments.leaner())?;
        announce(memory, n_points);
        Ok(())
    }
}

/// A loop of landmarks with the points that they are.
fn among_all_points(found: &LoopRepresentative, landmarks: &[usize]) -> LoopRepresentative {
    let (a, b) = (landmarks[found.birth_edge.first], landmarks[found.birth_edge.second]);
    LoopRepresentative {
        interval: found.interval,
        birth_edge: Edge { first: a.max(b), second: a.min(b), length: found.birth_edge.length },
        death_triangle: found.death_triangle.map(|triangle| triangle.map(|point| landmarks[point])),
        cycle: found.cycle.iter().map(|&point| landmarks[point]).collect(),
    }
}

impl MetricName {
    /// The metric of the library, if it is one that compares the rows of a cloud.
    fn of_a_cloud(self) -> Option<Metric> {
        match self {
            Self::Euclidean => Some(Metric::Euclidean),
            Self::Cosine => Some(Metric::Cosine),
            Self::Manhattan => Some(Metric::Manhattan),
            Self::Chebyshev => Some(Metric::Chebyshev),
            Self::Correlation => Some(Metric::Correlation),
            Self::Geodesic | Self::Precomputed => None,
        }
    }
}

impl DiagramArguments {
    /// Checks flags that need or exclude each other.
    fn ensure_consistent(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.neighbors.is_none() || self.metric == MetricName::Geodesic,
            "--neighbors is for --metric geodesic; leave it out or choose that metric"
        );
        anyhow::ensure!(
            !self.cycles || self.max_homology_dimension > 0,
            "--cycles is for loops; leave it out or give --max-homology-dimension 1"
        );
        anyhow::ensure!(
            !(self.common.json && self.draw == Draw::Always),
            "--draw always would draw into the JSON of --json; leave one of them out"
        );
        Ok(())
    }

    /// Checks that there are not more points than loops and cavities can be found of.
    fn ensure_few(&self, n_points: usize) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.max_homology_dimension == 0 || n_points <= MOST_POINTS,
            "{n_points} points are too many above dimension 0, {MOST_POINTS} is the most: give --landmarks, or only \
             components with --max-homology-dimension 0"
        );
        Ok(())
    }

    /// Checks the files to write.
    fn ensure_files(&self) -> anyhow::Result<()> {
        let files = [("--out", self.out.as_deref()), ("--plot", self.plot.as_deref())];
        ensure_files(&files, &[&self.points])
    }

    /// Why the covering radius bounds no error, if it does not.
    fn no_bound(&self, landmarks: &Landmarks) -> Option<&'static str> {
        if self.metric.of_a_cloud().is_some_and(|metric| !metric.has_triangle_inequality()) {
            Some("the metric has no triangle inequality")
        } else if self.threshold.is_some() {
            Some("the bound holds without --threshold only")
        } else if landmarks.covering_radius.is_finite() {
            None
        } else {
            Some("some points are infinitely far from every landmark")
        }
    }

    /// What takes less memory.
    fn leaner(&self) -> String {
        let landmarks = if self.landmarks.is_some() { "give fewer --landmarks" } else { "give --landmarks" };
        let threshold = if self.threshold.is_some() { "lower the --threshold" } else { "give a --threshold" };
        match self.max_homology_dimension {
            0 => landmarks.to_owned(),
            1 => format!("{landmarks}, {threshold}, or find only components with --max-homology-dimension 0"),
            _ => format!("lower --max-homology-dimension, {threshold}, or {landmarks}"),
        }
    }
}

/// Says what is coming when it is more than a moment's work.
fn announce(memory: u64, n_points: usize) {
    const WORTH_SAYING: u64 = 200 << 20;
    if memory > WORTH_SAYING {
        note(&format!("homology of {n_points} points: up to about {} of memory", memory::in_words(memory)));
    }
}

//! The persistent-homology dimension: how lifespans sums grow with the number of points.

use rayon::prelude::*;

use super::Estimate;
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::homology::SubsetTrees;
use crate::statistics::{LinearFit, linear_regression};
use crate::{
    DistanceMatrix, PointCloud, Scalar, SpanningTree, VietorisRips, minimum_spanning_tree, subsample,
};

/// The dimension from the slope $m$ of $\ln E_\alpha(x_n)$ against $\ln n$: $\text{PHdim} = \alpha / (1 - m)$.
///
/// $E_\alpha(x_n)$ is the lifespans sum of $n$ points drawn without replacement, averaged over `repeats` draws. The
/// interval is that of the slope by Student's t, transformed. Subsamples of one cloud overlap, the more the larger
/// they are, so it measures how straight the line is rather than the sampling error of the cloud.
///
/// # Errors
///
/// If fewer than 3 different sizes fit into the cloud, a sum is zero, $\alpha$ is not positive, the homology dimension is
/// above 1, or $m \ge 1$.
///
/// # Complexity
///
/// $O(n^2 D)$ per draw in dimension 0, draws in parallel; Rips homology of every draw in dimension 1.
///
/// # Examples
///
/// ```
/// use topolens::{PersistentDimension, synthetic};
///
/// let plane = synthetic::uniform_cube(1000, 2, 0)?;
/// let fit = PersistentDimension::new().estimate(&plane)?;
/// assert!((fit.estimate.value - 2.0).abs() < 0.2);
/// assert!(fit.line.r_squared > 0.99);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `schweinhart2020`, `adams2020`, `magai2022`
#[derive(Debug, Clone)]
pub struct PersistentDimension {
    alpha: f64,
    sizes: Option<Vec<usize>>,
    repeats: usize,
    seed: u64,
    homology_dimension: usize,
    tree_sum: TreeSum,
}

/// What is summed over the edges of the spanning tree of a draw, the lifespans of its components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TreeSum {
    /// All lifespans: $E_\alpha$.
    #[default]
    All,
    /// All but this many of the longest. With $K$ well separated classes, the $K - 1$ longest are the gaps between them.
    Trimmed(usize),
    /// $n$ times the $\alpha$-th power of the median: how far neighbours are, whatever the gaps.
    Median,
}

impl TreeSum {
    fn of(self, tree: &SpanningTree, alpha: f64) -> f64 {
        let n_edges = tree.edges().len();
        match self {
            Self::All => tree.lifespans_sum(alpha),
            Self::Trimmed(longest) => {
                tree.lengths().take(n_edges.saturating_sub(longest)).map(|length| length.powf(alpha)).sum()
            }
            Self::Median => {
                let at = |place: usize| tree.edges().get(place).map_or(0.0, |edge| edge.length);
                let median = f64::midpoint(at(n_edges.saturating_sub(1) / 2), at(n_edges / 2));
                tree.n_points() as f64 * median.powf(alpha)
            }
        }
    }
}

/// A persistent-homology dimension with the line it comes from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PersistentDimensionEstimate {
    /// The dimension; `upper` is infinite where the interval of the slope reaches 1.
    pub estimate: Estimate,
    /// The line through $(\ln n, \ln E_\alpha)$.
    pub line: LinearFit,
    /// The points of the line, sizes ascending.
    pub sums: Vec<SizeSum>,
}

/// The lifespans sum of subsamples of one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizeSum {
    /// The number of points drawn, n.
    pub n_points: usize,
    /// $E_\alpha(x_n)$, averaged over the draws.
    pub lifespans_sum: f64,
}

impl Default for PersistentDimension {
    fn default() -> Self {
        Self::new()
    }
}

impl PersistentDimension {
    /// Fewer points hold no two points in the smallest of the default sizes.
    pub const FEWEST_POINTS: usize = 12;

    /// $\alpha = 1$ in homology dimension 0; 8 sizes from $n/6$ to $59n/60$ (500, 850, …, 2950 of 3000 points), 5 draws
    /// each; seed 0. Without [`sizes`](Self::sizes), larger clouds than 3000 points (1000 in homology dimension 1) are first
    /// replaced by a random subsample of that size.
    pub fn new() -> Self {
        Self { alpha: 1.0, sizes: None, repeats: 5, seed: 0, homology_dimension: 0, tree_sum: TreeSum::All }
    }

    /// The exponent of lifespans.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The sizes of the subsamples, in any order.
    #[must_use]
    pub fn sizes(self, sizes: &[usize]) -> Self {
        Self { sizes: Some(sizes.to_vec()), ..self }
    }

    /// The number of draws per size.
    #[must_use]
    pub fn repeats(self, repeats: usize) -> Self {
        Self { repeats, ..self }
    }

    /// The seed of the draws.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The homology dimension whose lifespans are summed: 0 or 1.
    #[must_use]
    pub fn homology_dimension(self, homology_dimension: usize) -> Self {
        Self { homology_dimension, ..self }
    }

    /// What is summed in homology dimension 0; in dimension 1 it is always all.
    #[must_use]
    pub fn tree_sum(self, tree_sum: TreeSum) -> Self {
        Self { tree_sum, ..self }
    }

    /// The dimension of a cloud. Repeated points stay; they add nothing to the sums.
    ///
    /// All draws share the distances of the cloud, unless it is so large that they would not fit.
    ///
    /// # Errors
    ///
    /// See [`PersistentDimension`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<PersistentDimensionEstimate, Error> {
        const SHARED_UP_TO: usize = 20_000;
        let n_points = cloud.n_points();
        let usual = if self.homology_dimension == 0 { USUAL_POINTS } else { USUAL_POINTS_OF_LOOPS };
        if self.sizes.is_none() && n_points > usual {
            let sample = cloud.select(&subsample(n_points, usual, self.seed, u64::MAX)?)?;
            return self.estimate(&sample);
        }
        if n_points <= SHARED_UP_TO {
            self.checked_sizes(n_points)?;
            return self.estimate_from_distances(&DistanceMatrix::from_cloud(cloud));
        }
        self.estimate_from_draws(n_points, |indices| self.sum_of_cloud(&cloud.select(indices)?))
    }

    /// The dimension of a finite set from its dissimilarities.
    ///
    /// # Errors
    ///
    /// See [`PersistentDimension`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{DistanceMatrix, PersistentDimension, synthetic};
    ///
    /// let plane = synthetic::uniform_cube(300, 2, 0)?;
    /// let settings = PersistentDimension::new();
    /// let fit = settings.estimate_from_distances(&DistanceMatrix::from_cloud(&plane))?;
    /// assert_eq!(fit, settings.estimate(&plane)?);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn estimate_from_distances<S: Scalar>(
        &self,
        distances: &DistanceMatrix<S>,
    ) -> Result<PersistentDimensionEstimate, Error> {
        let n_points = distances.n_points();
        if self.homology_dimension != 0 || n_points < 2 {
            let of_loops = |indices: &[usize]| self.sum_of_loops(&distances.select(indices)?);
            return self.estimate_from_draws(n_points, of_loops);
        }
        let trees = SubsetTrees::new(distances);
        self.estimate_from_draws(n_points, |indices| Ok(self.tree_sum.of(&trees.tree(indices)?, self.alpha)))
    }

    fn estimate_from_draws(
        &self,
        n_points: usize,
        sum: impl Fn(&[usize]) -> Result<f64, Error> + Sync,
    ) -> Result<PersistentDimensionEstimate, Error> {
        let sizes = self.checked_sizes(n_points)?;
        let draws: Vec<(usize, usize)> =
            sizes.iter().flat_map(|&size| (0..self.repeats).map(move |repeat| (size, repeat))).collect();
        let sums = draws.par_iter().map(|&(size, repeat)| {
            // A stream per draw: sizes stay below 2^32.
            let stream = (size as u64) << 32 | repeat as u64;
            sum(&subsample(n_points, size, self.seed, stream)?)
        });
        let sums = sums.collect::<Result<Vec<f64>, Error>>()?;
        let means =
            sums.chunks_exact(self.repeats).map(|sums| sums.iter().sum::<f64>() / self.repeats as f64);
        let sums: Vec<SizeSum> = sizes
            .iter()
            .zip(means)
            .map(|(&n_points, lifespans_sum)| SizeSum { n_points, lifespans_sum })
            .collect();
        self.fit(sums, n_points)
    }

    fn sum_of_cloud<S: Scalar>(&self, sample: &PointCloud<S>) -> Result<f64, Error> {
        if self.homology_dimension == 0 {
            return Ok(self.tree_sum.of(&minimum_spanning_tree(sample), self.alpha));
        }
        self.sum_of_loops(&DistanceMatrix::from_cloud(sample))
    }

    fn sum_of_loops<S: Scalar>(&self, sample: &DistanceMatrix<S>) -> Result<f64, Error> {
        Ok(VietorisRips::new().diagrams(sample)?[1].lifespans_sum(self.alpha))
    }

    fn fit(&self, sums: Vec<SizeSum>, n_points: usize) -> Result<PersistentDimensionEstimate, Error> {
        let undefined = |reason| Error::undefined("ph-dimension", reason);
        if let Some(zero) = sums.iter().find(|sum| sum.lifespans_sum <= 0.0) {
            return Err(undefined(Undefined::ZeroSum { n_points: zero.n_points }));
        }
        if sums.iter().any(|sum| !sum.lifespans_sum.is_finite()) {
            let allowed = "so small that powers of lifespans are numbers";
            return Err(SettingKind::OutOfRange { argument: "alpha", value: self.alpha, allowed }.into());
        }
        let x: Vec<f64> = sums.iter().map(|sum| (sum.n_points as f64).ln()).collect();
        let y: Vec<f64> = sums.iter().map(|sum| sum.lifespans_sum.ln()).collect();
        let line = linear_regression(&x, &y)?;
        if line.slope >= 1.0 {
            return Err(undefined(Undefined::SlopeNotBelowOne { slope: line.slope }));
        }
        let dimension = |slope: f64| {
            if slope < 1.0 { self.alpha / (1.0 - slope) } else { f64::INFINITY }
        };
        let (lower, upper) = line.slope_interval();
        let value = dimension(line.slope);
        let standard_error = value / (1.0 - line.slope) * line.slope_standard_error;
        let (lower, upper) = (dimension(lower), dimension(upper));
        let estimate = Estimate { value, standard_error, lower, upper, n_points, n_dropped: 0 };
        Ok(PersistentDimensionEstimate { estimate, line, sums })
    }

    fn checked_sizes(&self, n_points: usize) -> Result<Vec<usize>, Error> {
        let out_of_range =
            |argument, value, allowed| Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        if !(self.alpha > 0.0 && self.alpha.is_finite()) {
            return out_of_range("alpha", self.alpha, "a positive number");
        }
        if self.repeats == 0 {
            return out_of_range("repeats", 0.0, "1 or more");
        }
        if self.homology_dimension > 1 {
            return out_of_range("homology_dimension", self.homology_dimension as f64, "0 or 1");
        }
        if self.sizes.is_none() && n_points < Self::FEWEST_POINTS {
            let needed = Self::FEWEST_POINTS;
            return Err(InputKind::TooFewPoints { quantity: "ph-dimension", needed, got: n_points }.into());
        }
        let mut sizes = self.sizes.clone().unwrap_or_else(|| default_sizes(n_points));
        sizes.sort_unstable();
        sizes.dedup();
        if let Some(&size) = sizes.iter().find(|&&size| size > n_points) {
            return Err(SettingKind::SampleTooLarge { size, n_points }.into());
        }
        if sizes.len() < 3 || sizes[0] < 2 {
            return out_of_range(
                "sizes",
                sizes.len() as f64,
                "at least 3 different sizes of 2 or more points",
            );
        }
        Ok(sizes)
    }
}

/// The most points that the default sizes are spread over.
const USUAL_POINTS: usize = 3000;
/// The same in homology dimension 1.
const USUAL_POINTS_OF_LOOPS: usize = 1000;

fn default_sizes(n_points: usize) -> Vec<usize> {
    (0..8).map(|step| n_points * (10 + 7 * step) / 60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn default_sizes_are_those_of_the_protocol() {
        assert_eq!(default_sizes(3000), [500, 850, 1200, 1550, 1900, 2250, 2600, 2950]);
    }

    #[test]
    fn too_few_points_for_the_default_sizes_are_told() {
        let fewest = PersistentDimension::FEWEST_POINTS;
        let cloud = synthetic::uniform_cube(fewest, 2, 0).unwrap();
        assert!(PersistentDimension::new().repeats(1).checked_sizes(fewest).is_ok());
        let fewer = cloud.select(&(1..fewest).collect::<Vec<_>>()).unwrap();
        let message = PersistentDimension::new().estimate(&fewer).unwrap_err().to_string();
        assert!(message.contains("at least 12") && message.contains("got 11"), "{message}");
    }

    #[test]
    fn sums_on_a_power_law_give_its_dimension() {
        // E = n^(1 - alpha/d) with d = 4 and alpha = 2: slope 1/2.
        let sum = |n_points: u32| SizeSum {
            n_points: n_points as usize,
            lifespans_sum: 3.0 * f64::from(n_points).sqrt(),
        };
        let fit = PersistentDimension::new().alpha(2.0).fit([100, 400, 900].map(sum).to_vec(), 1000).unwrap();
        assert!((fit.estimate.value - 4.0).abs() < 1e-12 && fit.estimate.standard_error < 1e-10);
    }

    #[test]
    fn the_sum_of_a_whole_cloud_is_that_of_its_diagram() {
        let cloud = synthetic::uniform_cube(150, 2, 0).unwrap();
        let diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&cloud)).unwrap();
        for (homology_dimension, diagram) in diagrams.iter().enumerate() {
            let settings = PersistentDimension::new().homology_dimension(homology_dimension).alpha(2.0);
            let fit = settings.sizes(&[150, 40, 80]).estimate(&cloud).unwrap();
            let of_all = fit.sums[2];
            assert_eq!((fit.sums[0].n_points, of_all.n_points), (40, 150));
            assert!((of_all.lifespans_sum / diagram.lifespans_sum(2.0) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn trimmed_and_median_sums_do_not_see_the_gaps() {
        // Two squares, near and far apart.
        let of = |gap: f64, tree_sum| {
            let square = synthetic::uniform_cube(600, 2, 3).unwrap();
            let moved =
                square.points().enumerate().flat_map(|(at, p)| [p[0] + gap * f64::from(at % 2 == 1), p[1]]);
            let cloud = PointCloud::new(moved.collect(), 600, 2).unwrap();
            PersistentDimension::new().tree_sum(tree_sum).estimate(&cloud).unwrap().estimate.value
        };
        let change = |tree_sum| of(100.0, tree_sum) / of(5.0, tree_sum) - 1.0;
        assert!(change(TreeSum::All) < -0.3, "{}", change(TreeSum::All));
        assert!(change(TreeSum::Trimmed(1)).abs() < 1e-9 && change(TreeSum::Median).abs() < 1e-9);
        assert!(
            (of(5.0, TreeSum::Median) - 2.0).abs() < 0.3 && (of(5.0, TreeSum::Trimmed(1)) - 2.0).abs() < 0.2
        );
    }

    #[test]
    fn sums_over_a_tree_by_hand() {
        let line = PointCloud::new(vec![0.0, 1.0, 3.0, 7.0], 4, 1).unwrap();
        let tree = minimum_spanning_tree(&line);
        assert_eq!(TreeSum::All.of(&tree, 2.0), 21.0);
        assert_eq!(TreeSum::Trimmed(1).of(&tree, 2.0), 5.0);
        assert_eq!(TreeSum::Trimmed(9).of(&tree, 2.0), 0.0);
        assert_eq!(TreeSum::Median.of(&tree, 2.0), 16.0);
    }

    #[test]
    fn large_clouds_are_sampled_unless_sizes_are_given() {
        let cloud = synthetic::uniform_cube(3500, 2, 3).unwrap();
        let fit = PersistentDimension::new().repeats(1).estimate(&cloud).unwrap();
        assert_eq!((fit.estimate.n_points, fit.sums[7].n_points), (3000, 2950));
        let fit = PersistentDimension::new().repeats(1).sizes(&[500, 1000, 3400]).estimate(&cloud).unwrap();
        assert_eq!(fit.estimate.n_points, 3500);
    }

    #[test]
    fn clouds_too_large_to_share_distances_give_the_same() {
        let cloud = synthetic::uniform_cube(150, 2, 0).unwrap();
        for homology_dimension in [0, 1] {
            let settings = PersistentDimension::new().homology_dimension(homology_dimension).alpha(2.0);
            let settings = settings.sizes(&[40, 80, 150]);
            let drawn =
                settings.estimate_from_draws(150, |indices| settings.sum_of_cloud(&cloud.select(indices)?));
            assert_eq!(drawn.unwrap(), settings.estimate(&cloud).unwrap());
        }
    }

    #[test]
    fn slopes_from_one_on_are_undefined() {
        let sum = |n: usize| SizeSum { n_points: n, lifespans_sum: (n as f64).powf(1.2) };
        let error = PersistentDimension::new().fit([10, 20, 40].map(sum).to_vec(), 40).unwrap_err();
        assert!(error.is_undefined() && error.to_string().contains("1.2000"), "{error}");
    }

    #[test]
    fn a_wide_slope_interval_leaves_the_dimension_unbounded() {
        let sum = |(n_points, lifespans_sum)| SizeSum { n_points, lifespans_sum };
        let fit = PersistentDimension::new()
            .fit([(10, 8.0), (20, 18.0), (40, 20.0)].map(sum).to_vec(), 40)
            .unwrap();
        assert!(fit.estimate.upper.is_infinite() && fit.estimate.lower > 0.0);
    }

    #[test]
    fn impossible_settings_are_errors() {
        let cloud = synthetic::uniform_cube(50, 2, 0).unwrap();
        let base = PersistentDimension::new();
        for settings in [
            base.clone().alpha(0.0),
            base.clone().repeats(0),
            base.clone().sizes(&[10, 20]),
            base.clone().sizes(&[10, 20, 20]),
            base.clone().sizes(&[10, 20, 51]),
            base.clone().homology_dimension(2),
        ] {
            assert!(settings.estimate(&cloud).unwrap_err().is_invalid_input(), "{settings:?}");
        }
        let duplicates = PointCloud::new(vec![1.0; 40], 40, 1).unwrap();
        assert!(base.estimate(&duplicates).unwrap_err().is_undefined());
    }
}

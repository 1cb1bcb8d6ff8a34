//! Principal components, of the whole cloud or of every neighbourhood.

use rayon::prelude::*;

use super::Estimate;
use super::spectrum::{Spectra, Spectrum};
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::{NeighborTable, PointCloud, Scalar};

/// How [`LocalPca`] turns the eigenvalues $\lambda_1 \ge \lambda_2 \ge \dots > 0$ of the covariance into a dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum PcaRule {
    /// The number of eigenvalues above this share of the largest.
    FukunagaOlsen(f64),
    /// The first large gap or share of the variance, whichever comes first: after the noise level (the mean of the
    /// eigenvalues from where 95 % of the variance is reached) is subtracted, the first $i$ with
    /// $\lambda_i / \lambda_{i+1}$ above `gap` or with a share of the variance above `share`.
    Fan {
        /// The ratio that counts as a large gap.
        gap: f64,
        /// The share of the variance.
        share: f64,
    },
    /// Where $\lambda_i / \lambda_{i+1}$ is largest. If eigenvalues are lost in rounding that so many points could have, the gap
    /// before them is.
    MaxGap,
    /// The least number of components that holds this share of the variance.
    Ratio(f64),
    /// $(\sum \lambda_i)^2 / \sum \lambda_i^2$, not an integer.
    ParticipationRatio,
    /// The number of eigenvalues above their mean over all features.
    Kaiser,
    /// The number of leading eigenvalues whose shares exceed $\frac1p \sum_{j \ge i} \frac1j$, the expected parts of a
    /// stick broken at random into as many pieces as there are positive eigenvalues.
    BrokenStick,
}

/// The dimension from principal components: of the whole cloud, or the mean over neighbourhoods.
///
/// The whole cloud counts linear directions, more than its dimension where it is curved. Without
/// [`n_neighbors`](Self::n_neighbors) the standard error is the spread over 10 random halves (of ten random parts,
/// where there are many more points than features); with it, the spread over the
/// points divided by the root of $n/k$, the number of neighbourhoods without common points.
///
/// # Errors
///
/// If there are fewer than 4 distinct points, `n_neighbors` is below 2 or not below the number of distinct points, or
/// a threshold of the rule is out of range.
///
/// # Complexity
///
/// $O(n D \min(n, D))$ for the whole cloud, $O(n k D \min(k, D))$ for neighbourhoods.
///
/// # Examples
///
/// ```
/// use topolens::{LocalPca, PcaRule, synthetic};
///
/// let sphere = synthetic::sphere(500, 2, 0)?;
/// assert_eq!(LocalPca::new().estimate(&sphere)?.value, 3.0);
/// let local = LocalPca::new().rule(PcaRule::MaxGap).n_neighbors(12).estimate(&sphere)?;
/// assert!((local.value - 2.0).abs() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `fukunaga1971`, `fan2010`, `johnsson2015`
#[derive(Debug, Clone)]
pub struct LocalPca {
    rule: PcaRule,
    n_neighbors: Option<usize>,
    seed: u64,
}

impl Default for LocalPca {
    fn default() -> Self {
        Self::new()
    }
}

impl LocalPca {
    /// Fukunaga and Olsen's rule at 0.05 on the whole cloud; seed 0.
    pub fn new() -> Self {
        Self { rule: PcaRule::FukunagaOlsen(0.05), n_neighbors: None, seed: 0 }
    }

    /// The rule.
    #[must_use]
    pub fn rule(self, rule: PcaRule) -> Self {
        Self { rule, ..self }
    }

    /// Takes the mean over the neighbourhoods of this many neighbours, each without its point.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors: Some(n_neighbors), ..self }
    }

    /// The seed of the halves.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The estimate of a cloud; repeated points are dropped first.
    ///
    /// # Errors
    ///
    /// See [`LocalPca`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        self.check()?;
        let (distinct, n_dropped) = cloud.distinct();
        let n_points = distinct.n_points();
        if n_points < 4 {
            return Err(InputKind::TooFewPoints { quantity: "local-pca", needed: 4, got: n_points }.into());
        }
        if let Some(n_neighbors) = self.n_neighbors {
            let estimate = self.estimate_from(&distinct, &NeighborTable::new(&*distinct, n_neighbors)?)?;
            return Ok(Estimate { n_dropped, ..estimate });
        }
        let estimate = self.estimate_from_spectra(&Spectra::new(&distinct, self.seed)?, &distinct)?;
        Ok(Estimate { n_dropped, ..estimate })
    }

    /// The estimate of the whole cloud of distinct points whose spectra are known.
    pub(super) fn estimate_from_spectra<S: Scalar>(
        &self,
        spectra: &Spectra,
        points: &PointCloud<S>,
    ) -> Result<Estimate, Error> {
        let n_features = points.n_features();
        let value = self.dimension(&spectra.whole, n_features)?;
        let halves = spectra.halves.iter().map(|half| self.dimension(half, n_features));
        let halves = halves.collect::<Result<Vec<f64>, Error>>()?;
        Ok(Estimate::from_half_samples(value, &halves, points.n_points(), 0))
    }

    /// The mean over the neighbourhoods of a table of the same points.
    ///
    /// # Errors
    ///
    /// See [`LocalPca`]; also if the table is of another number of points.
    pub fn estimate_from<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        table: &NeighborTable,
    ) -> Result<Estimate, Error> {
        let values = self.pointwise(cloud, table)?;
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let n_neighbors = self.n_neighbors.unwrap_or(table.n_neighbors()) as f64;
        let standard_error = (variance * n_neighbors / n).sqrt();
        Ok(Estimate::with_standard_error(mean, standard_error, values.len(), 0))
    }

    /// The dimension of every point's neighbourhood, of all neighbours of the table unless
    /// [`n_neighbors`](Self::n_neighbors) says fewer.
    ///
    /// # Errors
    ///
    /// See [`LocalPca::estimate_from`].
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{LocalPca, NeighborTable, synthetic};
    ///
    /// let circle = synthetic::circle(300, 0)?;
    /// let table = NeighborTable::new(&circle, 5)?;
    /// assert_eq!(LocalPca::new().pointwise(&circle, &table)?.len(), 300);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn pointwise<S: Scalar>(
        &self,
        cloud: &PointCloud<S>,
        table: &NeighborTable,
    ) -> Result<Vec<f64>, Error> {
        self.check()?;
        if cloud.n_points() != table.n_points() {
            let (expected, got) = (cloud.n_points(), table.n_points());
            return Err(InputKind::ShapeMismatch { argument: "table", expected, got }.into());
        }
        let k = self.n_neighbors.unwrap_or(table.n_neighbors());
        if k < 2 || k > table.n_neighbors() {
            let allowed = "2 or more, and at most that of the table";
            return Err(SettingKind::OutOfRange { argument: "n_neighbors", value: k as f64, allowed }.into());
        }
        let at_point = |i| {
            let spectrum = Spectrum::new(cloud, &table.indices(i)[..k])?;
            self.dimension(&spectrum, cloud.n_features())
        };
        (0..cloud.n_points()).into_par_iter().map(at_point).collect()
    }

    fn dimension(&self, spectrum: &Spectrum, n_features: usize) -> Result<f64, Error> {
        if spectrum.values.is_empty() {
            return Err(Error::undefined("local-pca", Undefined::ConstantInput { argument: "cloud" }));
        }
        Ok(self.rule.dimension(&spectrum.values, n_features, spectrum.largest_rank))
    }

    fn check(&self) -> Result<(), Error> {
        let out_of_range =
            |argument, value, allowed| Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        match self.rule {
            PcaRule::FukunagaOlsen(share) | PcaRule::Ratio(share) | PcaRule::Fan { share, .. }
                if !(share > 0.0 && share < 1.0) =>
            {
                out_of_range("share", share, "above 0 and below 1")
            }
            PcaRule::Fan { gap, .. } if gap.is_nan() || gap <= 1.0 => out_of_range("gap", gap, "above 1"),
            _ => Ok(()),
        }
    }
}

impl PcaRule {
    /// The dimension of a spectrum, positive and descending, of points with `n_features` features, which can span
    /// `largest_rank` directions.
    fn dimension(self, spectrum: &[f64], n_features: usize, largest_rank: usize) -> f64 {
        let total: f64 = spectrum.iter().sum();
        let count = match self {
            Self::FukunagaOlsen(share) => spectrum.iter().filter(|&&v| v > share * spectrum[0]).count(),
            Self::Fan { gap, share } => fan(spectrum, gap, share),
            Self::MaxGap if spectrum.len() < largest_rank => spectrum.len(),
            Self::MaxGap => max_gap(spectrum),
            Self::Ratio(share) => components_above(spectrum, |sum| sum >= share * total),
            Self::ParticipationRatio => {
                return total * total / spectrum.iter().map(|value| value * value).sum::<f64>();
            }
            Self::Kaiser => spectrum.iter().filter(|&&value| value * n_features as f64 > total).count(),
            Self::BrokenStick => broken_stick(spectrum, total),
        };
        count as f64
    }
}

/// The least number of leading eigenvalues whose sum is enough; all if none is.
fn components_above(spectrum: &[f64], is_enough: impl Fn(f64) -> bool) -> usize {
    let sums = spectrum.iter().scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    });
    sums.enumerate().find(|&(_, sum)| is_enough(sum)).map_or(spectrum.len(), |(at, _)| at + 1)
}

fn fan(spectrum: &[f64], gap: f64, share: f64) -> usize {
    const SIGNAL: f64 = 0.95;
    let total: f64 = spectrum.iter().sum();
    let tail = &spectrum[components_above(spectrum, |sum| sum > SIGNAL * total) - 1..];
    let noise = tail.iter().sum::<f64>() / tail.len() as f64;
    let signal: Vec<f64> = spectrum.iter().map(|value| value - noise).collect();
    let left: f64 = signal.iter().sum();
    if left <= 0.0 {
        return spectrum.len();
    }
    let by_gap =
        signal.windows(2).position(|pair| pair[0] / pair[1] > gap).map_or(spectrum.len(), |at| at + 1);
    by_gap.min(components_above(&signal, |sum| sum > share * left))
}

fn max_gap(spectrum: &[f64]) -> usize {
    let gaps = spectrum.windows(2).map(|pair| pair[0] / pair[1]).enumerate();
    gaps.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(1, |(at, _)| at + 1)
}

fn broken_stick(spectrum: &[f64], total: f64) -> usize {
    let p = spectrum.len();
    let expected = |i: usize| (i + 1..=p).map(|j| (j as f64).recip()).sum::<f64>() / p as f64;
    (0..p).take_while(|&i| spectrum[i] / total > expected(i)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn rules_on_a_spectrum_by_hand() {
        let spectrum = [4.0, 3.0, 2.0, 0.1, 0.05];
        let of = |rule: PcaRule| rule.dimension(&spectrum, 5, 5);
        assert_eq!(of(PcaRule::FukunagaOlsen(0.05)), 3.0);
        assert_eq!(of(PcaRule::MaxGap), 3.0);
        assert_eq!(of(PcaRule::Ratio(0.95)), 3.0);
        assert_eq!(of(PcaRule::Kaiser), 3.0);
        assert_eq!(of(PcaRule::BrokenStick), 0.0);
        assert!((of(PcaRule::ParticipationRatio) - 9.15 * 9.15 / 29.0125).abs() < 1e-12);
    }

    #[test]
    fn a_neighbourhood_on_a_line_has_one_dimension_by_every_rule() {
        let line: Vec<f64> = (0..40).flat_map(|i| [f64::from(i), 2.0 * f64::from(i), 7.0]).collect();
        let line = PointCloud::new(line, 40, 3).unwrap();
        let fan = PcaRule::Fan { gap: 10.0, share: 0.8 };
        for rule in
            [PcaRule::FukunagaOlsen(0.05), fan, PcaRule::MaxGap, PcaRule::Ratio(0.95), PcaRule::Kaiser]
        {
            for settings in [LocalPca::new(), LocalPca::new().n_neighbors(6)] {
                assert_eq!(settings.rule(rule).estimate(&line).unwrap().value, 1.0, "{rule:?}");
            }
        }
    }

    #[test]
    fn impossible_settings_are_errors() {
        let cloud = synthetic::gaussian(10, 2, 0).unwrap();
        for settings in [
            LocalPca::new().n_neighbors(1),
            LocalPca::new().n_neighbors(10),
            LocalPca::new().rule(PcaRule::Ratio(1.5)),
            LocalPca::new().rule(PcaRule::Fan { gap: 0.5, share: 0.8 }),
        ] {
            assert!(settings.estimate(&cloud).unwrap_err().is_invalid_input(), "{settings:?}");
        }
        let repeated = PointCloud::new(vec![1.0_f32; 20], 10, 2).unwrap();
        assert!(LocalPca::new().estimate(&repeated).unwrap_err().to_string().contains("at least 4"));
    }
}

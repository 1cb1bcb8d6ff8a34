//! Several measures on pairs of clouds, with intervals and nulls.

use rayon::prelude::*;

use super::centred::ensure_same_rows;
use super::layer::Layer;
use super::registry::{Entry, Measure, entries};
use crate::error::{Error, InputKind, SettingKind};
use crate::statistics::{NORMAL_97_5, half_samples};
use crate::subsample::shuffled;
use crate::{PointCloud, Scalar};

/// What the measures need to know.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) bandwidth: f64,
    pub(super) n_neighbors: usize,
    pub(super) n_batches: usize,
    pub(super) batch_size: usize,
    pub(super) seed: u64,
}

/// A measure between two clouds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// The measure.
    pub measure: Measure,
    /// Its value.
    pub value: f64,
    /// The lower end of the 95 % interval: over batches where the measure takes them, else from random halves of the
    /// inputs. `None` for a single batch, too few inputs, or clouds of different inputs.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
    /// What the measure is when the rows of the second cloud are shuffled; `None` where rows need not correspond.
    pub null: Option<PermutationNull>,
}

/// A measure under random permutations of the rows of the second cloud.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PermutationNull {
    /// The mean.
    pub mean: f64,
    /// $(1 + \#\{\text{permutations at least as alike}\}) / (1 + \#\text{permutations})$.
    pub p_value: f64,
}

/// Measures of likeness and difference of clouds, by name, see [`comparison_measures`](super::comparison_measures).
///
/// # Shape
///
/// Where rows must correspond, row $i$ of both clouds is the same input; the numbers of features may differ (not for
/// "mtop-div").
///
/// # Examples
///
/// ```
/// use topolens::{Comparisons, synthetic};
///
/// let x = synthetic::gaussian(100, 5, 0)?;
/// let y = synthetic::gaussian(100, 5, 1)?;
/// let comparisons = Comparisons::new(&["cka-debiased", "procrustes"])?;
/// let same = comparisons.compare(&x, &x).remove(0).1?;
/// let other = comparisons.compare(&x, &y).remove(0).1?;
/// assert!((same.value - 1.0).abs() < 1e-9 && same.null.unwrap().p_value < 0.06);
/// assert!(other.value < 0.2 && other.null.unwrap().p_value > 0.05);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Comparisons {
    names: Vec<&'static str>,
    n_permutations: usize,
    settings: Settings,
}

/// A measure's name and what it is between two clouds, or why it is nothing.
pub type NamedComparison = (&'static str, Result<Comparison, Error>);

/// Halves of the inputs whose spread is the standard error.
const N_HALVES: usize = 10;

impl Comparisons {
    /// The named measures; names that repeat count once. 19 permutations, a Gaussian kernel as wide as the median distance,
    /// 20 neighbours, 10 batches of 500 points; diagrams of 500 points; seed 0.
    ///
    /// # Errors
    ///
    /// If a name is not known, or there is none.
    pub fn new(names: &[&str]) -> Result<Self, Error> {
        if names.is_empty() {
            return Err(InputKind::Empty { argument: "measures" }.into());
        }
        let known: Vec<&'static str> = entries::<f64>().iter().map(|entry| entry.about.name).collect();
        let mut found = Vec::new();
        for &name in names {
            match known.iter().find(|known| **known == name) {
                Some(name) if !found.contains(name) => found.push(*name),
                Some(_) => {}
                None => {
                    let (argument, name) = ("measure", name.to_owned());
                    return Err(SettingKind::UnknownName { argument, name, known }.into());
                }
            }
        }
        let settings = Settings { bandwidth: 1.0, n_neighbors: 20, n_batches: 10, batch_size: 500, seed: 0 };
        Ok(Self { names: found, n_permutations: 19, settings })
    }

    /// The number of permutations of the null; 0 leaves it out.
    #[must_use]
    pub fn n_permutations(self, n_permutations: usize) -> Self {
        Self { n_permutations, ..self }
    }

    /// The number of neighbours of "neighborhood-overlap".
    #[must_use]
    pub fn n_neighbors(mut self, n_neighbors: usize) -> Self {
        self.settings.n_neighbors = n_neighbors;
        self
    }

    /// The width of Gaussian kernels in median distances.
    #[must_use]
    pub fn bandwidth(mut self, bandwidth: f64) -> Self {
        self.settings.bandwidth = bandwidth;
        self
    }

    /// The number of batches of "rtd" and "mtop-div".
    #[must_use]
    pub fn n_batches(mut self, n_batches: usize) -> Self {
        self.settings.n_batches = n_batches;
        self
    }

    /// The points of a batch, and those whose diagrams are compared.
    #[must_use]
    pub fn batch_size(mut self, batch_size: usize) -> Self {
        self.settings.batch_size = batch_size;
        self
    }

    /// The seed of batches, halves and permutations.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Each measure between two clouds, with its interval and null.
    pub fn compare<S: Scalar>(&self, x: &PointCloud<S>, y: &PointCloud<S>) -> Vec<NamedComparison> {
        let (x, y) = (Layer::new(x.clone(), "x"), Layer::new(y.clone(), "y"));
        self.entries().iter().map(|entry| (entry.about.name, self.comparison(entry, &x, &y))).collect()
    }

    /// The first of the measures between every cloud of `xs` (rows) and every cloud of `ys` (columns), row-major, without intervals and
    /// nulls. What the measure computes of a single cloud is computed once.
    ///
    /// # Errors
    ///
    /// If the measure is undefined for a pair; the error names it.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{Comparisons, synthetic};
    ///
    /// let layers = [synthetic::gaussian(60, 4, 0)?, synthetic::gaussian(60, 4, 1)?];
    /// let matrix = Comparisons::new(&["cka-debiased"])?.matrix(&layers, &layers)?;
    /// assert!(matrix[0] > matrix[1] && matrix[3] > matrix[2]);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn matrix<S: Scalar>(&self, xs: &[PointCloud<S>], ys: &[PointCloud<S>]) -> Result<Vec<f64>, Error> {
        let layers = |clouds: &[PointCloud<S>], argument| -> Vec<Layer<S>> {
            clouds.iter().map(|cloud| Layer::new(cloud.clone(), argument)).collect()
        };
        let (rows, columns) = (layers(xs, "x"), layers(ys, "y"));
        let Some(entry) = self.entries::<S>().into_iter().next() else { return Ok(Vec::new()) };
        let pairs = rows.iter().enumerate().flat_map(|(at, x)| columns.iter().map(move |y| (at, x, y)));
        let values = pairs.map(|(at, x, y)| {
            let found = ensure_comparable(&entry, x, y).and_then(|()| (entry.compute)(x, y, &self.settings));
            Ok(found.map_err(|error| error.in_layer(at))?.value)
        });
        values.collect()
    }

    fn entries<S: Scalar>(&self) -> Vec<Entry<S>> {
        let mut known = entries::<S>();
        known.retain(|entry| self.names.contains(&entry.about.name));
        known.sort_by_key(|entry| self.names.iter().position(|name| *name == entry.about.name));
        known
    }

    fn comparison<S: Scalar>(
        &self,
        entry: &Entry<S>,
        x: &Layer<S>,
        y: &Layer<S>,
    ) -> Result<Comparison, Error> {
        ensure_comparable(entry, x, y)?;
        let found = (entry.compute)(x, y, &self.settings)?;
        let ends = found.ends.or_else(|| self.ends_from_halves(entry, x, y, found.value));
        let null = if entry.about.needs_same_rows { self.null(entry, x, y, found.value)? } else { None };
        let (lower, upper) = ends.unzip();
        Ok(Comparison { measure: entry.about, value: found.value, lower, upper, null })
    }

    /// The interval from the spread over random halves of the inputs, the same of both clouds.
    fn ends_from_halves<S: Scalar>(
        &self,
        entry: &Entry<S>,
        x: &Layer<S>,
        y: &Layer<S>,
        value: f64,
    ) -> Option<(f64, f64)> {
        if !entry.about.needs_same_rows {
            return None;
        }
        let halves = half_samples(x.cloud.n_points(), N_HALVES, self.settings.seed).ok()?;
        let on_half = |rows: &Vec<usize>| {
            let found = (entry.compute)(&x.select(rows)?, &y.select(rows)?, &self.settings)?;
            Ok(found.value)
        };
        let values = halves.par_iter().map(on_half).collect::<Result<Vec<f64>, Error>>().ok()?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let half_width = NORMAL_97_5 * (squares / (values.len() as f64 - 1.0)).sqrt();
        Some((value - half_width, value + half_width))
    }

    fn null<S: Scalar>(
        &self,
        entry: &Entry<S>,
        x: &Layer<S>,
        y: &Layer<S>,
        value: f64,
    ) -> Result<Option<PermutationNull>, Error> {
        if self.n_permutations == 0 {
            return Ok(None);
        }
        let permuted = |permutation: u64| {
            let seed = self.settings.seed.wrapping_add(1 + permutation);
            let other = y.select(&shuffled(y.cloud.n_points(), seed))?;
            Ok((entry.compute)(x, &other, &self.settings)?.value)
        };
        let permutations = (0..self.n_permutations as u64).into_par_iter();
        let values = permutations.map(permuted).collect::<Result<Vec<f64>, Error>>()?;
        let is_as_alike =
            |found: &&f64| if entry.about.is_similarity { **found >= value } else { **found <= value };
        let n_alike = values.iter().filter(is_as_alike).count();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        Ok(Some(PermutationNull { mean, p_value: (1.0 + n_alike as f64) / (1.0 + n) }))
    }
}

fn ensure_comparable<S: Scalar>(entry: &Entry<S>, x: &Layer<S>, y: &Layer<S>) -> Result<(), Error> {
    if entry.about.needs_same_rows {
        ensure_same_rows(x.cloud.n_points(), y.cloud.n_points())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{comparison_measures, linear_cka, procrustes_distance, synthetic};

    fn all() -> Comparisons {
        let names: Vec<&str> = comparison_measures().iter().map(|measure| measure.name).collect();
        Comparisons::new(&names).unwrap().batch_size(60).n_batches(3)
    }

    #[test]
    fn values_are_those_of_the_functions_alone() {
        let (x, y) = (synthetic::gaussian(80, 6, 0).unwrap(), synthetic::gaussian(80, 6, 1).unwrap());
        let found = Comparisons::new(&["procrustes", "cka", "cka-debiased"]).unwrap().compare(&x, &y);
        let value = |at: usize| found[at].1.as_ref().unwrap().value;
        let cka = linear_cka(&x, &y).unwrap();
        assert!((value(0) - procrustes_distance(&x, &y).unwrap()).abs() < 1e-12);
        assert!((value(1) - cka.biased).abs() < 1e-12 && (value(2) - cka.debiased.unwrap()).abs() < 1e-12);
    }

    #[test]
    fn a_turned_cloud_is_alike_and_another_is_at_its_null() {
        let x = synthetic::gaussian(100, 3, 0).unwrap();
        let turned: Vec<f64> = x.points().flat_map(|p| [2.0 * p[1], -2.0 * p[2], 2.0 * p[0]]).collect();
        let turned = PointCloud::new(turned, 100, 3).unwrap();
        let others: Vec<_> = (9..15).map(|seed| synthetic::gaussian(100, 3, seed).unwrap()).collect();
        let unlike: Vec<_> = others.iter().map(|other| all().compare(&x, other)).collect();
        for (at, (name, alike)) in all().compare(&x, &turned).into_iter().enumerate() {
            let alike = alike.unwrap();
            assert_eq!(alike.null.is_some(), alike.measure.needs_same_rows, "{name}");
            let Some(null) = alike.null else { continue };
            assert!((null.p_value - 0.05).abs() < 1e-12, "{name}: {alike:?}");
            let unlike: Vec<Comparison> = unlike.iter().map(|found| found[at].1.clone().unwrap()).collect();
            let mean = unlike.iter().map(|found| found.null.unwrap().p_value).sum::<f64>() / 6.0;
            assert!((0.2..0.9).contains(&mean), "{name}: {unlike:?}");
            let is_more_alike =
                |other: &Comparison| (alike.value > other.value) == alike.measure.is_similarity;
            assert!(
                unlike.iter().all(is_more_alike) && alike.lower.unwrap() <= alike.value,
                "{name}: {alike:?}"
            );
        }
    }

    #[test]
    fn a_matrix_holds_the_values_of_the_pairs() {
        let layers: Vec<_> = (0..3).map(|seed| synthetic::gaussian(50, 4, seed).unwrap()).collect();
        let comparisons = Comparisons::new(&["cka-rbf"]).unwrap();
        let matrix = comparisons.matrix(&layers[..2], &layers).unwrap();
        assert_eq!(matrix.len(), 6);
        let pair = comparisons.compare(&layers[1], &layers[2]).remove(0).1.unwrap();
        assert!((matrix[5] - pair.value).abs() < 1e-12);
        let short = [synthetic::gaussian(9, 4, 0).unwrap()];
        assert!(comparisons.matrix(&layers, &short).unwrap_err().to_string().contains("layer 0"));
    }

    #[test]
    fn degenerate_clouds_are_errors_by_measure() {
        let x = synthetic::gaussian(30, 3, 0).unwrap();
        let constant = PointCloud::new(vec![1.0; 90], 30, 3).unwrap();
        let other_rows = synthetic::gaussian(31, 3, 0).unwrap();
        let few = synthetic::gaussian(2, 3, 0).unwrap();
        for (first, second) in [(&x, &constant), (&constant, &x), (&x, &other_rows), (&few, &few)] {
            for (name, found) in all().compare(first, second) {
                match found {
                    Ok(found) => assert!(found.value.is_finite(), "{name}"),
                    Err(error) => assert!(error.is_invalid_input(), "{name}: {error}"),
                }
            }
        }
        assert!(Comparisons::new(&["cosine"]).unwrap_err().to_string().contains("cka"));
        assert!(Comparisons::new(&[]).is_err());
    }
}

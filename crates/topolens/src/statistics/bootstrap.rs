//! Bootstrap intervals, corrected for bias and acceleration.

use rand::RngExt;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::error::{Error, InputKind, SettingKind};
use crate::random::generator;

/// The BCa bootstrap interval of a statistic of resampled indices.
///
/// With $\Phi$ the normal distribution, $z_0 = \Phi^{-1}$ of the share of resamples below the value (equal ones
/// counting half) and
/// $a = \sum d_i^3 / (6 (\sum d_i^2)^{3/2})$ of the jackknife's $d_i = \bar\theta - \theta_{(i)}$, the ends are the
/// quantiles
/// $\Phi(z_0 + (z_0 + z) / (1 - a (z_0 + z)))$ of the resamples, $z$ being the normal quantiles of the level.
///
/// Not for distances and spanning trees, which see the duplicates of a resample: use
/// [`half_samples`](super::half_samples) there.
///
/// # Errors
///
/// If there are fewer than 3 points, `resamples` is below 2, `level` is not between 0 and 1, the statistic fails on all
/// points or
/// without one of them, or has no value on more than half of the resamples. Other resamples without a finite value are
/// left out
/// and counted.
///
/// # Complexity
///
/// `resamples` + $n$ + 1 evaluations, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::statistics::{Bootstrap, mean};
///
/// let x = [1.0, 2.0, 2.5, 3.0, 4.0, 7.0, 8.0, 8.5];
/// let mean_of = |rows: &[usize]| Ok(mean(&rows.iter().map(|&i| x[i]).collect::<Vec<_>>())?.value);
/// let interval = Bootstrap::new().interval(x.len(), mean_of)?;
/// assert!(interval.lower < 4.5 && 4.5 < interval.upper);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `efron1987`
#[derive(Debug, Clone)]
pub struct Bootstrap {
    resamples: usize,
    level: f64,
    seed: u64,
}

/// A statistic with its bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BootstrapInterval {
    /// The statistic of all points.
    pub value: f64,
    /// The lower end; the value itself where all resamples agree with it.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
    /// $z_0$; the share behind it is kept half a resample from 0 and 1.
    pub bias_correction: f64,
    /// $a$; 0 where the jackknife does not vary.
    pub acceleration: f64,
    /// The resamples on which the statistic has no value.
    pub n_undefined: usize,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self::new()
    }
}

/// More would change no digit that anyone reads, and take gigabytes.
const MOST_RESAMPLES: usize = 100_000_000;

impl Bootstrap {
    /// 2000 resamples, level 0.95, seed 0.
    pub fn new() -> Self {
        Self { resamples: 2000, level: 0.95, seed: 0 }
    }

    /// The number of resamples.
    #[must_use]
    pub fn resamples(self, resamples: usize) -> Self {
        Self { resamples, ..self }
    }

    /// The probability that the interval covers.
    #[must_use]
    pub fn level(self, level: f64) -> Self {
        Self { level, ..self }
    }

    /// The seed of the resamples.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The interval of `statistic`, which is given the indices of resampled points.
    ///
    /// # Errors
    ///
    /// See [`Bootstrap`].
    pub fn interval(
        &self,
        n_points: usize,
        statistic: impl Fn(&[usize]) -> Result<f64, Error> + Sync,
    ) -> Result<BootstrapInterval, Error> {
        self.check(n_points)?;
        let evaluate = |evaluation: usize| statistic(&self.points_of(evaluation, n_points));
        let mut values = vec![evaluate(0)?];
        let behind = (1..=n_points).into_par_iter().map(evaluate);
        values.extend(behind.collect::<Result<Vec<f64>, Error>>()?);
        let of_resample = |evaluation| evaluate(evaluation).unwrap_or(f64::NAN);
        let resamples = (n_points + 1..self.n_evaluations(n_points)).into_par_iter().map(of_resample);
        values.extend(resamples.collect::<Vec<f64>>());
        self.interval_of_values(n_points, &values)
    }

    /// How often a statistic is evaluated: on all points, without each of them in turn, on the resamples.
    pub fn n_evaluations(&self, n_points: usize) -> usize {
        1 + n_points + self.resamples
    }

    /// The points of an evaluation, from 0 to [`Bootstrap::n_evaluations`]; those of a resample in the order in which they were drawn.
    pub fn points_of(&self, evaluation: usize, n_points: usize) -> Vec<usize> {
        if evaluation == 0 {
            return (0..n_points).collect();
        }
        if evaluation <= n_points {
            return (0..n_points).filter(|point| *point != evaluation - 1).collect();
        }
        let mut random = generator(self.seed, (evaluation - n_points - 1) as u64);
        (0..n_points).map(|_| random.random_range(0..n_points)).collect()
    }

    /// The interval of a statistic that was evaluated elsewhere: its values on [`Bootstrap::points_of`] each evaluation, in their order.
    ///
    /// # Errors
    ///
    /// See [`Bootstrap`]; also if there is not a value for each evaluation.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::statistics::Bootstrap;
    ///
    /// let x = [1.0, 2.0, 2.5, 3.0, 4.0, 7.0, 8.0, 8.5];
    /// let median = |points: &[usize]| {
    ///     let mut drawn: Vec<f64> = points.iter().map(|&i| x[i]).collect();
    ///     drawn.sort_by(f64::total_cmp);
    ///     drawn[drawn.len() / 2]
    /// };
    /// let bootstrap = Bootstrap::new();
    /// let evaluations = 0..bootstrap.n_evaluations(8);
    /// let values: Vec<f64> = evaluations.map(|at| median(&bootstrap.points_of(at, 8))).collect();
    /// let here = bootstrap.interval(8, |points| Ok(median(points)))?;
    /// assert_eq!(bootstrap.interval_of_values(8, &values)?, here);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn interval_of_values(&self, n_points: usize, values: &[f64]) -> Result<BootstrapInterval, Error> {
        self.check(n_points)?;
        let (expected, got) = (self.n_evaluations(n_points), values.len());
        if got != expected {
            return Err(InputKind::ShapeMismatch { argument: "values", expected, got }.into());
        }
        let (of_points, of_resamples) = values.split_at(n_points + 1);
        if let Some(row) = of_points.iter().position(|value| !value.is_finite()) {
            let (argument, value) = ("values", of_points[row]);
            return Err(InputKind::NotFinite { argument, row, column: 0, value }.into());
        }
        let mut found: Vec<f64> = of_resamples.iter().copied().filter(|value| value.is_finite()).collect();
        let n_undefined = self.resamples - found.len();
        if 2 * n_undefined > self.resamples {
            let (needed, got) = (self.resamples.div_ceil(2), found.len());
            return Err(InputKind::TooFewResamples { needed, got }.into());
        }
        found.sort_unstable_by(f64::total_cmp);
        let (value, jackknife) = (of_points[0], &of_points[1..]);
        let (acceleration, bias_correction) = (acceleration(jackknife), bias_correction(&found, value));
        let end = |probability| quantile(&found, corrected(probability, bias_correction, acceleration));
        let (lower, upper) = (end((1.0 - self.level) / 2.0), end(f64::midpoint(1.0, self.level)));
        Ok(BootstrapInterval { value, lower, upper, bias_correction, acceleration, n_undefined })
    }

    /// Whether these settings give an interval from so many points.
    ///
    /// # Errors
    ///
    /// See [`Bootstrap`].
    pub fn check(&self, n_points: usize) -> Result<(), Error> {
        let out_of_range =
            |argument, value, allowed| Err(SettingKind::OutOfRange { argument, value, allowed }.into());
        if n_points < 3 {
            return Err(InputKind::TooFewPoints { quantity: "a bootstrap", needed: 3, got: n_points }.into());
        }
        if !(2..=MOST_RESAMPLES).contains(&self.resamples) {
            return out_of_range("resamples", self.resamples as f64, "from 2 to 100 million");
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            return out_of_range("level", self.level, "between 0 and 1");
        }
        Ok(())
    }
}

fn acceleration(jackknife: &[f64]) -> f64 {
    let mean = jackknife.iter().sum::<f64>() / jackknife.len() as f64;
    // In units of the largest, so that no power overflows.
    let largest = jackknife.iter().map(|value| (mean - value).abs()).fold(0.0, f64::max);
    if largest == 0.0 {
        return 0.0;
    }
    let sum = |power| jackknife.iter().map(|value| ((mean - value) / largest).powi(power)).sum::<f64>();
    let squares = sum(2);
    if squares > 0.0 { sum(3) / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

fn bias_correction(found: &[f64], value: f64) -> f64 {
    let below = found.iter().filter(|&&x| x < value).count() as f64;
    let equal = found.iter().filter(|&&x| x <= value).count() as f64 - below;
    let n = found.len() as f64;
    let share = ((below + equal / 2.0) / n).clamp(0.5 / n, 1.0 - 0.5 / n);
    Normal::standard().inverse_cdf(share)
}

fn corrected(probability: f64, bias_correction: f64, acceleration: f64) -> f64 {
    let shifted = bias_correction + Normal::standard().inverse_cdf(probability);
    let denominator = 1.0 - acceleration * shifted;
    if denominator <= 0.0 {
        return if shifted > 0.0 { 1.0 } else { 0.0 };
    }
    Normal::standard().cdf(bias_correction + shifted / denominator)
}

/// Linear between order statistics.
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let place = probability * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_sign_loss, reason = "probabilities are not negative")]
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Undefined;

    #[test]
    fn a_constant_statistic_has_an_interval_of_no_width() {
        let found = Bootstrap::new().resamples(50).interval(5, |_| Ok(3.0)).unwrap();
        assert_eq!((found.lower, found.value, found.upper, found.acceleration), (3.0, 3.0, 3.0, 0.0));
    }

    #[test]
    fn the_interval_scales_with_the_statistic() {
        let ends = |scale: f64| {
            let mean =
                |rows: &[usize]| Ok(rows.iter().map(|&row| (row * row) as f64 * scale).sum::<f64>() / 12.0);
            let found = Bootstrap::new().resamples(200).interval(12, mean).unwrap();
            assert!((0.02..0.1).contains(&found.acceleration), "{found:?}");
            [found.lower / scale, found.upper / scale]
        };
        for scale in [1e200, 1e-200] {
            assert!(ends(scale).iter().zip(ends(1.0)).all(|(a, b)| (a / b - 1.0).abs() < 1e-12), "{scale}");
        }
    }

    #[test]
    fn resamples_without_a_value_are_counted() {
        let reason = Undefined::NoSpread;
        let statistic = |rows: &[usize]| {
            if rows[0] == rows[1] { Err(Error::undefined("it", reason)) } else { Ok(rows[2] as f64) }
        };
        let found = Bootstrap::new().resamples(400).interval(10, statistic).unwrap();
        assert!((10..80).contains(&found.n_undefined), "{found:?}");
        let never = |rows: &[usize]| {
            if rows.is_sorted() { Ok(1.0) } else { Err(Error::undefined("it", reason)) }
        };
        assert!(Bootstrap::new().resamples(100).interval(10, never).unwrap_err().is_invalid_input());
    }

    #[test]
    fn impossible_settings_are_errors() {
        let statistic = |_: &[usize]| Ok(1.0);
        for (settings, n) in [
            (Bootstrap::new(), 2),
            (Bootstrap::new().resamples(1), 5),
            (Bootstrap::new().resamples(usize::MAX), 5),
            (Bootstrap::new().level(1.0), 5),
            (Bootstrap::new().level(f64::NAN), 5),
        ] {
            assert!(settings.interval(n, statistic).is_err());
        }
    }

    #[test]
    fn values_of_another_number_of_evaluations_or_none_are_refused() {
        let bootstrap = Bootstrap::new().resamples(4);
        let mut values = vec![1.0; bootstrap.n_evaluations(3)];
        assert!(bootstrap.interval_of_values(3, &values).is_ok());
        assert!(bootstrap.interval_of_values(3, &values[1..]).unwrap_err().to_string().contains("8 numbers"));
        values[2] = f64::NAN;
        assert!(bootstrap.interval_of_values(3, &values).unwrap_err().to_string().contains("row 2"));
    }
}

//! Test error foretold from measures, for networks of a kind that was not seen.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use topolens::statistics::{Bootstrap, ridge_regression};

use super::{Measure, MeasureKind, MeasureTable};
use crate::Result;
use crate::error::{Error, ErrorKind, TableProblem};

/// How well something foretells errors of networks that it was not fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// What foretells.
    pub name: String,
    /// Measures used.
    pub n_measures: usize,
    /// What is foretold of each network by a fit to the other architectures.
    pub predicted: Vec<f64>,
    /// Mean absolute error, with its 95 % interval over networks.
    pub mean_absolute_error: [f64; 3],
}

/// Predictors side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is left out at a time: the name of a hyper-parameter, or `network`.
    pub left_out: String,
    /// That of all descriptors at the last hidden layer and of the heights of the course over layers.
    pub descriptors: Validation,
    /// The mean error of the others, each baseline, all baselines together; the best first.
    pub baselines: Vec<Validation>,
    /// The p-value that descriptors are no better than the best baseline, by random signs of the differences.
    pub p_value: f64,
    /// The predictor fitted to all networks.
    pub predictor: Predictor,
}

/// A linear model of standardised measures, as it is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predictor {
    /// `topolens.predictor/1`.
    pub schema: String,
    /// Measures, in order.
    pub measures: Vec<String>,
    /// Whether the logarithm of a measure is taken.
    pub is_logarithmic: Vec<bool>,
    /// Mean of each.
    pub means: Vec<f64>,
    /// Standard deviation of each.
    pub deviations: Vec<f64>,
    /// What one standard deviation adds.
    pub coefficients: Vec<f64>,
    /// The mean error.
    pub intercept: f64,
    /// The penalty that was chosen.
    pub penalty: f64,
    /// 90 % of the networks left out were off by less than this.
    pub half_width: f64,
    /// Networks it was fitted to.
    pub n_networks: usize,
    /// Points of the clouds behind the descriptors, if known.
    pub n_points: Option<usize>,
}

/// An error foretold.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The test error.
    pub value: f64,
    /// Lower end of an interval that held 90 % of the networks left out.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Measures more than three standard deviations from what was seen.
    pub unlike: Vec<String>,
}

/// Fits descriptors and baselines to all architectures but one, in turn, and to all networks.
///
/// A predictor is a ridge regression on standardised measures, logarithms of those that are positive in all networks. Architectures are the hyper-parameter called
/// `net`; if it does not vary, networks are left out one by one. With `is_named` the descriptors are those whose name it accepts.
///
/// # Errors
///
/// No descriptor is defined in all networks, or there are fewer than six networks.
pub fn predict_errors(
    table: &MeasureTable,
    is_named: &dyn Fn(&str) -> bool,
    seed: u64,
) -> Result<Comparison> {
    const FEWEST: usize = 6;
    let refuse = |problem| Error::new(ErrorKind::Table { path: "measures".into(), problem });
    if table.len() < FEWEST {
        return Err(refuse(TableProblem::TooFewNetworks { got: table.len(), needed: FEWEST }));
    }
    let is_whole = |measure: &&Measure| measure.values.iter().all(Option::is_some);
    let of_kind = |kind: MeasureKind| table.measures.iter().filter(is_whole).filter(move |m| m.kind == kind);
    let chosen: Vec<&Measure> = of_kind(MeasureKind::Descriptor).filter(|m| is_named(&m.name)).collect();
    if chosen.is_empty() {
        return Err(refuse(TableProblem::NoDescriptor));
    }
    let (left_out, groups) = groups(table);
    let validate = |name: &str, measures: &[&Measure]| validate(table, name, measures, &groups, seed);
    let descriptors = validate("descriptors", &chosen)?;
    let simple: Vec<&Measure> = of_kind(MeasureKind::Baseline).collect();
    let mut baselines = vec![validate("mean error of the others", &[])?];
    for measure in &simple {
        baselines.push(validate(&measure.name, &[measure])?);
    }
    if simple.len() > 1 {
        baselines.push(validate("all baselines", &simple)?);
    }
    baselines.sort_by(|a, b| a.mean_absolute_error[0].total_cmp(&b.mean_absolute_error[0]));
    let p_value = sign_flip_p_value(&table.test_error, &descriptors.predicted, &baselines[0].predicted, seed);
    let predictor = Predictor::fit(&chosen, &table.test_error, &descriptors.predicted)?;
    Ok(Comparison { left_out, descriptors, baselines, p_value, predictor })
}

/// What is left out together.
fn groups(table: &MeasureTable) -> (String, Vec<usize>) {
    match table.architectures() {
        Some(hyper) => (hyper.name.clone(), hyper.codes()),
        None => ("network".to_owned(), (0..table.len()).collect()),
    }
}

fn validate(
    table: &MeasureTable,
    name: &str,
    measures: &[&Measure],
    groups: &[usize],
    seed: u64,
) -> Result<Validation> {
    let mut predicted = vec![0.0; table.len()];
    let n_groups = groups.iter().max().map_or(0, |last| last + 1);
    for group in 0..n_groups {
        let (seen, unseen): (Vec<usize>, Vec<usize>) =
            (0..table.len()).partition(|&row| groups[row] != group);
        let targets: Vec<f64> = seen.iter().map(|&row| table.test_error[row]).collect();
        let take = |measure: &&Measure| Measure {
            values: seen.iter().map(|&row| measure.values[row]).collect(),
            ..(*measure).clone()
        };
        let own: Vec<Measure> = measures.iter().map(take).collect();
        let own: Vec<&Measure> = own.iter().collect();
        if own.is_empty() || targets.len() < 3 {
            let mean = targets.iter().sum::<f64>() / targets.len().max(1) as f64;
            for &row in &unseen {
                predicted[row] = mean;
            }
            continue;
        }
        let predictor = Predictor::fit(&own, &targets, &targets)?;
        for &row in &unseen {
            let values: Vec<f64> = measures.iter().filter_map(|measure| measure.values[row]).collect();
            // Where a logarithm does not exist, the mean of the others is the best guess.
            predicted[row] = predictor.apply(&values).map_or(predictor.intercept, |found| found.value);
        }
    }
    let misses: Vec<f64> = predicted.iter().zip(&table.test_error).map(|(p, y)| (p - y).abs()).collect();
    let mean = |rows: &[usize]| Ok(rows.iter().map(|&row| misses[row]).sum::<f64>() / rows.len() as f64);
    let interval = Bootstrap::new().seed(seed).interval(misses.len(), mean)?;
    Ok(Validation {
        name: name.to_owned(),
        n_measures: measures.len(),
        predicted,
        mean_absolute_error: [interval.value, interval.lower, interval.upper],
    })
}

/// The share of random signs with which the mean of |miss of b| − |miss of a| is at least as large as it is.
fn sign_flip_p_value(targets: &[f64], a: &[f64], b: &[f64], seed: u64) -> f64 {
    const FLIPS: usize = 9999;
    let gains: Vec<f64> =
        targets.iter().zip(a.iter().zip(b)).map(|(y, (a, b))| (b - y).abs() - (a - y).abs()).collect();
    let gained: f64 = gains.iter().sum();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut as_large = 1;
    for _ in 0..FLIPS {
        let flipped: f64 = gains.iter().map(|gain| if random.random::<bool>() { *gain } else { -gain }).sum();
        as_large += usize::from(flipped >= gained);
    }
    as_large as f64 / (FLIPS + 1) as f64
}

impl Predictor {
    /// The schema that this version reads and writes.
    pub const SCHEMA: &str = "topolens.predictor/1";

    /// Fits all measures; `left_out` is what was foretold of the networks when they were left out.
    fn fit(measures: &[&Measure], targets: &[f64], left_out: &[f64]) -> Result<Self> {
        let is_logarithmic: Vec<bool> = measures
            .iter()
            .map(|measure| measure.values.iter().flatten().all(|value| *value > 0.0))
            .collect();
        let mut features = Vec::with_capacity(targets.len() * measures.len());
        for row in 0..targets.len() {
            for (measure, logarithmic) in measures.iter().zip(&is_logarithmic) {
                let value = measure.values[row].unwrap_or_default();
                features.push(if *logarithmic { value.ln() } else { value });
            }
        }
        let fit = ridge_regression(&features, targets)?;
        let mut misses: Vec<f64> = targets.iter().zip(left_out).map(|(y, p)| (y - p).abs()).collect();
        misses.sort_by(f64::total_cmp);
        // The order statistic that covers a new one with probability 0.9.
        let place = ((misses.len() + 1) * 9).div_ceil(10).min(misses.len());
        Ok(Self {
            schema: Self::SCHEMA.to_owned(),
            measures: measures.iter().map(|measure| measure.name.clone()).collect(),
            is_logarithmic,
            means: fit.means,
            deviations: fit.deviations,
            coefficients: fit.coefficients,
            intercept: fit.intercept,
            penalty: fit.penalty,
            half_width: misses[place - 1],
            n_networks: targets.len(),
            n_points: None,
        })
    }

    /// Whether it is of this version and its lists fit together.
    pub fn is_sound(&self) -> bool {
        let n = self.measures.len();
        let lengths =
            [self.is_logarithmic.len(), self.means.len(), self.deviations.len(), self.coefficients.len()];
        let numbers = self.means.iter().chain(&self.deviations).chain(&self.coefficients);
        let numbers = numbers.chain([&self.intercept, &self.half_width]);
        let are_numbers =
            numbers.clone().all(|number| number.is_finite()) && self.deviations.iter().all(|s| *s > 0.0);
        self.schema == Self::SCHEMA && n > 0 && lengths.iter().all(|length| *length == n) && are_numbers
    }

    /// What is foretold of a network with these measures, in order; `None` where a logarithm does not exist.
    pub fn apply(&self, values: &[f64]) -> Option<Prediction> {
        const FAR: f64 = 3.0;
        if values.len() != self.measures.len() {
            return None;
        }
        let (mut value, mut unlike) = (self.intercept, Vec::new());
        for (at, raw) in values.iter().enumerate() {
            if self.is_logarithmic[at] && *raw <= 0.0 {
                return None;
            }
            let feature = if self.is_logarithmic[at] { raw.ln() } else { *raw };
            let standardised = (feature - self.means[at]) / self.deviations[at];
            value += standardised * self.coefficients[at];
            if standardised.abs() > FAR && self.coefficients[at].abs() > 0.0 {
                unlike.push(self.measures[at].clone());
            }
        }
        if !value.is_finite() {
            return None;
        }
        let value = value.clamp(0.0, 1.0);
        let (lower, upper) = ((value - self.half_width).max(0.0), (value + self.half_width).min(1.0));
        Some(Prediction { value, lower, upper, unlike })
    }

    /// What is foretold of a network with these measures by name.
    ///
    /// # Errors
    ///
    /// A measure that the predictor needs is missing or undefined.
    pub fn predict(&self, measures: &[(String, Option<f64>)]) -> Result<Prediction> {
        let missing = |name: &String| {
            let problem = TableProblem::MissingMeasure { name: name.clone() };
            Error::new(ErrorKind::Table { path: "measures".into(), problem })
        };
        let value = |name: &String| {
            let found = measures.iter().find(|(known, _)| known == name).and_then(|(_, value)| *value);
            found.ok_or_else(|| missing(name))
        };
        let values = self.measures.iter().map(value).collect::<Result<Vec<f64>>>()?;
        let not_positive = || self.measures.iter().zip(&values).find(|(_, value)| **value <= 0.0);
        self.apply(&values).ok_or_else(|| missing(not_positive().map_or(&self.measures[0], |(name, _)| name)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::example;
    use super::*;

    fn compare(table: &MeasureTable) -> Comparison {
        predict_errors(table, &|name| name.ends_with("@last-hidden"), 0).unwrap()
    }

    #[test]
    fn a_measure_of_the_error_foretells_it_for_other_architectures() {
        let table = example(24);
        let found = compare(&table);
        assert_eq!(found.left_out, "net");
        assert!(found.descriptors.mean_absolute_error[0] < 0.3 * found.baselines[0].mean_absolute_error[0]);
        assert!(found.p_value < 0.01, "{}", found.p_value);
        assert!(found.baselines.is_sorted_by_key(|baseline| baseline.mean_absolute_error[0]));
        let measures = |row: usize| -> Vec<(String, Option<f64>)> {
            table.measures.iter().map(|m| (m.name.clone(), m.values[row])).collect()
        };
        for row in 0..4 {
            let prediction = found.predictor.predict(&measures(row)).unwrap();
            assert!(prediction.lower <= table.test_error[row] && table.test_error[row] <= prediction.upper);
            assert!(prediction.unlike.is_empty());
        }
        let far =
            vec![("signal@last-hidden".to_owned(), Some(1e4)), ("noise@last-hidden".to_owned(), Some(0.1))];
        assert!(found.predictor.predict(&far).unwrap().unlike.contains(&"signal@last-hidden".to_owned()));
        assert!(found.predictor.predict(&far[..1]).unwrap_err().to_string().contains("noise"));
    }

    #[test]
    fn noise_is_no_better_than_the_mean() {
        let mut table = example(24);
        table.measures.remove(0);
        assert!(compare(&table).p_value > 0.05);
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_names_do_not_matter() {
        let table = example(18);
        assert_eq!(compare(&table), compare(&table));
        let mut renamed = table.clone();
        renamed.hyper_parameters[0].levels.iter_mut().for_each(|level| level.insert(0, 'x'));
        assert_eq!(compare(&renamed).descriptors, compare(&table).descriptors);
        assert!(predict_errors(&table, &|_| false, 0).is_err());
        assert!(predict_errors(&example(5), &|_| true, 0).is_err());
    }
}

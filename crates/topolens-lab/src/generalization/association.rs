//! How measures go with the error.

use topolens::statistics::{
    ConditionalInformation, Correlation, GranulatedKendall, MultipleTesting, conditional_information,
    granulated_kendall, kendall_correlation, partial_correlation, pearson_correlation, spearman_correlation,
};

use super::descriptors::LAST_HIDDEN;
use super::{Measure, MeasureKind, MeasureTable};
use crate::Result;

/// Fewer networks say nothing.
const FEWEST: usize = 4;

/// How a measure goes with the test error and with the generalisation gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Association {
    /// The measure's name.
    pub measure: String,
    /// Where it comes from.
    pub kind: MeasureKind,
    /// Networks in which it is defined.
    pub n_networks: usize,
    /// With the test error.
    pub test_error: Against,
    /// With test error less training error, if that is known and varies.
    pub gap: Option<Against>,
    /// The p-value of Spearman's correlation with the test error, adjusted for all measures (Benjamini and Yekutieli).
    pub p_adjusted: f64,
}

/// Correlations of a measure with one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// Pearson's.
    pub pearson: Correlation,
    /// Spearman's.
    pub spearman: Correlation,
    /// Kendall's.
    pub kendall: Correlation,
    /// Kendall's within groups that differ in one hyper-parameter alone (Jiang et al. 2020).
    pub granulated: Option<GranulatedKendall>,
    /// Pearson's given what confounds it.
    pub partial: Vec<Partial>,
    /// Normalised conditional mutual information, at the hyper-parameters where it is least (Jiang et al. 2020).
    pub information: Option<ConditionalInformation>,
}

/// A coefficient with its interval as text; alone where it has none.
pub fn correlation_text(correlation: Correlation) -> String {
    let Correlation { value, lower, upper, .. } = correlation;
    let interval = lower.zip(upper).map(|(lower, upper)| format!(" [{lower:.2}, {upper:.2}]"));
    format!("{value:.2}{}", interval.unwrap_or_default())
}

/// A correlation given something.
#[derive(Debug, Clone, PartialEq)]
pub struct Partial {
    /// What is given.
    pub given: String,
    /// What is left; `None` where nothing is.
    pub correlation: Option<Correlation>,
}

/// What confounds measures, each as columns of numbers.
struct Confounder {
    name: String,
    columns: Vec<Vec<Option<f64>>>,
}

/// The associations of every measure that varies and is defined in half of the networks, four or more, descriptors first, from the surest on.
///
/// # Errors
///
/// None for a table whose columns are of one length.
///
/// # References
///
/// Magai & Ayzenberg 2022; Jiang et al. 2020; Tan et al. 2024 on confounding.
pub fn associations(table: &MeasureTable) -> Result<Vec<Association>> {
    let gap = table.gap();
    let confounders = confounders(table);
    let mut found = Vec::new();
    for measure in &table.measures {
        let given: Vec<&Confounder> =
            confounders.iter().filter(|confounder| confounder.name != measure.name).collect();
        let Some(test_error) = against(table, measure, &table.test_error, &given)? else { continue };
        let gap = match &gap {
            Some(gap) => against(table, measure, gap, &given)?,
            None => None,
        };
        found.push(Association {
            measure: measure.name.clone(),
            kind: measure.kind,
            n_networks: measure.values.iter().flatten().count(),
            p_adjusted: test_error.spearman.p_value,
            test_error,
            gap,
        });
    }
    if !found.is_empty() {
        let p_values: Vec<f64> = found.iter().map(|found| found.p_adjusted).collect();
        let adjusted = MultipleTesting::BenjaminiYekutieli.adjusted(&p_values)?;
        found.iter_mut().zip(adjusted).for_each(|(found, adjusted)| found.p_adjusted = adjusted);
    }
    // By p-value, which respects the number of networks, then by strength.
    let strength = |found: &Association| found.test_error.spearman.value.abs();
    let p_value = |found: &Association| found.test_error.spearman.p_value;
    found.sort_by(|a, b| {
        let by_p = p_value(a).total_cmp(&p_value(b));
        a.kind.cmp(&b.kind).then(by_p).then(strength(b).total_cmp(&strength(a)))
    });
    Ok(found)
}

/// Hyper-parameters, training error, NC1 and width of the last hidden layer, and all of them together.
fn confounders(table: &MeasureTable) -> Vec<Confounder> {
    let known = |column: Vec<f64>| column.into_iter().map(Some).collect::<Vec<Option<f64>>>();
    let mut confounders: Vec<Confounder> = table
        .hyper_parameters
        .iter()
        .map(|hyper| Confounder {
            name: hyper.name.clone(),
            columns: hyper.indicators().into_iter().map(known).collect(),
        })
        .collect();
    if let Some(error) = &table.train_error {
        confounders.push(Confounder { name: "train-error".to_owned(), columns: vec![known(error.clone())] });
    }
    for name in [format!("nc1:global@{LAST_HIDDEN}"), format!("width@{LAST_HIDDEN}")] {
        if let Some(measure) = table.measure(&name) {
            confounders.push(Confounder { name, columns: vec![measure.values.clone()] });
        }
    }
    if confounders.len() > 1 {
        let columns = confounders.iter().flat_map(|confounder| confounder.columns.clone()).collect();
        confounders.push(Confounder { name: "all".to_owned(), columns });
    }
    confounders
}

/// `None` if the measure is constant or not defined in half of the networks.
fn against(
    table: &MeasureTable,
    measure: &Measure,
    target: &[f64],
    confounders: &[&Confounder],
) -> Result<Option<Against>> {
    let rows: Vec<usize> = (0..table.len()).filter(|&row| measure.values[row].is_some()).collect();
    let x: Vec<f64> = rows.iter().filter_map(|&row| measure.values[row]).collect();
    let y: Vec<f64> = rows.iter().map(|&row| target[row]).collect();
    if rows.len() < FEWEST.max(table.len().div_ceil(2)) || is_constant(&x) || is_constant(&y) {
        return Ok(None);
    }
    let codes: Vec<Vec<usize>> = table.hyper_parameters.iter().map(super::HyperParameter::codes).collect();
    let codes: Vec<Vec<usize>> =
        codes.iter().map(|codes| rows.iter().map(|&row| codes[row]).collect()).collect();
    let codes: Vec<&[usize]> = codes.iter().map(Vec::as_slice).collect();
    let given = |confounder: &&Confounder| Partial {
        given: confounder.name.clone(),
        correlation: partial(measure, target, confounder),
    };
    Ok(Some(Against {
        pearson: pearson_correlation(&x, &y)?,
        spearman: spearman_correlation(&x, &y)?,
        kendall: kendall_correlation(&x, &y)?,
        // Undefined where no two networks differ in one hyper-parameter alone.
        granulated: granulated_kendall(&x, &y, &codes).ok(),
        partial: confounders.iter().map(given).collect(),
        information: if codes.is_empty() { None } else { conditional_information(&x, &y, &codes).ok() },
    }))
}

fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| (pair[0] - pair[1]).abs() == 0.0)
}

/// On the networks in which everything is defined; `None` where the confounders explain measure or target entirely.
fn partial(measure: &Measure, target: &[f64], confounder: &Confounder) -> Option<Correlation> {
    let is_known = |row: &usize| {
        measure.values[*row].is_some() && confounder.columns.iter().all(|column| column[*row].is_some())
    };
    let rows: Vec<usize> = (0..target.len()).filter(is_known).collect();
    let taken = |column: &[Option<f64>]| rows.iter().filter_map(|&row| column[row]).collect::<Vec<f64>>();
    let (x, y) = (taken(&measure.values), rows.iter().map(|&row| target[row]).collect::<Vec<f64>>());
    let columns: Vec<Vec<f64>> = confounder.columns.iter().map(|column| taken(column)).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    partial_correlation(&x, &y, &columns).ok()
}

#[cfg(test)]
mod tests {
    use super::super::table::example;
    use super::*;

    #[test]
    fn a_measure_of_the_error_is_found_and_noise_is_not() {
        let found = associations(&example(24)).unwrap();
        let names: Vec<&str> = found.iter().map(|found| found.measure.as_str()).collect();
        assert_eq!(names, ["signal@last-hidden", "noise@last-hidden", "weight-norm"]);
        let signal = &found[0];
        assert!(signal.test_error.pearson.value > 0.99 && signal.p_adjusted < 1e-3);
        assert!(signal.test_error.granulated.as_ref().unwrap().value > 0.8);
        assert!(found[1].p_adjusted > 0.05);
        let given: Vec<&str> =
            signal.test_error.partial.iter().map(|partial| partial.given.as_str()).collect();
        assert_eq!(given, ["net", "batch", "train-error", "all"]);
        assert!(signal.gap.is_some());
    }

    #[test]
    fn what_only_tells_a_setting_has_nothing_left_given_it() {
        let mut table = example(24);
        let codes = table.hyper_parameters[0].codes();
        let wobble = |row: usize| 0.1 * f64::from(blake3::hash(&[row as u8]).as_bytes()[2]) / 255.0;
        table.test_error = (0..24)
            .map(|row| {
                0.1 * codes[row] as f64 + 0.01 * f64::from(blake3::hash(&[row as u8]).as_bytes()[1]) / 255.0
            })
            .collect();
        table.measures[1].values = (0..24).map(|row| Some(codes[row] as f64 + wobble(row))).collect();
        let found = associations(&table).unwrap();
        let noise = found.iter().find(|found| found.measure.starts_with("noise")).unwrap();
        assert!(noise.test_error.pearson.value > 0.95);
        let given_net = noise.test_error.partial[0].correlation.unwrap();
        assert!(given_net.lower.unwrap() < 0.0 && given_net.upper.unwrap() > 0.0, "{given_net:?}");
    }

    #[test]
    fn a_confounder_that_is_unknown_for_one_network_costs_that_network_alone() {
        let mut table = example(24);
        let mut nc1 = Measure { name: format!("nc1:global@{LAST_HIDDEN}"), ..table.measures[1].clone() };
        nc1.values[3] = None;
        table.measures.push(nc1);
        let found = associations(&table).unwrap();
        let signal = found.iter().find(|found| found.measure.starts_with("signal")).unwrap();
        assert!(signal.test_error.partial.iter().all(|partial| partial.correlation.is_some()), "{signal:?}");
    }

    #[test]
    fn constant_and_rare_measures_are_left_out() {
        let mut table = example(6);
        table.measures[0].values = vec![Some(2.0); 6];
        table.measures[1].values = vec![Some(1.0), Some(2.0), Some(3.0), None, None, None];
        let found = associations(&table).unwrap();
        assert_eq!(found.len(), 1);
        table.train_error = None;
        assert!(associations(&table).unwrap()[0].gap.is_none());
    }
}

//! Does a descriptor tell how well a network generalises?
//!
//! Raw correlations with the test error are confounded by hyper-parameters (Tan et al. 2024); they are a first look,
//! never a conclusion.

use topolens::statistics::{Correlation, pearson_correlation};

use crate::Result;
use crate::profile::{Row, Scope};

/// A trained network: its profile and its error on images it has not seen.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Rows of the network's profile on training images.
    pub rows: Vec<Row>,
    /// Share of test images classified wrongly.
    pub test_error: f64,
}

/// How a descriptor at the last hidden layer goes with the test error over networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Association {
    /// The descriptor's name.
    pub descriptor: String,
    /// Its homology dimension, if it has one.
    pub homology_dimension: Option<usize>,
    /// Networks in which it is defined.
    pub n_networks: usize,
    /// Pearson's correlation with its 95 % interval.
    pub pearson: Correlation,
}

/// Correlates every descriptor of the last hidden layer, in scope `scope`, with the test error.
///
/// Descriptors that are defined in fewer than four networks are left out: their interval would be empty.
///
/// # Errors
///
/// A descriptor or the test error is the same in all networks.
///
/// # References
///
/// Magai & Ayzenberg 2022, experiment on 44 ResNets; Tan et al. 2024 on confounding.
pub fn associations(observations: &[Observation], scope: &Scope) -> Result<Vec<Association>> {
    const FEWEST: usize = 4;
    let mut found = Vec::new();
    for (name, homology_dimension) in descriptors(observations) {
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for observation in observations {
            let value = last_hidden(&observation.rows, scope, &name, homology_dimension);
            values.extend(value);
            errors.extend(value.map(|_| observation.test_error));
        }
        if values.len() >= FEWEST {
            let pearson = pearson_correlation(&values, &errors)?;
            found.push(Association {
                descriptor: name,
                homology_dimension,
                n_networks: values.len(),
                pearson,
            });
        }
    }
    Ok(found)
}

/// Every descriptor in order of first appearance.
fn descriptors(observations: &[Observation]) -> Vec<(String, Option<usize>)> {
    let mut names: Vec<(String, Option<usize>)> = Vec::new();
    for row in observations.iter().flat_map(|observation| &observation.rows) {
        let name = (row.descriptor.clone(), row.homology_dimension);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn last_hidden(
    rows: &[Row],
    scope: &Scope,
    descriptor: &str,
    homology_dimension: Option<usize>,
) -> Option<f64> {
    let output = rows.iter().map(|row| row.layer_index).max()?;
    let hidden = rows.iter().filter(|row| {
        row.layer_index < output
            && row.class == *scope
            && row.descriptor == descriptor
            && row.homology_dimension == homology_dimension
    });
    hidden.max_by_key(|row| row.layer_index)?.value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::row::example;

    #[test]
    fn the_last_hidden_layer_is_correlated_and_the_output_is_not_looked_at() {
        let network = |value: f64, test_error: f64| Observation {
            rows: vec![example(0, "two-nn", -value), example(1, "two-nn", value), example(2, "two-nn", 7.0)],
            test_error,
        };
        let networks =
            [network(1.0, 0.1), network(2.0, 0.2), network(3.0, 0.3), network(4.0, 0.4), network(5.0, 0.5)];
        let found = associations(&networks, &Scope::Global).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].n_networks, 5);
        assert!((found[0].pearson.value - 1.0).abs() < 1e-12);
        assert!(associations(&networks[..3], &Scope::Global).unwrap().is_empty());
    }
}

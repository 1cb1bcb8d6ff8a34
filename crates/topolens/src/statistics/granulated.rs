//! Kendall's rank correlation where one hyper-parameter varies at a time.

use std::collections::BTreeMap;

use super::correlation::check_pairs;
use crate::error::{Error, InputKind, Undefined};

/// A granulated rank correlation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GranulatedKendall {
    /// $\Psi$: the mean over the axes that vary.
    pub value: f64,
    /// $\psi_i$ of each hyper-parameter; `None` where no two models differ in it alone.
    pub axes: Vec<Option<f64>>,
}

/// $\Psi = \frac1N \sum_i \psi_i$, with $\psi_i$ the mean of $\tau$ over the groups of models that differ in
/// hyper-parameter $i$ alone.
///
/// $\tau$ of a group is the mean of $\operatorname{sgn}(x_a - x_b) \operatorname{sgn}(y_a - y_b)$ over its pairs, ties
/// counting 0.
/// Models that agree in every hyper-parameter (repeats) are not compared with each other.
///
/// # Shape
///
/// `hyper_parameters`: one list per hyper-parameter, holding the number of its value for each model.
///
/// # Errors
///
/// If lengths differ, there are fewer than 3 models, a number is not finite, or no two models differ in one
/// hyper-parameter alone.
///
/// # Complexity
///
/// $O(n^2)$ per hyper-parameter at most.
///
/// # Examples
///
/// ```
/// use topolens::statistics::granulated_kendall;
///
/// // The measure follows the gap along width, and opposes it along depth.
/// let (width, depth) = ([0, 1, 0, 1], [0, 0, 1, 1]);
/// let found = granulated_kendall(&[1., 2., 3., 4.], &[3., 4., 1., 2.], &[&width, &depth])?;
/// assert_eq!(found.axes, [Some(1.0), Some(-1.0)]);
/// assert_eq!(found.value, 0.0);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `jiang2020`
pub fn granulated_kendall(
    measure: &[f64],
    gap: &[f64],
    hyper_parameters: &[&[usize]],
) -> Result<GranulatedKendall, Error> {
    check_models(measure, gap, hyper_parameters)?;
    let axes: Vec<Option<f64>> =
        (0..hyper_parameters.len()).map(|axis| along(axis, measure, gap, hyper_parameters)).collect();
    let found: Vec<f64> = axes.iter().copied().flatten().collect();
    if found.is_empty() {
        return Err(Error::undefined("granulated Kendall's tau", Undefined::NothingVariesAlone));
    }
    Ok(GranulatedKendall { value: found.iter().sum::<f64>() / found.len() as f64, axes })
}

/// Whether every list has one entry per model.
pub(super) fn check_models(measure: &[f64], gap: &[f64], hyper_parameters: &[&[usize]]) -> Result<(), Error> {
    check_pairs(measure, gap)?;
    let expected = measure.len();
    match hyper_parameters.iter().find(|values| values.len() != expected) {
        Some(values) => {
            let (argument, got) = ("hyper_parameters", values.len());
            Err(InputKind::ShapeMismatch { argument, expected, got }.into())
        }
        None => Ok(()),
    }
}

fn along(axis: usize, measure: &[f64], gap: &[f64], hyper_parameters: &[&[usize]]) -> Option<f64> {
    let mut groups = BTreeMap::<Vec<usize>, Vec<usize>>::new();
    for model in 0..measure.len() {
        let others = hyper_parameters.iter().enumerate().filter(|(other, _)| *other != axis);
        groups.entry(others.map(|(_, values)| values[model]).collect()).or_default().push(model);
    }
    let varying = hyper_parameters[axis];
    let of_group = |group: &Vec<usize>| {
        let pairs = group.iter().enumerate().flat_map(|(at, &a)| group[..at].iter().map(move |&b| (a, b)));
        let signs: Vec<f64> = pairs
            .filter(|&(a, b)| varying[a] != varying[b])
            .map(|(a, b)| f64::from(sign(measure[a], measure[b]) * sign(gap[a], gap[b])))
            .collect();
        (!signs.is_empty()).then(|| signs.iter().sum::<f64>() / signs.len() as f64)
    };
    let taus: Vec<f64> = groups.values().filter_map(of_group).collect();
    (!taus.is_empty()).then(|| taus.iter().sum::<f64>() / taus.len() as f64)
}

pub(super) fn sign(a: f64, b: f64) -> i8 {
    i8::from(a > b) - i8::from(a < b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_compared_with_other_values_only() {
        let found = granulated_kendall(&[1., 2., 3., 9.], &[5., 1., 6., 7.], &[&[0, 0, 1, 1]]).unwrap();
        assert_eq!(found.axes, [Some(1.0)]);
        assert!(granulated_kendall(&[1., 2., 3.], &[1., 2., 3.], &[&[0, 0, 0]]).unwrap_err().is_undefined());
        assert!(granulated_kendall(&[1., 2., 3.], &[1., 2., 3.], &[&[0, 1]]).is_err());
    }
}

//! What a measure tells about generalisation beyond the hyper-parameters.

use std::collections::BTreeMap;

use super::granulated::{check_models, sign};
use crate::error::{Error, Undefined};

/// Normalised conditional mutual information.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ConditionalInformation {
    /// The least $I(V_\mu; V_g \mid U_S) / H(V_g \mid U_S)$, from 0 to 1.
    pub value: f64,
    /// The hyper-parameters, by their places, on which it is conditioned there.
    pub given: Vec<usize>,
}

/// $\min_{|S| \le 2} I(V_\mu; V_g \mid U_S) / H(V_g \mid U_S)$ of the signs $V$ of differences between two models.
///
/// The pairs are those of different models that agree in the hyper-parameters $S$, and $U_S$ is the value they share;
/// ordered both
/// ways, so that no sign is favoured. A tie is a sign of its own. Sets $S$ for which no such pair exists, or all have
/// one sign of $V_g$, are
/// left out.
///
/// # Shape
///
/// `hyper_parameters`: one list per hyper-parameter, holding the number of its value for each model.
///
/// # Units
///
/// Dimensionless: 1 when the measure orders every pair of models as the gap does, or always in reverse.
///
/// # Errors
///
/// If lengths differ, there are fewer than 3 models, a number is not finite, or `gap` is constant.
///
/// # Complexity
///
/// $O(n^2 h^2)$ for $h$ hyper-parameters.
///
/// # Examples
///
/// ```
/// use topolens::statistics::conditional_information;
///
/// // The measure knows the width only; given the width it says nothing.
/// let width = [0, 0, 1, 1];
/// let found = conditional_information(&[1., 1., 2., 2.], &[1., 2., 3., 4.], &[&width])?;
/// assert_eq!((found.value, found.given), (0.0, vec![0]));
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `jiang2020`
pub fn conditional_information(
    measure: &[f64],
    gap: &[f64],
    hyper_parameters: &[&[usize]],
) -> Result<ConditionalInformation, Error> {
    check_models(measure, gap, hyper_parameters)?;
    let n = hyper_parameters.len();
    let singles = (0..n).map(|a| vec![a]);
    let pairs = (0..n).flat_map(|b| (0..b).map(move |a| vec![a, b]));
    let mut least: Option<ConditionalInformation> = None;
    for given in std::iter::once(Vec::new()).chain(singles).chain(pairs) {
        let Some(value) = normalised(measure, gap, hyper_parameters, &given) else { continue };
        if least.as_ref().is_none_or(|least| value < least.value) {
            least = Some(ConditionalInformation { value, given });
        }
    }
    let constant = Undefined::ConstantInput { argument: "gap" };
    least.ok_or_else(|| Error::undefined("conditional mutual information", constant))
}

/// How often each pair of signs occurs, shifted to 0, 1, 2.
type Counts = [[f64; 3]; 3];

fn normalised(measure: &[f64], gap: &[f64], hyper_parameters: &[&[usize]], given: &[usize]) -> Option<f64> {
    let key = |model: usize| given.iter().map(|&at| hyper_parameters[at][model]).collect::<Vec<_>>();
    let keys: Vec<Vec<usize>> = (0..measure.len()).map(key).collect();
    let mut counts = BTreeMap::<&[usize], Counts>::new();
    for a in 0..measure.len() {
        for b in (0..measure.len()).filter(|&b| b != a && keys[a] == keys[b]) {
            let place = |values: &[f64]| usize::from((sign(values[a], values[b]) + 1).unsigned_abs());
            counts.entry(&keys[a]).or_default()[place(measure)][place(gap)] += 1.0;
        }
    }
    let (mut information, mut uncertainty) = (0.0, 0.0);
    for joint in counts.values() {
        let rows = joint.map(|row| row.iter().sum::<f64>());
        let columns = [0, 1, 2].map(|at| joint.iter().map(|row| row[at]).sum::<f64>());
        let of_gap = entropy(&columns);
        uncertainty += of_gap;
        information += of_gap + entropy(&rows) - entropy(joint.as_flattened());
    }
    (uncertainty > 0.0).then(|| (information / uncertainty).clamp(0.0, 1.0))
}

/// The entropy of the shares of some counts, times their total.
fn entropy(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    counts.iter().filter(|&&count| count > 0.0).map(|&count| -count * (count / total).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_order_and_its_reverse_tell_all() {
        let gap = [4.0, 1.0, 3.0, 2.0];
        let reverse = gap.map(|gap| -gap);
        let axes: [&[usize]; 2] = [&[0, 0, 1, 1], &[0, 1, 0, 1]];
        for measure in [gap, reverse] {
            let found = conditional_information(&measure, &gap, &axes).unwrap();
            assert!((found.value - 1.0).abs() < 1e-12, "{found:?}");
        }
        assert!(conditional_information(&gap, &[1.0; 4], &axes).unwrap_err().is_undefined());
    }

    #[test]
    fn signs_with_a_known_table() {
        // Three models, one of three pairs discordant: joint shares 1/3, 1/6, 1/6, 1/3.
        let found = conditional_information(&[1., 2., 3.], &[1., 3., 2.], &[]).unwrap();
        let expected = 1.0 + (2.0 / 3.0 * (2.0_f64 / 3.0).ln() + (1.0_f64 / 3.0).ln() / 3.0) / 2.0_f64.ln();
        assert!((found.value - expected).abs() < 1e-12);
    }
}

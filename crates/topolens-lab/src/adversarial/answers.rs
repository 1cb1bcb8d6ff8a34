//! How good answers are.

/// The share of pairs of label and answer that are equal; 0 of none.
pub fn accuracy(answers: &[(usize, usize)]) -> f64 {
    let n_right = answers.iter().filter(|(label, said)| label == said).count();
    n_right as f64 / answers.len().max(1) as f64
}

/// The mean over classes of the harmonic mean of precision and recall; a class counts if it is a label or an answer.
///
/// # Examples
///
/// ```
/// use topolens_lab::adversarial::macro_f1;
///
/// // Class 0: precision 1, recall 1/2; class 1: precision 1/2, recall 1.
/// let f1 = macro_f1(&[(0, 0), (0, 1), (1, 1)]);
/// assert!((f1 - 2.0 / 3.0).abs() < 1e-12);
/// ```
pub fn macro_f1(answers: &[(usize, usize)]) -> f64 {
    let n_classes = answers.iter().map(|(label, said)| label.max(said) + 1).max().unwrap_or(0);
    let (mut sum, mut n_present) = (0.0, 0);
    for class in 0..n_classes {
        let count = |holds: &dyn Fn(usize, usize) -> bool| {
            answers.iter().filter(|(label, said)| holds(*label, *said)).count() as f64
        };
        let both = count(&|label, said| label == class && said == class);
        let either = count(&|label, _| label == class) + count(&|_, said| said == class);
        if either > 0.0 {
            sum += 2.0 * both / either;
            n_present += 1;
        }
    }
    sum / f64::from(n_present.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_is_that_of_scikit_learn() {
        let text = include_str!("../../../../testdata/novelty/novelty.json");
        let reference: serde_json::Value = serde_json::from_str(text).unwrap();
        let list = |at: usize| {
            let list = reference["answers"][at].as_array().unwrap().iter();
            list.map(|value| value.as_u64().unwrap() as usize).collect::<Vec<_>>()
        };
        let answers: Vec<(usize, usize)> = list(0).into_iter().zip(list(1)).collect();
        let expected = reference["macro_f1"].as_f64().unwrap();
        assert!((macro_f1(&answers) - expected).abs() < 1e-12);
        assert_eq!((accuracy(&[]), macro_f1(&[])), (0.0, 0.0));
        assert_eq!((accuracy(&[(1, 1), (2, 0)]), macro_f1(&[(3, 3)])), (0.5, 1.0));
    }
}

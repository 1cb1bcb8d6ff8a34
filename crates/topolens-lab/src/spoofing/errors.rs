//! How the errors of a detector of presentation attacks are counted.

use crate::Result;
use crate::error::{Error, ErrorKind};

/// Error rates of presentation-attack detection at one threshold, ISO/IEC 30107-3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PresentationErrors {
    /// Attack presentations classified as bona fide.
    pub apcer: f64,
    /// Bona fide presentations classified as attacks.
    pub bpcer: f64,
}

impl PresentationErrors {
    /// The mean of the two rates.
    pub fn acer(&self) -> f64 {
        f64::midpoint(self.apcer, self.bpcer)
    }
}

/// Counts the errors of a detector whose score is high for attacks: a score above `threshold` is called an attack.
///
/// Give the scores of one kind of attack at a time: the standard reports the rate of the worst kind.
///
/// # Errors
///
/// No attack or no bona fide score, or a score that is not a number.
///
/// # Examples
///
/// ```
/// use topolens_lab::spoofing::presentation_errors;
///
/// let errors = presentation_errors(&[0.9, 0.8, 0.4], &[0.1, 0.6], 0.5)?;
/// assert!((errors.apcer - 1.0 / 3.0).abs() < 1e-12);
/// assert_eq!(errors.bpcer, 0.5);
/// # Ok::<(), topolens_lab::Error>(())
/// ```
pub fn presentation_errors(attacks: &[f64], bona_fide: &[f64], threshold: f64) -> Result<PresentationErrors> {
    for (name, scores) in [("attack", attacks), ("bona fide", bona_fide)] {
        if scores.is_empty() || scores.iter().any(|score| score.is_nan()) {
            return Err(Error::new(ErrorKind::BadScores { name, n_scores: scores.len() }));
        }
    }
    let share = |scores: &[f64], wrong: &dyn Fn(f64) -> bool| {
        scores.iter().filter(|score| wrong(**score)).count() as f64 / scores.len() as f64
    };
    Ok(PresentationErrors {
        apcer: share(attacks, &|score| score <= threshold),
        bpcer: share(bona_fide, &|score| score > threshold),
    })
}

/// The threshold, among the scores or 1 below all of them, at which the two rates are closest, with the rates there.
///
/// # Errors
///
/// As [`presentation_errors`].
///
/// # Complexity
///
/// $O(m \log m)$ for $m$ scores in all.
pub fn equal_errors(attacks: &[f64], bona_fide: &[f64]) -> Result<(f64, PresentationErrors)> {
    let lowest = attacks.iter().chain(bona_fide).copied().fold(f64::INFINITY, f64::min);
    // Below all scores everything is called an attack.
    let mut best = (lowest - 1.0, presentation_errors(attacks, bona_fide, lowest - 1.0)?);
    let sorted = |scores: &[f64]| {
        let mut sorted = scores.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    };
    let (attacks, bona_fide) = (sorted(attacks), sorted(bona_fide));
    let up_to = |scores: &[f64], threshold: f64| {
        scores.partition_point(|score| *score <= threshold) as f64 / scores.len() as f64
    };
    let gap = |errors: &PresentationErrors| (errors.apcer - errors.bpcer).abs();
    for &threshold in attacks.iter().chain(&bona_fide) {
        let errors = PresentationErrors {
            apcer: up_to(&attacks, threshold),
            bpcer: 1.0 - up_to(&bona_fide, threshold),
        };
        if gap(&errors) < gap(&best.1) {
            best = (threshold, errors);
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_counted_by_hand() {
        let errors = presentation_errors(&[0.2, 0.7, 0.9, 0.5], &[0.1, 0.5, 0.6], 0.5).unwrap();
        assert_eq!(errors, PresentationErrors { apcer: 0.5, bpcer: 1.0 / 3.0 });
        assert!((errors.acer() - 5.0 / 12.0).abs() < 1e-12);
    }

    #[test]
    fn separated_scores_have_no_equal_error() {
        let (threshold, errors) = equal_errors(&[3.0, 4.0], &[1.0, 2.0]).unwrap();
        assert_eq!((threshold, errors.acer()), (2.0, 0.0));
        let (threshold, errors) = equal_errors(&[3.0, 3.0], &[3.0]).unwrap();
        assert!(threshold == 2.0 && errors.acer() == 0.5);
        let (_, errors) = equal_errors(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!((errors.apcer, errors.bpcer), (0.5, 0.5));
    }

    #[test]
    fn the_equal_errors_are_those_counted_one_by_one() {
        let attacks: Vec<f64> = (0..40).map(|at| f64::from(at * 37 % 50)).collect();
        let bona_fide: Vec<f64> = (0..30).map(|at| f64::from(at * 29 % 41) - 9.0).collect();
        let (threshold, errors) = equal_errors(&attacks, &bona_fide).unwrap();
        let counted = presentation_errors(&attacks, &bona_fide, threshold).unwrap();
        assert!((errors.apcer - counted.apcer).abs() < 1e-12 && (errors.bpcer - counted.bpcer).abs() < 1e-12);
        let gap = |threshold: f64| {
            let errors = presentation_errors(&attacks, &bona_fide, threshold).unwrap();
            (errors.apcer - errors.bpcer).abs()
        };
        let least = attacks.iter().chain(&bona_fide).map(|at| gap(*at)).fold(1.0, f64::min);
        assert!((gap(threshold) - least).abs() < 1e-12);
    }

    #[test]
    fn missing_scores_are_named() {
        assert!(presentation_errors(&[], &[1.0], 0.5).unwrap_err().to_string().contains("attack"));
        assert!(presentation_errors(&[1.0], &[f64::NAN], 0.5).unwrap_err().to_string().contains("bona fide"));
    }
}

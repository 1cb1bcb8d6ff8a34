//! A detector that was fitted.

use serde::{Deserialize, Serialize};
use topolens::statistics::{LogisticFit, logistic_regression};

use super::kind::find_detector;
use super::reference::LayerReference;
use crate::Result;
use crate::profile::LayerCloud;

/// Logistic regression on the features of a kind at all layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    /// The name of its kind.
    pub kind: String,
    /// The attack it was fitted to.
    pub fitted_to: String,
    /// The probability above which an input is called attacked: one sound input in twenty held out exceeds it.
    pub threshold: f64,
    /// The linear function of the standardised features.
    regression: Regression,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Regression {
    intercept: f64,
    coefficients: Vec<f64>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// Strength of the data against the penalty.
const INVERSE_PENALTY: f64 = 1.0;

impl Detector {
    /// Fits to the features of sound and of attacked inputs.
    pub(crate) fn fit(
        kind: &str,
        fitted_to: &str,
        sound: &[Vec<f64>],
        attacked: &[Vec<f64>],
    ) -> Result<Self> {
        let features: Vec<f64> = sound.iter().chain(attacked).flatten().copied().collect();
        let is_attacked: Vec<bool> =
            sound.iter().map(|_| false).chain(attacked.iter().map(|_| true)).collect();
        let fit = logistic_regression(&features, &is_attacked, INVERSE_PENALTY)?;
        let LogisticFit { intercept, coefficients, means, deviations, .. } = fit;
        let regression = Regression { intercept, coefficients, means, deviations };
        Ok(Self { kind: kind.to_owned(), fitted_to: fitted_to.to_owned(), threshold: 0.5, regression })
    }

    /// The probability that each input is attacked, from its features.
    pub(super) fn scores(&self, features: &[Vec<f64>]) -> Vec<f64> {
        features.iter().map(|features| self.regression.probability(features)).collect()
    }

    /// The logarithm of the odds that each input is attacked, from its features.
    pub(crate) fn log_odds(&self, features: &[Vec<f64>]) -> Vec<f64> {
        features.iter().map(|features| self.regression.log_odds(features)).collect()
    }

    /// The probability that each point is attacked.
    pub(super) fn scores_of(&self, reference: &[LayerReference], layers: &[LayerCloud]) -> Result<Vec<f64>> {
        Ok(self.scores(&find_detector(&self.kind)?.features(reference, layers)?))
    }

    /// Sets the threshold that one sound input in twenty exceeds.
    pub(super) fn calibrate(&mut self, sound: &[f64]) {
        let mut sorted = sound.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        #[expect(clippy::cast_sign_loss, reason = "a place in a list")]
        let place = (0.95 * sorted.len() as f64) as usize;
        self.threshold = sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.5);
    }

    /// Whether it may be used: of a known kind, with as many numbers of each sort for every one of the layers.
    pub(super) fn is_sound(&self, n_layers: usize) -> bool {
        let Regression { intercept, coefficients, means, deviations } = &self.regression;
        let n = coefficients.len();
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        find_detector(&self.kind).is_ok()
            && n > 0
            && n.is_multiple_of(n_layers)
            && means.len() == n
            && deviations.len() == n
            && finite(coefficients)
            && finite(means)
            && deviations.iter().all(|deviation| deviation.is_finite() && *deviation > 0.0)
            && intercept.is_finite()
            && self.threshold.is_finite()
    }
}

impl Regression {
    fn log_odds(&self, features: &[f64]) -> f64 {
        let standardised =
            features.iter().zip(&self.means).zip(&self.deviations).map(|((x, mean), s)| (x - mean) / s);
        self.intercept + standardised.zip(&self.coefficients).map(|(z, b)| z * b).sum::<f64>()
    }

    fn probability(&self, features: &[f64]) -> f64 {
        1.0 / (1.0 + (-self.log_odds(features)).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(from: f64) -> Vec<Vec<f64>> {
        (0..20).map(|at| vec![from + 0.1 * f64::from(at)]).collect()
    }

    #[test]
    fn what_is_apart_is_told_apart_and_one_in_twenty_exceeds_the_threshold() {
        let mut detector = Detector::fit("lid", "fgsm", &features(0.0), &features(5.0)).unwrap();
        let [sound, attacked] = [0.0, 5.0].map(|from| detector.scores(&features(from)));
        let most = sound.iter().copied().fold(0.0, f64::max);
        assert!(attacked.iter().all(|score| *score > most));
        detector.calibrate(&sound);
        assert_eq!(sound.iter().filter(|score| **score >= detector.threshold).count(), 1);
        assert!(detector.is_sound(1) && !detector.is_sound(2));
        detector.regression.deviations[0] = 0.0;
        assert!(!detector.is_sound(1));
    }

    #[test]
    fn the_regression_is_that_of_the_statistics() {
        let detector = Detector::fit("lid", "fgsm", &features(0.0), &features(1.0)).unwrap();
        let all: Vec<f64> = features(0.0).into_iter().chain(features(1.0)).flatten().collect();
        let is_attacked: Vec<bool> = (0..40).map(|at| at >= 20).collect();
        let fit = logistic_regression(&all, &is_attacked, INVERSE_PENALTY).unwrap();
        assert!((detector.scores(&[vec![1.3]])[0] - fit.probability(&[1.3]).unwrap()).abs() < 1e-12);
    }
}

//! How well detectors tell attacked inputs from sound ones.

use serde::Serialize;
use topolens::statistics::{mean, roc_area};

use super::study::SeedResult;
use crate::Result;

/// The area under the ROC curve of a detector on an attack, over seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Area {
    /// The kind of detector.
    pub detector: String,
    /// The attack; `noise` is the control, which should not be detected.
    pub attack: String,
    /// Whether the detector was fitted to this attack (on other images).
    pub seen: bool,
    /// The mean over seeds.
    pub value: f64,
    /// The lower end of the 95 % interval over seeds (one seed: by DeLong over images), cut at 0.
    pub lower: f64,
    /// The upper end, cut at 1.
    pub upper: f64,
    /// The mean share of attacked inputs that exceed the threshold that one sound input in twenty exceeds.
    pub detected: f64,
    /// The area of each seed.
    pub of_seeds: Vec<f64>,
    /// Attacked inputs held out, all seeds together.
    pub n_attacked: usize,
}

/// The areas of every detector and attack, in the order of the first seed.
///
/// # Errors
///
/// An attack succeeded on fewer than two images, or fewer than two sound ones were held out.
pub fn areas_over_seeds(seeds: &[SeedResult]) -> Result<Vec<Area>> {
    let Some(first) = seeds.first() else { return Ok(Vec::new()) };
    let mut areas = Vec::new();
    for scored in &first.scored {
        let all: Vec<_> = seeds
            .iter()
            .flat_map(|seed| &seed.scored)
            .filter(|other| other.detector == scored.detector && other.attack == scored.attack)
            .collect();
        let (mut values, mut detected, mut n_attacked, mut one) = (Vec::new(), 0.0, 0, None);
        for found in &all {
            let scores: Vec<f64> = found.sound.iter().chain(&found.attacked).copied().collect();
            let is_attacked: Vec<bool> =
                found.sound.iter().map(|_| false).chain(found.attacked.iter().map(|_| true)).collect();
            let area = roc_area(&scores, &is_attacked)?;
            values.push(area.value);
            one = Some((area.lower, area.upper));
            let n_above = found.attacked.iter().filter(|score| **score >= found.threshold).count();
            detected += n_above as f64 / found.attacked.len() as f64 / all.len() as f64;
            n_attacked += found.attacked.len();
        }
        let mean = mean(&values)?;
        let ends = mean.interval(values.len()).or(one).unwrap_or((mean.value, mean.value));
        let (lower, upper) = (ends.0.max(0.0), ends.1.min(1.0));
        areas.push(Area {
            detector: scored.detector.clone(),
            attack: scored.attack.clone(),
            seen: scored.seen,
            value: mean.value,
            lower,
            upper,
            detected,
            of_seeds: values,
            n_attacked,
        });
    }
    Ok(areas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::study::Scored;

    fn seed(attacked: &[f64]) -> SeedResult {
        let scored = Scored {
            detector: "lid".to_owned(),
            attack: "pgd".to_owned(),
            seen: false,
            threshold: 0.4,
            sound: vec![0.1, 0.2, 0.3, 0.6],
            attacked: attacked.to_vec(),
        };
        SeedResult { seed: 0, n_fitted: [4, 4], scored: vec![scored] }
    }

    #[test]
    fn areas_are_means_of_pairs_won() {
        // 0.5 and 0.7 win 3 and 4 of 4 pairs; 0.25 and 0.05 win 2 and 0.
        let found = areas_over_seeds(&[seed(&[0.5, 0.7]), seed(&[0.25, 0.05])]).unwrap();
        assert_eq!(found[0].of_seeds, [7.0 / 8.0, 0.25]);
        assert_eq!((found[0].value, found[0].detected, found[0].n_attacked), (0.5625, 0.5, 4));
        assert!(found[0].lower < 0.1 && found[0].upper > 0.999);
        let one = areas_over_seeds(&[seed(&[0.5, 0.7])]).unwrap();
        assert!(one[0].lower < one[0].value && one[0].of_seeds.len() == 1);
        assert!(areas_over_seeds(&[seed(&[0.5])]).is_err());
    }
}

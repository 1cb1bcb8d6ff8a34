//! The results of detection as one value, and as files.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::evaluation::{Area, areas_over_seeds};
use super::report::write_detection_report;
use super::study::SeedResult;
use crate::Result;
use crate::error::Error;
use crate::profile::curve::are_apart;
use crate::rate::Rate;
use crate::store::atomic::write_atomically;
use crate::store::csv::write_lines;
use crate::store::{Provenance, to_json};

/// Areas under ROC curves with what must be known to read them.
#[derive(Debug, Clone)]
pub struct DetectionResults {
    /// Where the numbers came from.
    pub provenance: Provenance,
    /// The attack that detectors were fitted to, with its strength.
    pub fitted_to: String,
    /// The scores of every seed.
    pub seeds: Vec<SeedResult>,
    /// Areas over seeds.
    pub areas: Vec<Area>,
    /// The time it took, for the page.
    pub time: Option<Duration>,
}

impl DetectionResults {
    /// Keeps the time it took, for the page.
    #[must_use]
    pub fn took(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// Judges the scores and keeps them with their provenance.
    ///
    /// # Errors
    ///
    /// See [`areas_over_seeds`].
    pub fn new(provenance: Provenance, fitted_to: String, seeds: Vec<SeedResult>) -> Result<Self> {
        let areas = areas_over_seeds(&seeds)?;
        Ok(Self { provenance, fitted_to, seeds, areas, time: None })
    }

    /// The content of `detection.json`, schema `topolens.detection/1`.
    pub fn document(&self) -> Value {
        let seeds: Vec<Value> = self
            .seeds
            .iter()
            .map(|seed| json!({ "seed": seed.seed, "n_sound_fitted": seed.n_fitted[0], "n_attacked_fitted": seed.n_fitted[1] }))
            .collect();
        json!({
            "schema": "topolens.detection/1",
            "provenance": self.provenance,
            "fitted_to": self.fitted_to,
            "seeds": seeds,
            "areas": self.areas,
        })
    }

    /// What may be concluded, sentence by sentence.
    pub fn conclusions(&self) -> Vec<String> {
        let unseen = || self.areas.iter().filter(|area| !area.seen && area.attack != "noise");
        let mut sentences = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for area in &self.areas {
            if !names.contains(&area.detector.as_str()) {
                names.push(&area.detector);
            }
        }
        let worst = |name: &str| {
            let own = unseen().filter(|area| area.detector == name);
            own.min_by(|a, b| a.value.total_cmp(&b.value))
        };
        let best = names.iter().filter_map(|name| worst(name)).max_by(|a, b| a.value.total_cmp(&b.value));
        if let Some(best) = best {
            let guesses =
                if best.lower <= 0.5 { ", which is not to be told from guessing (0.5)" } else { "" };
            let ends = |area: &Area| Some((area.lower, area.upper));
            let alike: Vec<&str> = names
                .iter()
                .filter_map(|name| worst(name))
                .filter(|other| other.detector != best.detector)
                .filter(|other| are_apart(ends(other), ends(best)) == Some(false))
                .map(|other| other.detector.as_str())
                .collect();
            let doubt = if alike.is_empty() {
                String::new()
            } else {
                format!("; the intervals overlap, so it cannot be told apart from {}", alike.join(", "))
            };
            sentences.push(format!(
                "Over attacks that no detector was fitted to, {} is the best in its worst case: area {:.3} [{:.3}, {:.3}] on {}{guesses}{doubt}.",
                best.detector, best.value, best.lower, best.upper, best.attack
            ));
        } else {
            sentences.push(
                "No attack was left that detectors were not fitted to: nothing is said of new ones."
                    .to_owned(),
            );
        }
        let alarmed: Vec<String> = self
            .areas
            .iter()
            .filter(|area| area.attack == "noise" && area.detected > 0.1)
            .map(|area| format!("{} ({})", area.detector, alarms(area).percent()))
            .collect();
        sentences.push(if alarmed.is_empty() {
            format!(
                "Random noise of the same size is called attacked by every detector in less than one case of ten, where one in twenty is \
                 allowed{}.",
                self.most_alarmed().map_or_else(String::new, |told| format!(" (most by {told})"))
            )
        } else {
            format!(
                "Random noise of the same size raises the alarm of {}: these detect perturbation, not attack.",
                alarmed.join(", ")
            )
        });
        sentences
    }

    /// The detector that calls most noise attacked, with the share.
    fn most_alarmed(&self) -> Option<String> {
        let noise = self.areas.iter().filter(|area| area.attack == "noise");
        let most = noise.max_by(|a, b| a.detected.total_cmp(&b.detected))?;
        Some(format!("{}, {}", most.detector, alarms(most).percent()))
    }

    /// Writes `detection.json`, `areas.csv`, `scores.csv`, `report.html` and `figures/` into `folder`.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let path = folder.join("detection.json");
        write_atomically(&path, &to_json(&self.document(), &path)?)?;
        let header = ["detector", "attack", "seen", "area", "lower", "upper", "detected", "n_attacked"];
        let lines = self.areas.iter().map(|area| {
            vec![
                area.detector.clone(),
                area.attack.clone(),
                area.seen.to_string(),
                area.value.to_string(),
                area.lower.to_string(),
                area.upper.to_string(),
                area.detected.to_string(),
                area.n_attacked.to_string(),
            ]
        });
        write_lines(&folder.join("areas.csv"), header.map(str::to_owned).to_vec(), lines)?;
        let header = ["seed", "detector", "attack", "is_attacked", "score"];
        let lines = self.seeds.iter().flat_map(|seed| {
            seed.scored.iter().flat_map(move |scored| {
                let both = [(false, &scored.sound), (true, &scored.attacked)];
                both.into_iter().flat_map(move |(is_attacked, scores)| {
                    scores.iter().map(move |score| {
                        let [seed, is_attacked, score] =
                            [seed.seed.to_string(), is_attacked.to_string(), score.to_string()];
                        vec![seed, scored.detector.clone(), scored.attack.clone(), is_attacked, score]
                    })
                })
            })
        });
        write_lines(&folder.join("scores.csv"), header.map(str::to_owned).to_vec(), lines)?;
        write_detection_report(folder, self)
    }
}

/// The share of inputs that are called attacked.
fn alarms(area: &Area) -> Rate {
    Rate::of_share(area.detected, area.n_attacked)
}

#[cfg(test)]
mod tests {
    use super::super::study::Scored;
    use super::*;
    use crate::store::DataStamp;

    fn scored(detector: &str, attack: &str, attacked: &[f64]) -> Scored {
        Scored {
            detector: detector.to_owned(),
            attack: attack.to_owned(),
            seen: false,
            threshold: 0.9,
            sound: vec![0.1, 0.2, 0.3, 0.6],
            attacked: attacked.to_vec(),
        }
    }

    fn told(scored: Vec<Scored>) -> Vec<String> {
        let data = DataStamp { name: "data".to_owned(), n_images: 8, blake3: String::new() };
        let provenance = Provenance {
            version: String::new(),
            command: Vec::new(),
            seed: 0,
            network: "net".to_owned(),
            data,
        };
        let seeds = vec![SeedResult { seed: 0, n_fitted: [4, 4], scored }];
        DetectionResults::new(provenance, "fgsm".to_owned(), seeds).unwrap().conclusions()
    }

    #[test]
    fn detectors_whose_intervals_overlap_cannot_be_told_apart() {
        let found = told(vec![
            scored("lid", "pgd", &[0.5, 0.7, 0.65, 0.4]),
            scored("knn", "pgd", &[0.5, 0.7, 0.25, 0.4]),
            scored("lid", "noise", &[0.1, 0.2, 0.3, 0.6]),
        ]);
        assert!(found[0].contains("lid is the best in its worst case"), "{found:?}");
        assert!(
            found[0].ends_with("the intervals overlap, so it cannot be told apart from knn."),
            "{found:?}"
        );
        assert!(found[1].contains("(most by lid, 0.0 % [0.0, 49.0])"), "{found:?}");
    }

    #[test]
    fn an_area_that_may_be_one_half_is_guessing() {
        let found = told(vec![scored("lid", "pgd", &[0.15, 0.7, 0.05, 0.4])]);
        assert!(found[0].contains("which is not to be told from guessing (0.5)"), "{found:?}");
        let none = told(vec![scored("lid", "noise", &[0.1, 0.95, 0.96, 0.97])]);
        assert!(none[0].starts_with("No attack was left"), "{none:?}");
        assert!(none[1].contains("raises the alarm of lid (75.0 % ["), "{none:?}");
    }
}

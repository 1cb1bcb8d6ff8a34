//! What a study of spoofing may conclude, in words.

use super::attack_detection::Evaluation;
use super::document::SpoofResults;
use super::population::{PopulationRow, Subject};

/// Below this an adjusted p-value counts.
const LEVEL: f64 = 0.05;

impl SpoofResults {
    /// What may be concluded, sentence by sentence.
    pub fn conclusions(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self
            .kinds
            .iter()
            .skip(1)
            .flat_map(|kind| [self.apart(&kind.name), self.simpler(&kind.name)])
            .flatten()
            .collect();
        match &self.detection {
            Ok(found) => {
                sentences.extend(found.evaluations.iter().map(judged));
                let baselines = found.evaluations.iter().skip(1).zip(&found.area_above_baseline);
                sentences.extend(baselines.map(|(baseline, above)| {
                    format!("The area of the chosen detector less that of {}: {above}.", baseline.detector)
                }));
                sentences.extend(found.unseen.iter().map(judged));
            }
            Err(reason) => sentences.push(format!("No detector was made: {reason}.")),
        }
        if self.kinds.iter().any(|kind| kind.simulated) {
            sentences.push(
                "Attacks marked as simulated are computed, not taken with a camera: they say nothing of genuine prints and screens."
                    .to_owned(),
            );
        }
        sentences
    }

    /// Whether a live person is on several images.
    pub(super) fn has_repeated_persons(&self) -> bool {
        self.kinds.first().is_some_and(|live| live.n_images > live.n_persons)
    }

    /// At which layers neighbours are of the same kind more often than among persons dealt at random.
    fn apart(&self, kind: &str) -> Option<String> {
        let own = |row: &&PopulationRow| row.quantity == "neighbors-of-own-side";
        let of_kind: Vec<&PopulationRow> = self.of(kind).filter(own).collect();
        let most = of_kind.iter().filter(|row| row.value.is_some());
        let most = most.max_by(|a, b| a.value.partial_cmp(&b.value).unwrap_or(std::cmp::Ordering::Equal))?;
        let n_apart = of_kind.iter().filter(|row| row.p_adjusted.is_some_and(|p| p <= LEVEL)).count();
        let share = 100.0 * most.value.unwrap_or_default();
        Some(format!(
            "{kind}: at {n_apart} of {} layers nearest neighbours are of the same kind more often than by chance; most at {}, {share:.0} % where \
             50 % is chance.",
            of_kind.len(),
            most.layer
        ))
    }

    /// In which direction local dimension and E0 over its null go.
    fn simpler(&self, kind: &str) -> Option<String> {
        let difference = |quantity: &str| {
            let own: Vec<&PopulationRow> = self
                .of(kind)
                .filter(|row| row.of == Subject::Difference && row.quantity == quantity)
                .collect();
            let counts = |sign: f64| {
                let significant = own.iter().filter(|row| row.p_adjusted.is_some_and(|p| p <= LEVEL));
                significant.filter(|row| row.value.is_some_and(|value| value * sign > 0.0)).count()
            };
            (counts(-1.0), counts(1.0), own.len())
        };
        let (lower, higher, n) = difference("two-nn");
        (n > 0).then(|| {
            format!(
                "{kind}: the dimension by two nearest neighbours is lower than of live faces at {lower} and higher at {higher} of {n} layers \
                 (adjusted p up to {LEVEL}){}.",
                if self.has_repeated_persons() { "; neighbours may be images of the same person" } else { "" }
            )
        })
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a PopulationRow> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }
}

fn judged(found: &Evaluation) -> String {
    let attacks: Vec<String> = found
        .apcer
        .iter()
        .map(|of| format!("APCER of {} {}", of.kind, of.rate.percent()))
        .chain(found.control.iter().map(|of| format!("{} called attacks {}", of.kind, of.rate.percent())))
        .collect();
    format!(
        "Detector {}: area {}, ACER {}, BPCER {}, {}.",
        found.detector,
        found.area,
        found.acer.percent(),
        found.bpcer.percent(),
        attacks.join(", ")
    )
}

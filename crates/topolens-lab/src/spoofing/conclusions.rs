//! What a study of spoofing may conclude, in words.

use super::attack_detection::Evaluation;
use super::document::SpoofResults;
use super::population::{PopulationRow, Subject};
use crate::profile::curve::are_apart;
use crate::rate::Rate;

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
        // The second sentence answers whether attacks can be told; what else there is follows.
        let more = sentences.split_off(sentences.len().min(1));
        sentences.extend(self.detected());
        sentences.extend(more);
        if let Some(caution) = self.few_permutations() {
            sentences.push(caution);
        }
        if self.kinds.iter().any(|kind| kind.simulated) {
            sentences.push(
                "Attacks marked as simulated are computed, not taken with a camera: they say nothing of genuine prints and screens."
                    .to_owned(),
            );
        }
        sentences
    }

    /// How well detectors tell attacks, the chosen one first.
    fn detected(&self) -> Vec<String> {
        let mut sentences = Vec::new();
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
        sentences
    }

    /// With few permutations nothing can be significant.
    fn few_permutations(&self) -> Option<String> {
        let (n, least) = (self.settings.n_permutations, 1.0 / (self.settings.n_permutations as f64 + 1.0));
        (least > 0.2 * LEVEL).then(|| {
            format!("With {n} permutations no p is below {least:.3}, and adjusted ones are larger: what is not significant may well be there.")
        })
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
        let share = share_of(most);
        if self.kinds.iter().any(|other| other.name == kind && other.role == "control") {
            let meaning = match (n_apart, self.few_permutations()) {
                (0, None) => "what tells attacks apart is not the camera",
                (0, Some(_)) => "so few permutations cannot say whether the camera tells attacks apart",
                _ => "a part of what tells attacks apart is the camera",
            };
            let n = of_kind.len();
            return Some(format!(
                "{kind}, the control, lies apart from live faces at {n_apart} of {n} layers (most at {}, {share}): {meaning}.",
                most.layer
            ));
        }
        let level = self.level(&most.layer).map_or_else(String::new, |level| {
            format!(" where it is {} between live faces of some persons and of others", share_of(level))
        });
        let doubt = if n_apart == 0 { self.doubt(most) } else { "" };
        Some(format!(
            "{kind}: at {n_apart} of {} layers nearest neighbours are of the same kind more often than if persons were dealt at random; most at {}, \
             {share}{level}{doubt}.",
            of_kind.len(),
            most.layer
        ))
    }

    /// What it means that no layer is significant, where the share of `most` is largest.
    fn doubt(&self, most: &PopulationRow) -> &'static str {
        let ends = |row: &PopulationRow| row.lower.zip(row.upper);
        let level = self.level(&most.layer);
        match level.and_then(|level| are_apart(ends(most), ends(level))) {
            Some(true) => {
                "; the intervals are apart there, but the permutation test over all layers establishes no difference"
            }
            _ => ": by their neighbours the two cannot be told apart",
        }
    }

    /// The share of neighbours of the own side between live faces of some persons and of others.
    fn level(&self, layer: &str) -> Option<&PopulationRow> {
        let live = &self.kinds.first()?.name;
        let mut own =
            self.of(live).filter(|row| row.layer == layer && row.quantity == "neighbors-of-own-side");
        own.next().filter(|row| row.value.is_some())
    }

    /// In which direction the dimension goes.
    fn simpler(&self, kind: &str) -> Option<String> {
        let (lower, higher, n) = self.changes(kind, "mle");
        let (lower_near, higher_near, _) = self.changes(kind, "two-nn");
        let is_defined = |row: &&PopulationRow| {
            row.quantity == "mle" && row.of == Subject::Difference && row.value.is_some()
        };
        if n > 0 && self.of(kind).find(is_defined).is_none() {
            let reason = self.of(kind).find_map(|row| row.reason.as_deref()).unwrap_or("no reason is known");
            return Some(format!("{kind}: the dimension is undefined at every layer ({reason})."));
        }
        (n > 0).then(|| {
            let repeated = if self.has_repeated_persons() { "; neighbours may be images of the same person" } else { "" };
            format!(
                "{kind}: of {n} layers the dimension is lower than of live faces at {lower} by maximum likelihood and at {lower_near} by two nearest \
                 neighbours, higher at {higher} and {higher_near} (adjusted p up to {LEVEL}){repeated}."
            )
        })
    }

    /// At how many layers a quantity is lower than of live faces, at how many higher, and of how many.
    fn changes(&self, kind: &str, quantity: &str) -> (usize, usize, usize) {
        let is_own = |row: &&PopulationRow| row.of == Subject::Difference && row.quantity == quantity;
        let own: Vec<&PopulationRow> = self.of(kind).filter(is_own).collect();
        let count = |sign: f64| {
            let significant = own.iter().filter(|row| row.p_adjusted.is_some_and(|p| p <= LEVEL));
            significant.filter(|row| row.value.is_some_and(|value| value * sign > 0.0)).count()
        };
        (count(-1.0), count(1.0), own.len())
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a PopulationRow> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }
}

/// A share in percent with its interval, which does not leave 0 to 1.
fn share_of(row: &PopulationRow) -> String {
    let cut = |end: Option<f64>| end.map(|end| end.clamp(0.0, 1.0));
    Rate { value: row.value.unwrap_or_default(), lower: cut(row.lower), upper: cut(row.upper) }.percent()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoofing::document::KindSummary;
    use crate::spoofing::study::PopulationSettings;
    use crate::store::{DataStamp, Provenance};

    fn row(kind: &str, of: Subject, quantity: &str, value: f64, p_adjusted: f64) -> PopulationRow {
        PopulationRow {
            kind: kind.to_owned(),
            simulated: true,
            layer: "block1".to_owned(),
            layer_index: 1,
            depth: 0.5,
            of,
            quantity: quantity.to_owned(),
            homology_dimension: None,
            value: Some(value),
            lower: None,
            upper: None,
            p_value: Some(p_adjusted),
            p_adjusted: Some(p_adjusted),
            n_points: 100,
            n_features: 8,
            reason: None,
        }
    }

    fn results(p_of_control: f64) -> SpoofResults {
        let kind = |name: &str, role, simulated| KindSummary {
            name: name.to_owned(),
            role,
            simulated,
            n_images: 20,
            n_persons: 20,
            example: Vec::new(),
        };
        SpoofResults {
            provenance: Provenance {
                version: String::new(),
                command: Vec::new(),
                seed: 0,
                network: "net".to_owned(),
                data: DataStamp { name: "faces".to_owned(), n_images: 60, blake3: String::new() },
            },
            kinds: vec![
                kind("live", "live", false),
                kind("print", "attack", true),
                kind("camera", "control", true),
            ],
            persons_by: "folder".to_owned(),
            left_out: Vec::new(),
            settings: PopulationSettings::default(),
            rows: vec![
                row("live", Subject::Between, "neighbors-of-own-side", 0.61, 0.5),
                row("print", Subject::Between, "neighbors-of-own-side", 0.9, 0.01),
                row("print", Subject::Difference, "mle", -2.0, 0.01),
                row("print", Subject::Difference, "two-nn", 1.0, 0.2),
                row("camera", Subject::Between, "neighbors-of-own-side", 0.52, p_of_control),
            ],
            time: None,
            detection: Err("8 persons where 10 are needed".to_owned()),
        }
    }

    #[test]
    fn words_follow_the_numbers_and_the_control() {
        let said = results(0.5).conclusions().join("\n");
        for words in [
            "print: at 1 of 1 layers nearest neighbours are of the same kind more often than if persons were dealt at random; most at block1, 90.0 % where it \
             is 61.0 % between live faces",
            "lower than of live faces at 1 by maximum likelihood and at 0 by two nearest neighbours, higher at 0 and 0",
            "camera, the control, lies apart from live faces at 0 of 1 layers (most at block1, 52.0 %): what tells attacks apart is not the camera",
            "No detector was made: 8 persons",
            "say nothing of genuine prints",
        ] {
            assert!(said.contains(words), "{words}\n{said}");
        }
        let mut wide = results(0.5);
        wide.rows[1].p_adjusted = Some(0.2);
        (wide.rows[0].lower, wide.rows[0].upper) = (Some(0.5), Some(0.7));
        (wide.rows[1].lower, wide.rows[1].upper) = (Some(0.85), Some(1.003));
        let said = wide.conclusions().join("\n");
        assert!(said.contains("90.0 % [85.0, 100.0] where it is 61.0 % [50.0, 70.0]"), "{said}");
        assert!(said.contains("intervals are apart there, but the permutation test"), "{said}");
        wide.rows[1].lower = Some(0.65);
        let said = wide.conclusions().join("\n");
        assert!(said.contains("by their neighbours the two cannot be told apart"), "{said}");
        wide.settings.n_permutations = 19;
        let said = wide.conclusions().join("\n");
        assert!(said.contains("so few permutations cannot say whether the camera"), "{said}");
        let said = results(0.01).conclusions().join("\n");
        assert!(said.contains("a part of what tells attacks apart is the camera"), "{said}");
    }
}

//! The results of verification as one value, and as files.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::report::write_verification_report;
use super::{Familiarity, Group};
use crate::Result;
use crate::error::Error;
use crate::profile::curve::are_apart;
use crate::store::atomic::write_atomically;
use crate::store::csv::write_lines;
use crate::store::{Provenance, to_json};

/// How well persons are told apart, with what must be known to read it.
#[derive(Debug, Clone)]
pub struct VerificationResults {
    /// Where the numbers came from.
    pub provenance: Provenance,
    /// The layer of the embeddings.
    pub layer: String,
    /// What should be known of the pictures, such as how many could not be read.
    pub notice: Option<String>,
    /// The groups of persons; those who were not in training come first.
    pub groups: Vec<Group>,
    /// Groups that could not be judged, each with the reason.
    pub left_out: Vec<(Familiarity, String)>,
    /// The time it took, for the page.
    pub time: Option<Duration>,
}

impl VerificationResults {
    /// The content of `verify.json`, schema `topolens.verification/1`.
    pub fn document(&self) -> Value {
        let left_out: Vec<Value> = self
            .left_out
            .iter()
            .map(|(familiarity, reason)| json!({ "familiarity": familiarity, "reason": reason }))
            .collect();
        json!({
            "schema": "topolens.verification/1",
            "provenance": self.provenance,
            "layer": self.layer,
            "notice": self.notice,
            "groups": self.groups,
            "left_out": left_out,
        })
    }

    /// What may be concluded, sentence by sentence.
    pub fn conclusions(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        match self.groups.first() {
            Some(group) if group.familiarity != Familiarity::Seen => sentences.push(headline(group)),
            _ => sentences.push(
                "Nothing is said of persons who were not in training: there are none to be compared, and figures of persons who were do not carry over."
                    .to_owned(),
            ),
        }
        sentences.extend(self.beside_guessing());
        if self.groups.iter().any(|group| group.familiarity == Familiarity::Unknown) {
            sentences.push(
                "It is not known which persons the network was trained on; were any of these among them, the figures are too good (--persons says \
                 who was not)."
                    .to_owned(),
            );
        }
        sentences.extend(self.left_out.iter().map(|(familiarity, reason)| {
            format!("Persons {} are not judged: {reason}.", familiarity.words())
        }));
        sentences
    }

    /// Whether the first group is told apart better than by guessing, and how it lies to the second.
    fn beside_guessing(&self) -> Option<String> {
        let first = self.groups.first().filter(|group| group.familiarity != Familiarity::Seen)?;
        let guessing = match first.area.lower {
            None => "The area has no interval: whether it is more than guessing (0.5) cannot be said",
            Some(lower) if lower > 0.5 => "The interval of the area lies above 0.5, which is guessing",
            Some(_) => "The interval of the area holds 0.5: it cannot be told from guessing",
        };
        let second = self.groups.get(1).map_or_else(String::new, |second| {
            let words = second.familiarity.words();
            match are_apart(first.area.interval(), second.area.interval()) {
                Some(true) => {
                    format!("; of persons {words} it is {}, and the intervals are apart", second.area)
                }
                _ => format!("; of persons {words} it is {}, and the two cannot be told apart", second.area),
            }
        });
        Some(format!("{guessing}{second}."))
    }

    /// Writes `verify.json`, `pairs.csv`, `report.html` and `figures/` into `folder`.
    ///
    /// # Errors
    ///
    /// The folder cannot be made or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        let path = folder.join("verify.json");
        write_atomically(&path, &to_json(&self.document(), &path)?)?;
        let header = ["familiarity", "genuine", "cosine"].map(str::to_owned).to_vec();
        let lines = self.groups.iter().flat_map(|group| {
            let pairs = group.pairs.cosines.iter().zip(&group.pairs.is_genuine);
            pairs.map(|(cosine, genuine)| {
                let word = format!("{:?}", group.familiarity).to_lowercase();
                vec![word, genuine.to_string(), cosine.to_string()]
            })
        });
        write_lines(&folder.join("pairs.csv"), header, lines)?;
        write_verification_report(folder, self)
    }
}

fn headline(group: &Group) -> String {
    let n = group.persons.len();
    let mut rates = group.true_accept_rates.iter().filter_map(|rate| {
        let share = rate.true_accept_rate?;
        Some(format!(
            " At most {} of impostor pairs accepted, {} of genuine pairs are.",
            percent(rate.false_accept_rate),
            share.percent()
        ))
    });
    format!(
        "{n} persons {}: area under the ROC curve {}, equal error rate {} ({} genuine and {} impostor pairs; intervals over persons).{}",
        group.familiarity.words(),
        group.area,
        group.equal_error_rate.percent(),
        group.n_genuine,
        group.n_impostor,
        rates.next_back().unwrap_or_default()
    )
}

/// A share in percent, without digits that say nothing.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", (1e6 * share).round() / 1e4)
}

impl super::RateAt {
    /// In percent, or why it cannot be told.
    pub fn words(&self, n_impostor: usize) -> String {
        match &self.true_accept_rate {
            Some(share) => share.percent(),
            None => format!("{n_impostor} of {} pairs", self.n_impostor_needed),
        }
    }
}

//! Descriptors of clean data against robust accuracy, over many networks.

use std::path::Path;

use serde_json::{Value, json};
use topolens_nn::attack::{Assault, Ball, Victim};

use super::answers::accuracy;
use super::study::{Images, Planned};
use crate::Result;
use crate::generalization::{Association, LAST_HIDDEN, MeasureKind, MeasureTable, associations};
use crate::report::{Group, Picture, ScatterPlot, Sheet, Size, StudyPage, scatter};

/// The share of images that a network gets right after the worst of some attacks, each at the first of its strengths; and before any.
///
/// An image counts as robust if no attack changes the answer.
///
/// # Errors
///
/// The images or an attack do not fit the network.
pub fn robust_accuracy(
    victim: &Victim<'_>,
    images: &Images,
    attacks: &[Planned],
    seed: u64,
) -> Result<[f64; 2]> {
    let assault = Assault::new(victim, &images.pixels, &images.labels, None)?;
    let mut holds = vec![true; assault.n_attacked()];
    for planned in attacks {
        let attack = planned.method.build(&planned.settings)?;
        let norm = planned.settings.norm;
        let ball =
            planned.epsilons.first().map_or_else(|| Ok(assault.whole(norm)), |e| Ball::new(norm, *e))?;
        let outcome = if planned.method.is_minimal {
            let smallest = assault.run(attack.as_ref(), assault.whole(norm), seed, &mut |_| {})?;
            assault.judge(assault.within(&smallest.images, ball), ball)?
        } else {
            assault.run(attack.as_ref(), ball, seed, &mut |_| {})?
        };
        holds.iter_mut().zip(&outcome.succeeded).for_each(|(holds, met)| *holds &= !met);
    }
    let clean = assault.judge(assault.images().clone(), assault.whole(topolens_nn::attack::Norm::Linf))?;
    let n_robust = holds.iter().filter(|holds| **holds).count();
    Ok([n_robust as f64 / images.labels.len().max(1) as f64, accuracy(&assault.answers(&clean))])
}

/// Networks with their robust accuracy, and what goes with it.
#[derive(Debug, Clone)]
pub struct Robustness {
    /// What was attacked, in words.
    pub attacks: String,
    /// Accuracy of each network before any attack, on the images attacked.
    pub clean: Vec<f64>,
    /// The measures of each network; its errors are those after the attacks, its training errors those on clean test images.
    table: MeasureTable,
    found: Vec<Association>,
}

impl Robustness {
    /// Looks what of `table` goes with the robust accuracies.
    ///
    /// # Errors
    ///
    /// See [`associations`].
    pub fn new(attacks: String, table: MeasureTable, accuracies: &[[f64; 2]]) -> Result<Self> {
        let clean: Vec<f64> = accuracies.iter().map(|[_, clean]| *clean).collect();
        let table = MeasureTable {
            test_error: accuracies.iter().map(|[robust, _]| 1.0 - robust).collect(),
            train_error: Some(clean.iter().map(|clean| 1.0 - clean).collect()),
            ..table
        };
        let found = associations(&table)?;
        Ok(Self { attacks, clean, table, found })
    }

    /// Robust accuracy of each network.
    pub fn robust(&self) -> Vec<f64> {
        self.table.test_error.iter().map(|error| 1.0 - error).collect()
    }

    /// Names of the networks.
    pub fn networks(&self) -> &[String] {
        &self.table.networks
    }

    /// Name, kind, Spearman's correlation with the robust accuracy with its interval and adjusted p-value, and Pearson's given clean
    /// accuracy, of every measure, the surest first.
    pub fn lines(&self) -> Vec<Line> {
        let line = |found: &Association| {
            let spearman = found.test_error.spearman;
            let given = |confounder: &str| {
                let partial = found.test_error.partial.iter().find(|partial| partial.given == confounder)?;
                partial.correlation.map(|found| -found.value)
            };
            Line {
                measure: found.measure.clone(),
                kind: found.kind,
                n_networks: found.n_networks,
                // Errors fall where accuracy rises.
                spearman: -spearman.value,
                interval: spearman.upper.zip(spearman.lower).map(|(upper, lower)| (-upper, -lower)),
                p_adjusted: found.p_adjusted,
                given_clean_accuracy: given(GIVEN),
                given_all: given("all"),
            }
        };
        self.found.iter().map(line).collect()
    }

    /// The content of `robustness.json`, schema `topolens.robustness/1`.
    pub fn document(&self) -> Value {
        let networks = self.table.networks.iter().zip(self.clean.iter().zip(self.robust()));
        let networks: Vec<Value> = networks
            .map(|(name, (clean, robust))| json!({ "network": name, "clean_accuracy": clean, "robust_accuracy": robust }))
            .collect();
        let lines = self.lines().into_iter().map(|line| {
            json!({
                "measure": line.measure, "kind": line.kind.label(), "n_networks": line.n_networks, "spearman": line.spearman,
                "lower": line.interval.map(|ends| ends.0), "upper": line.interval.map(|ends| ends.1),
                "p_adjusted": line.p_adjusted, "pearson_given_clean_accuracy": line.given_clean_accuracy, "pearson_given_all": line.given_all,
            })
        });
        json!({
            "schema": "topolens.robustness/1",
            "attacks": self.attacks,
            "networks": networks,
            "measures": lines.collect::<Vec<_>>(),
        })
    }

    /// Writes `report.html` and figures into `folder`; `origin` is the command and what else must be known to make the page again.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write_report(&self, folder: &Path, origin: &[(String, String)]) -> Result<()> {
        let n = self.table.len();
        let page = StudyPage {
            kind: "topolens attack",
            title: format!("Descriptors of clean data and the robustness of {n} networks"),
            question: "Do descriptors of clean data tell how well a network withstands attacks?",
            answer: self.answer(),
            cautions: [
                "Robust accuracy against these attacks is an upper bound.",
                "Accurate networks have more to lose, and width, regularisation and data move both sides: read the last two columns.",
                "Many measures were tried; only the adjusted p-value speaks of the best of them.",
            ]
            .map(str::to_owned)
            .to_vec(),
            pictures: self.pictures(),
            sheets: self.sheets(),
            provenance: origin
                .iter()
                .cloned()
                .chain([
                    ("attacks".to_owned(), self.attacks.clone()),
                    ("networks".to_owned(), n.to_string()),
                ])
                .collect(),
        };
        page.write(folder)
    }

    /// What may be concluded, sentence by sentence.
    pub fn answer(&self) -> Vec<String> {
        let n = self.table.len();
        let lines = self.lines();
        let best = lines.iter().find(|line| line.kind == MeasureKind::Descriptor);
        let mut sentences = Vec::new();
        if let Some(best) = best {
            let [given, given_all] = [best.given_clean_accuracy, best.given_all].map(signed);
            let sure = if best.p_adjusted < 0.05 { "beyond" } else { "not beyond" };
            sentences.push(format!(
                "Of all descriptors {} goes most surely with robust accuracy: Spearman {}, {sure} chance among all that were tried (adjusted \
                 p = {:.3}); given clean accuracy {given}, given all that confounds it {given_all}.",
                best.measure,
                best.correlation(),
                best.p_adjusted
            ));
        }
        if let Some(baseline) = lines.iter().find(|line| line.kind == MeasureKind::Baseline) {
            let [given, given_all] = [baseline.given_clean_accuracy, baseline.given_all].map(signed);
            sentences.push(format!(
                "Of the baselines, which need no cloud, {} does: Spearman {}; given clean accuracy {given}, given all that confounds it {given_all}.",
                baseline.measure,
                baseline.correlation()
            ));
        }
        sentences.push(format!("{n} networks under {}.", self.attacks));
        sentences
    }

    fn pictures(&self) -> Vec<Picture> {
        let lines = self.lines();
        let best = lines.iter().find(|line| line.kind == MeasureKind::Descriptor);
        let always = [
            format!("lifespans-sum-over-null-h0:local@{LAST_HIDDEN}"),
            format!("ph-dimension-h0:global@{LAST_HIDDEN}"),
        ];
        let mut names: Vec<&str> = best
            .into_iter()
            .map(|line| line.measure.as_str())
            .chain(always.iter().map(String::as_str))
            .collect();
        names.dedup();
        let picture = |(at, name): (usize, &str)| self.picture(at, name);
        names.into_iter().enumerate().filter_map(picture).collect()
    }

    fn picture(&self, at: usize, name: &str) -> Option<Picture> {
        let values = &self.table.measure(name)?.values;
        let robust = self.robust();
        let points: Vec<(f64, f64)> =
            values.iter().zip(&robust).filter_map(|(value, robust)| Some(((*value)?, *robust))).collect();
        let plot = ScatterPlot {
            description: format!("{name} against robust accuracy of {} networks.", points.len()),
            x_label: name.to_owned(),
            y_label: "robust accuracy".to_owned(),
            groups: vec![Group { label: "networks".to_owned(), points }],
            with_diagonal: false,
        };
        Some(Picture {
            name: format!("{:02}-robust-accuracy", at + 1),
            scene: scatter(&plot, Size::COLUMN),
            title: format!("{name} against robust accuracy"),
            reading: "A mark per network.".to_owned(),
            caution: "Accuracy on clean images moves both.".to_owned(),
        })
    }

    fn sheets(&self) -> Vec<Sheet> {
        const MOST: usize = 40;
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let networks = self.table.networks.iter().zip(self.clean.iter().zip(self.robust()));
        let lines = self.lines();
        vec![
            Sheet {
                title: "Networks".to_owned(),
                note: self.attacks.clone(),
                header: ["network", "clean accuracy", "robust accuracy"].map(str::to_owned).to_vec(),
                rows: networks
                    .map(|(name, (clean, robust))| vec![name.clone(), percent(*clean), percent(robust)])
                    .collect(),
            },
            Sheet {
                title: "Measures and robust accuracy".to_owned(),
                note: format!("Of {} measures the {} surest.", lines.len(), lines.len().min(MOST)),
                header: [
                    "measure",
                    "kind",
                    "networks",
                    "Spearman [95 %]",
                    "adjusted p",
                    "given clean accuracy",
                    "given all",
                ]
                .map(str::to_owned)
                .to_vec(),
                rows: lines.iter().take(MOST).map(Line::cells).collect(),
            },
        ]
    }
}

/// "Training error" of the table is the error on clean images.
const GIVEN: &str = "train-error";

/// A correlation as text.
fn signed(correlation: Option<f64>) -> String {
    correlation.map_or_else(|| "–".to_owned(), |value| format!("{value:+.2}"))
}

/// A measure and the robust accuracy.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The measure.
    pub measure: String,
    /// Where it comes from.
    pub kind: MeasureKind,
    /// Networks in which it is defined.
    pub n_networks: usize,
    /// Spearman's correlation.
    pub spearman: f64,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Its p-value, adjusted for all measures.
    pub p_adjusted: f64,
    /// Pearson's correlation given the accuracy on clean images.
    pub given_clean_accuracy: Option<f64>,
    /// Pearson's correlation given that, the hyper-parameters, NC1 and width.
    pub given_all: Option<f64>,
}

impl Line {
    /// Spearman's correlation with its interval.
    fn correlation(&self) -> String {
        let interval =
            self.interval.map_or_else(String::new, |(lower, upper)| format!(" [{lower:.2}, {upper:.2}]"));
        format!("{:+.2}{interval}", self.spearman)
    }

    /// As text for tables.
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.measure.clone(),
            self.kind.label().to_owned(),
            self.n_networks.to_string(),
            self.correlation(),
            format!("{:.3}", self.p_adjusted),
            signed(self.given_clean_accuracy),
            signed(self.given_all),
        ]
    }
}

#[cfg(test)]
mod tests {
    use topolens_nn::attack::{Norm, Settings, find};
    use topolens_nn::dataset;

    use super::*;
    use crate::generalization::Measure;
    use crate::input::shipped_network;

    fn planned(name: &str, epsilon: f64) -> Planned {
        let settings = Settings { steps: Some(20), ..Settings::new(Norm::Linf) };
        Planned { method: find(name).unwrap(), settings, epsilons: vec![epsilon] }
    }

    #[test]
    fn an_image_is_robust_if_no_attack_changes_the_answer() {
        let shipped = shipped_network().unwrap();
        let victim = Victim::new(&shipped.model, &shipped.card.normalization);
        let first: Vec<usize> = (0..60).collect();
        let images = Images::from(&dataset::embedded(false).unwrap().subset(&first).unwrap());
        let of = |attacks: &[Planned]| robust_accuracy(&victim, &images, attacks, 1).unwrap();
        let [noise, fgsm] = ["noise", "fgsm"].map(|name| of(&[planned(name, 0.04)]));
        let both = of(&[planned("noise", 0.04), planned("fgsm", 0.04)]);
        assert!(fgsm[0] < noise[0] && both[0] <= fgsm[0], "{noise:?} {fgsm:?} {both:?}");
        assert_eq!(
            (noise[1], of(&[])[0]),
            (both[1], both[1]),
            "without an attack all that is right is robust"
        );
        // The smallest perturbation counts only where it is within epsilon.
        let deepfool = [0.0005, 0.3].map(|epsilon| of(&[planned("deepfool", epsilon)])[0]);
        assert!(deepfool[0] > 0.9 * both[1] && deepfool[1] < 0.1, "{deepfool:?}");
    }

    #[test]
    fn what_rises_with_robust_accuracy_has_a_positive_correlation() {
        let robust = [0.1, 0.5, 0.3, 0.2, 0.4, 0.6];
        let measure = |name: &str, sign: f64| Measure {
            name: name.to_owned(),
            kind: MeasureKind::Descriptor,
            values: robust.iter().map(|robust| Some(sign * robust)).collect(),
        };
        let table = MeasureTable {
            networks: (0..6).map(|at| at.to_string()).collect(),
            test_error: vec![0.0; 6],
            measures: vec![measure("up", 1.0), measure("down", -2.0)],
            ..MeasureTable::default()
        };
        let accuracies: Vec<[f64; 2]> = robust
            .iter()
            .zip([0.9, 0.8, 0.85, 0.7, 0.95, 0.75])
            .map(|(robust, clean)| [*robust, clean])
            .collect();
        let found = Robustness::new("pgd".to_owned(), table, &accuracies).unwrap();
        let of = |name: &str| found.lines().into_iter().find(|line| line.measure == name).unwrap();
        assert!((of("up").spearman - 1.0).abs() < 1e-9 && (of("down").spearman + 1.0).abs() < 1e-9);
        assert!(found.answer().len() == 2, "no baseline is told of where there is none");
        assert!(of("up").given_clean_accuracy.unwrap() > 0.99);
        assert_eq!(found.document()["networks"][1]["robust_accuracy"], 0.5);
        let folder = tempfile::tempdir().unwrap();
        found.write_report(folder.path(), &[]).unwrap();
        assert!(
            std::fs::read_to_string(folder.path().join("report.html")).unwrap().contains("robust accuracy")
        );
    }
}

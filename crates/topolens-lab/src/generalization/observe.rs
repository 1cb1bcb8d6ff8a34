//! A trained run as a row of a table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use topolens_nn::dataset::Dataset;
use topolens_nn::train::{Checkpoint, CheckpointCard, checkpoint_path};
use topolens_nn::{Model, Network};

use super::baseline::{Evidence, baselines};
use super::descriptors::{LAST_HIDDEN, descriptor_measures};
use crate::Result;
use crate::dynamics::weight_path;
use crate::error::{Error, ErrorKind, TableProblem};
use crate::input::{load_checkpoints, of_named_classes};
use crate::profile::{Row, Scope};
use crate::results::Results;
use crate::store::atomic::write_atomically;
use crate::store::{RunCard, RunFolder, to_json};

/// Training images on which losses and margins are measured.
const MOST_IMAGES: usize = 5000;
/// Training images on which the error under noise is measured.
const MOST_NOISY: usize = 256;
/// Images run at a time.
const BATCH: usize = 250;

/// What was observed of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// How it was trained, and its test error.
    pub card: CheckpointCard,
    /// Training images it was limited to.
    pub limit: Option<usize>,
    /// Share of training images classified wrongly, in evaluation mode.
    pub train_error: f64,
    /// Descriptors of training images, then the width of the last hidden layer.
    pub descriptors: Vec<(String, Option<f64>)>,
    /// Descriptors of the path of its weights, if that was recorded.
    pub weight_path: Vec<(String, Option<f64>)>,
    /// Iterates of that path.
    pub n_iterates: Option<usize>,
    /// Baselines.
    pub baselines: Vec<(String, Option<f64>)>,
    /// Points of the largest cloud.
    pub n_points: usize,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Descriptors of images the network was not trained on are let through.
    pub allow_test_data: bool,
    /// A profile that was asked for with another number of points is refused.
    pub n_points: Option<usize>,
}

/// A run with its profile.
#[derive(Debug, Clone)]
pub struct ProfiledRun {
    /// Its folder.
    pub path: PathBuf,
    card: RunCard,
    rows: Vec<Row>,
}

impl ProfiledRun {
    /// Reads the profile of a run.
    ///
    /// # Errors
    ///
    /// It is no run, has no profile, or was profiled on other images than training images or on another number of them.
    pub fn open(run: &Path, asked: Observed) -> Result<Self> {
        let refuse = |problem| Error::new(ErrorKind::Table { path: run.into(), problem });
        let (_, card) = RunFolder::open(run)?;
        if !run.join("profile.json").is_file() {
            return Err(refuse(TableProblem::NoProfile));
        }
        let results = Results::read(run)?;
        let data = &results.provenance.data.name;
        if !data.contains(":train") && !asked.allow_test_data {
            return Err(refuse(TableProblem::TestData { data: data.clone() }));
        }
        // As many of each class are drawn: the cloud may hold a few points more or fewer than were asked for.
        let found = asked_points(&results.provenance.command).unwrap_or_else(|| results.n_points());
        match asked.n_points {
            Some(asked) if asked != found && asked != results.n_points() => {
                Err(refuse(TableProblem::OtherPoints { asked, found }))
            }
            _ => Ok(Self { path: run.to_path_buf(), card, rows: results.rows().cloned().collect() }),
        }
    }

    /// Points of its largest cloud.
    pub fn n_points(&self) -> usize {
        self.rows.iter().map(|row| row.n_points).max().unwrap_or_default()
    }

    /// Whether all runs were profiled with as many points as the first.
    ///
    /// # Errors
    ///
    /// Names the first that was not.
    pub fn ensure_alike(runs: &[Self]) -> Result<()> {
        let Some(first) = runs.first().map(Self::n_points) else { return Ok(()) };
        match runs.iter().find(|run| run.n_points() != first) {
            None => Ok(()),
            Some(run) => {
                let problem = TableProblem::NotAlike { what: "points", first, other: run.n_points() };
                Err(Error::new(ErrorKind::Table { path: run.path.clone(), problem }))
            }
        }
    }
}

/// What a command line gives for `--points`.
fn asked_points(command: &[String]) -> Option<usize> {
    let at = command.iter().position(|word| word == "--points" || word.starts_with("--points="))?;
    let joined = command[at].strip_prefix("--points=");
    joined.or(command.get(at + 1).map(String::as_str))?.parse().ok()
}

/// Computes the baselines of a run and what the path of its weights is like; these are kept in its `baselines.json` and
/// found again as long as its weights are the same. `images` gives those it was trained on.
///
/// # Errors
///
/// The run has no checkpoint, its images cannot be loaded, or the file cannot be written.
pub fn observe(profiled: &ProfiledRun, images: &dyn Fn(&str) -> Result<Dataset>) -> Result<Observation> {
    let ProfiledRun { path: run, card: run_card, rows } = profiled;
    let refuse = |problem| Error::new(ErrorKind::Table { path: run.into(), problem });
    let mut descriptors = descriptor_measures(rows);
    descriptors.extend(width(rows));
    let checkpoint = load_checkpoints(run, "last")?;
    let Some(checkpoint) = checkpoint.into_iter().next() else { return Err(refuse(TableProblem::NoProfile)) };
    let stamp = stamp(run, &checkpoint)?;
    let kept = if let Some(kept) = Kept::find(run, &stamp) {
        kept
    } else {
        let whole = of_named_classes(images(&run_card.data)?, &checkpoint.card.class_names)?;
        let n = run_card.limit.unwrap_or(MOST_IMAGES).min(MOST_IMAGES).min(whole.len());
        let images = whole.subset(&(0..n).collect::<Vec<_>>())?;
        Kept::compute(run, &checkpoint, &images, stamp)?
    };
    Ok(Observation {
        limit: run_card.limit,
        train_error: kept.baselines.get("train-error").copied().flatten().unwrap_or(f64::NAN),
        card: checkpoint.card,
        descriptors,
        n_iterates: kept.weight_path.as_ref().map(|path| path.n_iterates),
        weight_path: kept.weight_path.map(|path| path.measures.into_iter().collect()).unwrap_or_default(),
        baselines: baselines()
            .iter()
            .map(|b| (b.name.to_owned(), kept.baselines.get(b.name).copied().flatten()))
            .collect(),
        n_points: profiled.n_points(),
    })
}

/// The number of features of the last hidden layer.
fn width(rows: &[Row]) -> Option<(String, Option<f64>)> {
    let output = rows.iter().map(|row| row.layer_index).max()?;
    let hidden = rows.iter().filter(|row| row.layer_index < output && !matches!(row.class, Scope::Class(_)));
    let last = hidden.max_by_key(|row| row.layer_index)?;
    Some((format!("width@{LAST_HIDDEN}"), Some(last.n_features as f64)))
}

/// What `baselines.json` holds.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    schema: String,
    /// BLAKE3 sum of the weights, and the version that computed.
    stamp: String,
    baselines: BTreeMap<String, Option<f64>>,
    /// Of a run that recorded it.
    weight_path: Option<KeptPath>,
}

/// What the path of the weights is like.
#[derive(Debug, Serialize, Deserialize)]
struct KeptPath {
    n_iterates: usize,
    measures: BTreeMap<String, Option<f64>>,
}

impl KeptPath {
    /// Lifespans sum, PHdim and positive magnitude, if the run recorded the path.
    fn measure(run: &Path) -> Result<Option<Self>> {
        let recorded = run.join("trajectory.npy");
        if !recorded.is_file() {
            return Ok(None);
        }
        let found = weight_path(&recorded)?;
        let measures = [
            ("weight-path-lifespans-sum", Some(found.lifespans_sum)),
            ("weight-path-ph-dimension", found.dimension.ok().map(|dimension| dimension.value)),
            ("weight-path-positive-magnitude", found.positive_magnitude.ok()),
        ];
        let measures = measures.map(|(name, value)| (name.to_owned(), value)).into();
        Ok(Some(Self { n_iterates: found.n_iterates, measures }))
    }
}

impl Kept {
    const SCHEMA: &str = "topolens.baselines/2";

    /// What an earlier call computed for the same weights.
    fn find(run: &Path, stamp: &str) -> Option<Self> {
        let kept: Self = serde_json::from_slice(&std::fs::read(run.join("baselines.json")).ok()?).ok()?;
        (kept.schema == Self::SCHEMA && kept.stamp == stamp).then_some(kept)
    }

    fn compute(run: &Path, checkpoint: &Checkpoint, images: &Dataset, stamp: String) -> Result<Self> {
        let Checkpoint { model, card, .. } = checkpoint;
        let initial: Model = card.model.build()?;
        let normalization = &card.normalization;
        let logits = logits(model, images, normalization)?;
        let few = images.subset(&(0..images.len().min(MOST_NOISY)).collect::<Vec<_>>())?;
        let error_of = |model: &Model| {
            let logits = self::logits(model, &few, normalization)?;
            Ok(error(&logits, few.labels(), card.class_names.len()))
        };
        let labels = images.labels();
        let evidence =
            Evidence { model, initial: &initial, card, logits: &logits, labels, error_of: &error_of };
        let mut found = BTreeMap::new();
        for baseline in baselines() {
            found.insert(baseline.name.to_owned(), baseline.compute(&evidence)?);
        }
        let weight_path = KeptPath::measure(run)?;
        let kept = Self { schema: Self::SCHEMA.to_owned(), stamp, baselines: found, weight_path };
        let path = run.join("baselines.json");
        write_atomically(&path, &to_json(&kept, &path)?)?;
        Ok(kept)
    }
}

/// Tells weights and program apart from others.
fn stamp(run: &Path, checkpoint: &Checkpoint) -> Result<String> {
    let folder = run.join("checkpoints");
    let epoch = checkpoint.card.epoch;
    let path = checkpoint_path(&folder, epoch);
    let bytes = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
    let names: Vec<&str> = baselines().iter().map(|baseline| baseline.name).collect();
    Ok(format!("{} {} {}", env!("CARGO_PKG_VERSION"), names.len(), blake3::hash(&bytes).to_hex()))
}

fn logits(
    model: &Model,
    images: &Dataset,
    normalization: &topolens_nn::dataset::Normalization,
) -> Result<Vec<f32>> {
    let mut logits = Vec::new();
    let all: Vec<usize> = (0..images.len()).collect();
    for indices in all.chunks(BATCH) {
        let batch = images.batch(indices, normalization)?;
        logits.extend(model.forward(&batch, &[])?.output.into_values());
    }
    Ok(logits)
}

/// Share of images whose own logit is not the largest.
fn error(logits: &[f32], labels: &[usize], n_classes: usize) -> f64 {
    let is_wrong = |(logits, label): (&[f32], &usize)| {
        // Noise may make logits that are no numbers.
        let own = logits[*label];
        !own.is_finite() || logits.iter().enumerate().any(|(other, logit)| other != *label && *logit >= own)
    };
    let n_wrong = logits.chunks(n_classes).zip(labels).filter(|pair| is_wrong(*pair)).count();
    n_wrong as f64 / labels.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_from_a_command_line() {
        let of = |line: &str| asked_points(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of("topolens profile run --points 60"), Some(60));
        assert_eq!(of("topolens profile run --points=60 --json"), Some(60));
        assert_eq!(of("topolens profile run"), None);
        assert_eq!(of("topolens profile run --points"), None);
    }
}

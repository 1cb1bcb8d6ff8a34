//! Scores of other detectors on the same images.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use topolens_nn::attack::Victim;
use topolens_nn::dataset::Dataset;
use topolens_nn::tap::batch_size;

use super::presentation::Presentations;
use crate::Result;
use crate::adversarial::Images;
use crate::error::{Error, SpoofingProblem};

#[derive(Deserialize)]
struct Line {
    kind: String,
    name: String,
    score: f64,
}

/// The score of each image from a CSV file with the columns `kind`, `name` and `score`, high for attacks.
///
/// # Errors
///
/// The file cannot be read, a score is not a number, or an image has none.
pub fn read_scores(path: &Path, presentations: &Presentations) -> Result<Vec<f64>> {
    let failed =
        |reason: String| Error::spoofing(SpoofingProblem::Scores { path: path.to_path_buf(), reason });
    let mut reader = csv::Reader::from_path(path).map_err(|error| failed(error.to_string()))?;
    let mut known = BTreeMap::new();
    for line in reader.deserialize::<Line>() {
        let Line { kind, name, score } = line.map_err(|error| failed(error.to_string()))?;
        if !score.is_finite() {
            return Err(failed(format!("the score of {name} is not a number")));
        }
        known.insert((kind, name), score);
    }
    let score = |item: &super::Presentation| {
        let kind = &presentations.kinds[item.kind].name;
        known
            .get(&(kind.clone(), item.name.clone()))
            .copied()
            .ok_or_else(|| failed(format!("it has no score for {} of kind {kind}", item.name)))
    };
    presentations.items.iter().map(score).collect()
}

/// For each image the probability, by softmax, that it is no live face: 1 less that of the output `live`.
///
/// # Errors
///
/// The network has no such output, fails, or `interrupt` became true.
pub fn liveness_scores(
    victim: &Victim<'_>,
    images: &Dataset,
    live: usize,
    interrupt: &AtomicBool,
) -> Result<Vec<f64>> {
    let rows: Vec<usize> = (0..images.len()).collect();
    let mut scores = Vec::with_capacity(images.len());
    for rows in rows.chunks(batch_size(images.image_shape())) {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::interrupted());
        }
        let logits = victim.logits(&Images::from(&images.subset(rows)?).pixels)?;
        for row in logits.items() {
            let n_outputs = row.len();
            let of_live = *row
                .get(live)
                .ok_or_else(|| Error::spoofing(SpoofingProblem::NoSuchOutput { live, n_outputs }))?;
            let sum: f64 = row.iter().map(|logit| f64::from(logit - of_live).exp()).sum();
            scores.push(1.0 - 1.0 / sum);
        }
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoofing::fixture::presentations;

    #[test]
    fn scores_are_found_by_kind_and_name() {
        let found = presentations(&[(1, 1), (1, 1)]);
        let file = tempfile::NamedTempFile::new().unwrap();
        let read = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            read_scores(file.path(), &found)
        };
        let scores = read("name,score,kind\n000_0.png,0.25,live\n000_0.png,0.75,print\n").unwrap();
        assert_eq!(scores, [0.25, 0.75]);
        let fails = |text: &str, word: &str| {
            let message = read(text).unwrap_err().to_string();
            assert!(message.starts_with("--baseline: ") && message.contains(word), "{message}");
        };
        fails("name,score,kind\n000_0.png,0.25,live\n", "000_0.png of kind print");
        fails("name,kind\n000_0.png,live\n", "score");
        fails("name,score,kind\n000_0.png,NaN,live\n", "not a number");
    }
}

//! Embeddings of faces.

use std::sync::atomic::AtomicBool;

use topolens_nn::dataset::Dataset;

use crate::Result;
use crate::bridge::{Subject, layer_clouds};
use crate::error::{Error, VerificationProblem};
use crate::profile::Protocol;

/// Embeddings of length 1, a row per picture.
#[derive(Debug, Clone)]
pub struct Embeddings {
    /// The layer they come from.
    pub layer: String,
    /// The rows.
    rows: Vec<Vec<f64>>,
    /// The person of each row.
    pub(super) persons: Vec<usize>,
}

/// Runs `faces`, of which the classes are persons, through the network, and divides the rows of `layer` (averaged over positions if it has any)
/// by their lengths.
///
/// # Errors
///
/// The pictures do not fit the network, an embedding is zero or not finite, or `interrupt` became true.
pub fn embeddings(
    subject: Subject<'_>,
    faces: &Dataset,
    layer: usize,
    interrupt: &AtomicBool,
) -> Result<Embeddings> {
    let clouds = layer_clouds(subject, faces, &[layer], &Protocol::default(), interrupt)?;
    let layer = subject.network.layers()[layer].name.clone();
    let mut rows = Vec::with_capacity(faces.len());
    for point in clouds.iter().flat_map(|of_layer| of_layer.cloud.points()) {
        let length = point.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if length <= 0.0 {
            return Err(Error::verification(VerificationProblem::ZeroEmbedding { layer }));
        }
        rows.push(point.iter().map(|value| f64::from(*value) / length).collect());
    }
    Ok(Embeddings { layer, rows, persons: faces.labels().to_vec() })
}

impl Embeddings {
    /// Embeddings computed elsewhere, brought to length 1; for tests.
    #[cfg(test)]
    pub(super) fn of(rows: &[&[f64]], persons: &[usize]) -> Self {
        let unit = |row: &&[f64]| {
            let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
            row.iter().map(|value| value / length).collect()
        };
        Self {
            layer: "embedding".to_owned(),
            rows: rows.iter().map(unit).collect(),
            persons: persons.to_vec(),
        }
    }

    /// The cosine between two pictures.
    pub(super) fn cosine(&self, first: usize, second: usize) -> f64 {
        self.rows[first].iter().zip(&self.rows[second]).map(|(a, b)| a * b).sum()
    }
}

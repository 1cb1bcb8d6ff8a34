//! A kind of detector at a layer.

use serde::Serialize;

use super::folds::{Fold, Use};
use super::judgement::{Judgement, Scope};
use crate::Result;
use crate::detection::{Detector, DetectorKind, Reference};
use crate::profile::LayerCloud;
use crate::rate::Rate;

/// How well a detector at a layer does on the judged images; that it was looked at makes it no fair choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidateResult {
    /// The kind of detector.
    pub detector: String,
    /// The layer's name.
    pub layer: String,
    /// The layer's place in the network's order.
    pub layer_index: usize,
    /// The layer's relative depth.
    pub depth: f64,
    /// The area under the ROC curve.
    pub area: Rate,
    /// The mean of the largest APCER and of BPCER.
    pub acer: Option<f64>,
    /// In how many folds it was chosen.
    pub n_chosen: usize,
}

/// The features of all images that are not for reference, in one fold at one layer.
pub(super) struct Features {
    pub(super) kind: &'static DetectorKind,
    pub(super) layer: usize,
    of_rows: Vec<Option<Vec<f64>>>,
}

impl Features {
    /// Measures the images against the live faces for reference.
    pub(super) fn measure(
        kind: &'static DetectorKind,
        (layer, cloud): (usize, &LayerCloud),
        scope: &Scope<'_>,
        fold: &Fold,
    ) -> Result<Self> {
        let items = &scope.presentations.items;
        let live: Vec<usize> = (0..fold.len())
            .filter(|row| fold[*row] == Some(Use::Reference) && items[*row].kind == 0)
            .collect();
        let others: Vec<usize> =
            (0..fold.len()).filter(|row| fold[*row].is_some_and(|of| of != Use::Reference)).collect();
        let reference =
            Reference { layers: vec![part(cloud, &live)?], labels: vec![0; live.len()] }.prepared()?;
        let found = kind.features(&reference, &[part(cloud, &others)?])?;
        let mut of_rows = vec![None; fold.len()];
        others.into_iter().zip(found).for_each(|(row, features)| of_rows[row] = Some(features));
        Ok(Self { kind, layer, of_rows })
    }

    /// A detector fitted to the images of the fold, as the score of each image.
    pub(super) fn fitted(&self, scope: &Scope<'_>, fold: &Fold) -> Result<impl Fn(usize) -> f64> {
        let [sound, attacked] = scope.rows(fold, Use::Fit).map(|rows| self.of(&rows));
        let detector = Detector::fit(self.kind.name, "presentation attacks", &sound, &attacked)?;
        let scores: Vec<f64> = self
            .of_rows
            .iter()
            .map(|features| {
                let features = features.as_ref().map(std::slice::from_ref).unwrap_or_default();
                detector.log_odds(features).first().copied().unwrap_or(0.0)
            })
            .collect();
        Ok(move |row: usize| scores[row])
    }

    fn of(&self, rows: &[usize]) -> Vec<Vec<f64>> {
        rows.iter().filter_map(|row| self.of_rows[*row].clone()).collect()
    }
}

fn part(layer: &LayerCloud, rows: &[usize]) -> Result<LayerCloud> {
    Ok(LayerCloud { cloud: layer.cloud.select(rows)?, ..layer.clone() })
}

/// A candidate's judgement in one fold, with its area on the images to choose on.
pub(super) struct Tried {
    pub(super) judgement: Judgement,
    pub(super) validation_area: f64,
}

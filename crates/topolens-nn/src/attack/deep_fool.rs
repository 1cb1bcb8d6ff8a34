//! The nearest boundary of a linear approximation, again and again (Moosavi-Dezfooli et al. 2016).

use super::{Attack, Ball, Batch, Norm, Victim};
use crate::error::Error;
use crate::tensor::Tensor;

/// Share by which a step goes beyond the boundary.
const OVERSHOOT: f64 = 0.02;
/// Added to the distance of a boundary, so that a step is never 0.
const LEAST_STEP: f64 = 1e-4;

/// Goes to the nearest boundary to one of the most likely classes until the class changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DeepFool {
    /// The most steps.
    pub(super) steps: usize,
    /// The number of classes looked at, the image's own included.
    pub(super) candidates: usize,
}

/// The nearest boundary found so far.
struct Boundary {
    distance: f64,
    normal: Vec<f32>,
}

impl Attack for DeepFool {
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut perturbed = batch.images.clone();
        let mut total = Tensor::zeros(perturbed.shape());
        let rivals = self.rivals(&victim.logits(&batch.images)?, batch);
        let mut left: Vec<usize> = (0..batch.len()).collect();
        for _ in 0..self.steps {
            let (boundaries, still) = nearest(victim, batch, (&perturbed, left), &rivals, ball.norm())?;
            left = still;
            if left.is_empty() {
                break;
            }
            for (item, boundary) in left.iter().zip(boundaries) {
                step(ball.norm(), &boundary, total.item_mut(*item));
                let image = batch.images.item(*item).iter().zip(total.item(*item));
                for (pixel, (clean, change)) in perturbed.item_mut(*item).iter_mut().zip(image) {
                    *pixel = (clean + (1.0 + OVERSHOOT as f32) * change).clamp(0.0, 1.0);
                }
            }
        }
        Ok(perturbed)
    }
}

impl DeepFool {
    /// The most likely other classes of each image.
    fn rivals(&self, logits: &Tensor, batch: &Batch) -> Vec<Vec<usize>> {
        let rows = logits.items().zip(&batch.criteria);
        let rivals = rows.map(|(row, criterion)| {
            let mut others: Vec<usize> = (0..row.len()).filter(|class| *class != criterion.label).collect();
            others.sort_by(|a, b| row[*b].total_cmp(&row[*a]));
            others.truncate(self.candidates.saturating_sub(1));
            others
        });
        rivals.collect()
    }
}

/// The nearest boundary of each of the images `left` whose class has not changed, and which those are.
fn nearest(
    victim: &Victim<'_>,
    batch: &Batch,
    (at, left): (&Tensor, Vec<usize>),
    rivals: &[Vec<usize>],
    norm: Norm,
) -> Result<(Vec<Boundary>, Vec<usize>), Error> {
    let rival = |rank: usize, items: &[usize]| -> Vec<[usize; 2]> {
        items.iter().map(|item| [rivals[*item][rank], batch.criteria[*item].label]).collect()
    };
    let (first, logits) = boundaries(victim, &at.select(&left), &rival(0, &left), norm)?;
    let is_left: Vec<bool> =
        left.iter().zip(logits.items()).map(|(item, row)| !batch.criteria[*item].is_met(row)).collect();
    let still: Vec<usize> =
        left.into_iter().zip(&is_left).filter(|(_, left)| **left).map(|(item, _)| item).collect();
    let mut nearest: Vec<Boundary> =
        first.into_iter().zip(is_left).filter(|(_, left)| *left).map(|(boundary, _)| boundary).collect();
    if still.is_empty() {
        return Ok((nearest, still));
    }
    let images = at.select(&still);
    for rank in 1..rivals[0].len() {
        let (found, _) = boundaries(victim, &images, &rival(rank, &still), norm)?;
        for (nearest, boundary) in nearest.iter_mut().zip(found) {
            if boundary.distance < nearest.distance {
                *nearest = boundary;
            }
        }
    }
    Ok((nearest, still))
}

/// The linearised boundary of each image between the two classes of its pair, and the logits.
fn boundaries(
    victim: &Victim<'_>,
    images: &Tensor,
    pairs: &[[usize; 2]],
    norm: Norm,
) -> Result<(Vec<Boundary>, Tensor), Error> {
    let mut heights = Vec::with_capacity(pairs.len());
    let pulled = victim.pullback(images, &mut |logits| {
        let mut cotangent = Tensor::zeros(logits.shape());
        for (at, ([rival, label], row)) in pairs.iter().zip(logits.items()).enumerate() {
            heights.push((f64::from(row[*rival]) - f64::from(row[*label])).abs());
            let slopes = cotangent.item_mut(at);
            (slopes[*rival], slopes[*label]) = (1.0, -1.0);
        }
        Ok(cotangent)
    })?;
    let found = pulled.gradient.items().zip(heights).map(|(normal, height)| Boundary {
        distance: height / (dual_size(norm, normal) + 1e-8),
        normal: normal.to_vec(),
    });
    Ok((found.collect(), pulled.logits))
}

/// The size of a slope that turns heights into distances.
fn dual_size(norm: Norm, normal: &[f32]) -> f64 {
    let sizes = normal.iter().map(|slope| f64::from(slope.abs()));
    if norm == Norm::Linf { sizes.sum() } else { sizes.map(|size| size * size).sum::<f64>().sqrt() }
}

fn step(norm: Norm, boundary: &Boundary, total: &mut [f32]) {
    let distance = boundary.distance + LEAST_STEP;
    let length = dual_size(Norm::L2, &boundary.normal) + 1e-8;
    for (change, slope) in total.iter_mut().zip(&boundary.normal).filter(|(_, slope)| **slope != 0.0) {
        let direction = if norm == Norm::Linf { slope.signum() } else { (f64::from(*slope) / length) as f32 };
        *change += distance as f32 * direction;
    }
}

//! A few numbers of an image changed by much, chosen by the Jacobian (Papernot et al. 2016).

use super::{Attack, Ball, Batch, Criterion, Victim};
use crate::error::Error;
use crate::model::largest;
use crate::tensor::Tensor;

/// In each step the two numbers that help the target most while they hurt all other classes become black or white, whichever that
/// takes: both directions are allowed, and the two are chosen one by one, not as a pair. Without a target it is the most likely other class.
#[derive(Debug, Clone, Copy)]
pub(super) struct SaliencyMap;

const CHANGES_PER_STEP: usize = 2;

impl Attack for SaliencyMap {
    fn perturb(&self, victim: &Victim<'_>, batch: &Batch, ball: Ball) -> Result<Tensor, Error> {
        let mut perturbed = batch.images.clone();
        let targets = targets(&victim.logits(&batch.images)?, &batch.criteria);
        let n = perturbed.item_len();
        #[expect(clippy::cast_sign_loss, reason = "a radius is not negative")]
        let budget = (ball.epsilon().min(1.0) * n as f64 * (1.0 + 1e-9)) as usize;
        let mut is_used = vec![false; perturbed.len()];
        let mut left: Vec<usize> = (0..batch.len()).collect();
        for step in 0..budget.div_ceil(CHANGES_PER_STEP) {
            let n_changes = CHANGES_PER_STEP.min(budget - step * CHANGES_PER_STEP);
            let [helps, hurts] = effects(victim, batch, &perturbed, &mut left, &targets)?;
            if left.is_empty() {
                break;
            }
            for (item, (help, all)) in left.iter().zip(helps.items().zip(hurts.items())) {
                let used = &mut is_used[item * n..(item + 1) * n];
                change(n_changes, perturbed.item_mut(*item), used, (help, all));
            }
        }
        Ok(perturbed)
    }
}

fn targets(logits: &Tensor, criteria: &[Criterion]) -> Vec<usize> {
    let target = |(row, criterion): (&[f32], &Criterion)| {
        criterion.target.unwrap_or_else(|| {
            let mut others = row.to_vec();
            others[criterion.label] = f32::NEG_INFINITY;
            largest(&others).unwrap_or(0)
        })
    };
    logits.items().zip(criteria).map(target).collect()
}

/// The slopes of the target's logit and of the sum of all logits, at the images that are left; those that are done leave first.
fn effects(
    victim: &Victim<'_>,
    batch: &Batch,
    at: &Tensor,
    left: &mut Vec<usize>,
    targets: &[usize],
) -> Result<[Tensor; 2], Error> {
    let logits = victim.logits(&at.select(left))?;
    let mut rows = logits.items();
    left.retain(|item| rows.next().is_some_and(|row| !batch.criteria[*item].is_met(row)));
    if left.is_empty() {
        return Ok([Tensor::zeros(&[0]), Tensor::zeros(&[0])]);
    }
    let images = at.select(left);
    let slopes = |is_target: &dyn Fn(usize, usize) -> bool| {
        let pulled = victim.pullback(&images, &mut |logits| {
            let n_classes = logits.item_len();
            let ones =
                (0..logits.len()).map(|at| if is_target(at / n_classes, at % n_classes) { 1.0 } else { 0.0 });
            Tensor::new(logits.shape(), ones.collect())
        });
        pulled.map(|pulled| pulled.gradient)
    };
    Ok([slopes(&|at, class| targets[left[at]] == class)?, slopes(&|_, _| true)?])
}

/// Changes the numbers with the largest product of what the target gains and what all others lose.
fn change(n_changes: usize, pixels: &mut [f32], is_used: &mut [bool], (help, all): (&[f32], &[f32])) {
    let score = |at: usize, bound: f32| {
        let reach = bound - pixels[at];
        let (gain, others) = (reach * help[at], reach * (all[at] - help[at]));
        if gain > 0.0 && others < 0.0 { -gain * others } else { 0.0 }
    };
    let mut moves: Vec<(f32, usize, f32)> = Vec::new();
    for at in (0..pixels.len()).filter(|at| !is_used[*at]) {
        for bound in [0.0, 1.0] {
            let score = score(at, bound);
            if score > 0.0 {
                moves.push((score, at, bound));
            }
        }
    }
    moves.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, at, bound) in moves.into_iter().take(n_changes) {
        (pixels[at], is_used[at]) = (bound, true);
    }
}

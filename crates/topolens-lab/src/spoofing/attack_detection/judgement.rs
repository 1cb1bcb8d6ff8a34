//! Scores of images above a threshold that was chosen on others.

use super::folds::{Fold, Use};
use crate::Result;
use crate::spoofing::errors::equal_errors;
use crate::spoofing::presentation::{Presentations, Role};

/// Images that were judged: how far the score of each lies above the threshold of its fold; positive means it is called an attack.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Judgement {
    /// Image and margin.
    pub(super) margins: Vec<(usize, f64)>,
}

/// Kinds that detectors may learn from: of those left out neither attack nor threshold knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) presentations: &'a Presentations,
    /// The attack that is new to the detector.
    pub(super) unseen: Option<usize>,
}

impl Scope<'_> {
    /// The rows of a use that count as bona fide, live and control, and those that are attacks.
    pub(super) fn rows(&self, fold: &Fold, wanted: Use) -> [Vec<usize>; 2] {
        let of_role = |is_attack: bool| {
            let belongs = |row: &usize| {
                let kind = self.presentations.items[*row].kind;
                let is_own = (self.presentations.kinds[kind].role == Role::Attack) == is_attack;
                fold[*row] == Some(wanted) && is_own && self.is_open(kind, wanted)
            };
            (0..fold.len()).filter(belongs).collect()
        };
        [of_role(false), of_role(true)]
    }

    /// Where an attack is unseen, only it is judged, and all others are learnt from.
    fn is_open(&self, kind: usize, wanted: Use) -> bool {
        let is_attack = self.presentations.kinds[kind].role == Role::Attack;
        match self.unseen {
            Some(unseen) if is_attack => (kind == unseen) == (wanted == Use::Test),
            _ => true,
        }
    }

    /// Judges the test images of a fold by a threshold at which errors on the validation images are equal.
    pub(super) fn judge(&self, fold: &Fold, score: impl Fn(usize) -> f64) -> Result<Judgement> {
        let scores = |rows: &[usize]| rows.iter().map(|row| score(*row)).collect::<Vec<f64>>();
        let [bona_fide, attacks] = self.rows(fold, Use::Validation).map(|rows| scores(&rows));
        let (threshold, _) = equal_errors(&attacks, &bona_fide)?;
        let judged = self.rows(fold, Use::Test).concat();
        Ok(Judgement { margins: judged.into_iter().map(|row| (row, score(row) - threshold)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoofing::attack_detection::folds::folds;
    use crate::spoofing::fixture::presentations;

    #[test]
    fn an_unseen_attack_is_judged_and_not_learnt_from() {
        let found = presentations(&[(20, 2), (20, 2), (20, 2)]);
        let fold = folds(&found, 0).unwrap().remove(0);
        let scope = Scope { presentations: &found, unseen: Some(2) };
        let kinds = |wanted: Use| {
            let [_, attacks] = scope.rows(&fold, wanted);
            let mut kinds: Vec<usize> = attacks.iter().map(|row| found.items[*row].kind).collect();
            kinds.dedup();
            kinds
        };
        assert_eq!((kinds(Use::Fit), kinds(Use::Validation), kinds(Use::Test)), (vec![1], vec![1], vec![2]));
        let all = Scope { unseen: None, ..scope };
        assert_eq!(all.rows(&fold, Use::Test).concat().len(), 24);
        // The kind is the score: attacks score 1 or 2, live faces 0.
        let judged = all.judge(&fold, |row| found.items[row].kind as f64).unwrap();
        for (row, margin) in judged.margins {
            assert_eq!(margin > 0.0, found.items[row].kind > 0);
        }
    }
}

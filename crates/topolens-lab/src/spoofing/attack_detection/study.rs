//! Detectors at every layer, one chosen, and judged beside baselines.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde::Serialize;
use topolens::statistics::RocCurve;

use super::candidate::{CandidateResult, Features, Tried};
use super::evaluation::{Evaluation, Judged};
use super::folds::{Fold, Use, folds};
use super::judgement::{Judgement, Scope};
use crate::Result;
use crate::detection::DetectorKind;
use crate::error::Error;
use crate::profile::LayerCloud;
use crate::rate::Rate;
use crate::spoofing::presentation::{Presentations, Role};

/// Scores of another detector on the same images, high for attacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// What it is called.
    pub name: String,
    /// One score per image.
    pub scores: Vec<f64>,
}

/// What detectors are made from and judged on.
#[derive(Debug, Clone, Copy)]
pub struct AttackDetection<'a> {
    /// The images; row i of each cloud is image i.
    pub faces: &'a Presentations,
    /// The clouds.
    pub layers: &'a [LayerCloud],
    /// The kinds of detector.
    pub kinds: &'a [&'static DetectorKind],
    /// Other detectors to stand beside.
    pub baselines: &'a [Baseline],
    /// Seed of the groups of persons and of resamples.
    pub seed: u64,
}

/// An image that was judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedImage {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The person on it.
    pub person: String,
    /// What judged it.
    pub detector: String,
    /// How far its score lies above the threshold; positive means an attack.
    pub margin: f64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttackDetectionResults {
    /// Groups of persons that were judged, each by detectors from other persons.
    pub n_folds: usize,
    /// The detector chosen on other persons in each fold, then the baselines.
    pub evaluations: Vec<Evaluation>,
    /// The detector and layer chosen in each fold.
    pub chosen: Vec<[String; 2]>,
    /// How much larger the area of the chosen detector is than each baseline's.
    pub area_above_baseline: Vec<Rate>,
    /// For each attack: the detector chosen and fitted without it, judged on it; only where there are two or more.
    pub unseen: Vec<Evaluation>,
    /// Every detector at every layer.
    pub candidates: Vec<CandidateResult>,
    /// Every image that was judged.
    #[serde(skip)]
    pub judged: Vec<JudgedImage>,
}

/// Candidates are many, and only looked at.
const N_RESAMPLES_OF_CANDIDATE: usize = 200;

/// What the chosen detector is called.
pub(crate) const CHOSEN: &str = "chosen on other persons";

impl AttackDetection<'_> {
    /// Fits, chooses and judges. `hear` is told each layer of each fold.
    ///
    /// Live faces and controls count as bona fide in fitting, so that no detector learns to tell the camera of a simulation.
    ///
    /// # Errors
    ///
    /// Too few persons or images, or `interrupt` became true.
    pub fn run(&self, hear: &mut dyn FnMut(&str), interrupt: &AtomicBool) -> Result<AttackDetectionResults> {
        let folds = folds(self.faces, self.seed)?;
        let features = self.features(&folds, hear, interrupt)?;
        let seen = Scope { presentations: self.faces, unseen: None };
        let tried = Self::tried(&seen, &folds, &features)?;
        let chosen = choices(&tried);
        let judgement = joined(tried.iter().zip(&chosen).map(|(of_fold, at)| &of_fold[*at].judgement));
        let baselines = self.judged_baselines(&seen, &folds)?;
        let of = |judgement: &Judgement| Judged::new(self.faces, judgement, self.seed);
        let own = of(&judgement);
        let mut evaluations = vec![own.evaluation(CHOSEN)?];
        let mut area_above_baseline = Vec::new();
        for (baseline, judgement) in self.baselines.iter().zip(&baselines) {
            evaluations.push(of(judgement).evaluation(&baseline.name)?);
            area_above_baseline.push(own.area_above(&of(judgement))?);
        }
        let named = |at: usize| {
            let features = &features[0][at];
            [features.kind.name.to_owned(), self.layers[features.layer].layer.clone()]
        };
        let mut judged = self.images(CHOSEN, &judgement);
        for (baseline, judgement) in self.baselines.iter().zip(&baselines) {
            judged.extend(self.images(&baseline.name, judgement));
        }
        Ok(AttackDetectionResults {
            n_folds: folds.len(),
            evaluations,
            chosen: chosen.iter().map(|at| named(*at)).collect(),
            area_above_baseline,
            unseen: self.unseen(&folds, &features)?,
            candidates: self.candidates(&tried, &features[0], &chosen)?,
            judged,
        })
    }

    /// The number of steps that [`AttackDetection::run`] tells of, for a data set without a protocol.
    pub fn n_steps(&self) -> usize {
        5 * self.layers.len()
    }

    /// Features for each fold, of every kind at every layer.
    fn features(
        &self,
        folds: &[Fold],
        hear: &mut dyn FnMut(&str),
        interrupt: &AtomicBool,
    ) -> Result<Vec<Vec<Features>>> {
        let scope = Scope { presentations: self.faces, unseen: None };
        let mut of_folds = Vec::new();
        for fold in folds {
            let mut of_fold = Vec::new();
            for layer in self.layers.iter().enumerate() {
                if interrupt.load(Ordering::Relaxed) {
                    return Err(Error::interrupted());
                }
                let measured = self.kinds.par_iter().map(|kind| Features::measure(kind, layer, &scope, fold));
                of_fold.extend(measured.collect::<Result<Vec<_>>>()?);
                hear(&layer.1.layer);
            }
            of_folds.push(of_fold);
        }
        Ok(of_folds)
    }

    /// Every candidate in every fold.
    fn tried(scope: &Scope<'_>, folds: &[Fold], features: &[Vec<Features>]) -> Result<Vec<Vec<Tried>>> {
        let try_out = |fold: &Fold, features: &Features| {
            let score = features.fitted(scope, fold)?;
            let [bona_fide, attacks] = scope.rows(fold, Use::Validation);
            let scores: Vec<f64> = bona_fide.iter().chain(&attacks).map(|row| score(*row)).collect();
            let is_attack: Vec<bool> = (0..scores.len()).map(|at| at >= bona_fide.len()).collect();
            let validation_area = RocCurve::new(&scores, &is_attack)?.area();
            Ok(Tried { judgement: scope.judge(fold, score)?, validation_area })
        };
        let of_fold = |(fold, features): (&Fold, &Vec<Features>)| {
            features.par_iter().map(|features| try_out(fold, features)).collect::<Result<Vec<_>>>()
        };
        folds.iter().zip(features).map(of_fold).collect()
    }

    fn judged_baselines(&self, scope: &Scope<'_>, folds: &[Fold]) -> Result<Vec<Judgement>> {
        let of = |baseline: &Baseline| {
            let judged = folds.iter().map(|fold| scope.judge(fold, |row| baseline.scores[row]));
            Ok(joined(judged.collect::<Result<Vec<_>>>()?.iter()))
        };
        self.baselines.iter().map(of).collect()
    }

    fn unseen(&self, folds: &[Fold], features: &[Vec<Features>]) -> Result<Vec<Evaluation>> {
        let attacks: Vec<usize> =
            (0..self.faces.kinds.len()).filter(|kind| self.faces.kinds[*kind].role == Role::Attack).collect();
        // Left out where what remains is too little to learn from, or nothing of it is judged.
        let is_enough = |kind: &usize| {
            let scope = Scope { presentations: self.faces, unseen: Some(*kind) };
            folds.iter().all(|fold| {
                [Use::Fit, Use::Validation, Use::Test]
                    .iter()
                    .all(|wanted| scope.rows(fold, *wanted)[1].len() >= 2)
            })
        };
        let judge = |kind: usize| {
            let scope = Scope { presentations: self.faces, unseen: Some(kind) };
            let tried = Self::tried(&scope, folds, features)?;
            let chosen = choices(&tried);
            let judgement = joined(tried.iter().zip(&chosen).map(|(of_fold, at)| &of_fold[*at].judgement));
            let name = format!("{CHOSEN}, without {}", self.faces.kinds[kind].label());
            Judged::new(self.faces, &judgement, self.seed).evaluation(&name)
        };
        attacks.into_iter().filter(is_enough).map(judge).collect()
    }

    fn candidates(
        &self,
        tried: &[Vec<Tried>],
        features: &[Features],
        chosen: &[usize],
    ) -> Result<Vec<CandidateResult>> {
        let result = |(at, features): (usize, &Features)| {
            let judgement = joined(tried.iter().map(|of_fold| &of_fold[at].judgement));
            let judged = Judged::new(self.faces, &judgement, self.seed);
            let layer = &self.layers[features.layer];
            Ok(CandidateResult {
                detector: features.kind.name.to_owned(),
                layer: layer.layer.clone(),
                layer_index: layer.layer_index,
                depth: layer.depth,
                area: judged.area(N_RESAMPLES_OF_CANDIDATE)?,
                acer: judged.mean_errors(),
                n_chosen: chosen.iter().filter(|other| **other == at).count(),
            })
        };
        features.iter().enumerate().map(result).collect()
    }

    fn images(&self, detector: &str, judgement: &Judgement) -> Vec<JudgedImage> {
        let image = |(row, margin): &(usize, f64)| {
            let item = &self.faces.items[*row];
            JudgedImage {
                kind: self.faces.kinds[item.kind].name.clone(),
                name: item.name.clone(),
                person: item.person.clone(),
                detector: detector.to_owned(),
                margin: *margin,
            }
        };
        judgement.margins.iter().map(image).collect()
    }
}

/// The candidate with the largest area on the images to choose on, in each fold; of equal ones the first.
fn choices(tried: &[Vec<Tried>]) -> Vec<usize> {
    let best = |of_fold: &Vec<Tried>| {
        let areas = of_fold.iter().map(|tried| tried.validation_area).enumerate();
        areas.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best }).0
    };
    tried.iter().map(best).collect()
}

fn joined<'a>(judgements: impl Iterator<Item = &'a Judgement>) -> Judgement {
    Judgement { margins: judgements.flat_map(|judgement| judgement.margins.clone()).collect() }
}

#[cfg(test)]
mod tests {
    use topolens::{PointCloud, synthetic};

    use super::*;
    use crate::detection::find_detector;
    use crate::spoofing::fixture::presentations;

    /// Two layers: the first is noise, in the second attacks lie `off`.
    fn run(off: f32, seed: u64) -> AttackDetectionResults {
        let faces = presentations(&[(30, 2), (30, 2), (30, 2)]);
        let n = faces.items.len();
        let noise = synthetic::gaussian(2 * n, 5, seed).unwrap();
        let layer = |index: usize, off: f32| {
            let values = noise.points().skip(index * n).take(n).enumerate().flat_map(|(row, point)| {
                let moved = if faces.items[row].kind > 0 { off } else { 0.0 };
                point.iter().map(move |value| *value as f32 + moved).collect::<Vec<_>>()
            });
            let cloud = PointCloud::new(values.collect(), n, 5).unwrap();
            let (layer, depth) = (format!("layer{index}"), 0.5 * (index + 1) as f64);
            LayerCloud { layer, layer_index: index, depth, cloud }
        };
        let layers = [layer(0, 0.0), layer(1, off)];
        let kinds = ["mahalanobis", "knn"].map(|name| find_detector(name).unwrap());
        let baseline = Baseline {
            name: "kind".to_owned(),
            scores: faces.items.iter().map(|item| item.kind as f64).collect(),
        };
        let study =
            AttackDetection { faces: &faces, layers: &layers, kinds: &kinds, baselines: &[baseline], seed };
        let mut n_heard = 0;
        let found = study.run(&mut |_| n_heard += 1, &AtomicBool::new(false)).unwrap();
        assert_eq!(n_heard, study.n_steps());
        found
    }

    #[test]
    fn the_layer_that_tells_is_chosen_and_everybody_judged_once() {
        let found = run(4.0, 0);
        assert!(found.chosen.iter().all(|chosen| chosen[1] == "layer1"), "{:?}", found.chosen);
        let [own, baseline] = &found.evaluations[..] else { panic!("two evaluations") };
        assert!(own.area.value > 0.98 && own.acer.value < 0.12, "{own:?}");
        assert_eq!((baseline.area.value, baseline.acer.value), (1.0, 0.0));
        assert!(found.area_above_baseline[0].value <= 0.0);
        assert_eq!((found.judged.len(), found.unseen.len(), found.candidates.len()), (360, 2, 4));
        assert!(found.unseen.iter().all(|unseen| unseen.apcer.len() == 1 && unseen.area.value > 0.95));
    }

    #[test]
    fn where_nothing_tells_the_area_is_a_half() {
        let areas: Vec<f64> = (0..5).map(|seed| run(0.0, seed).evaluations[0].area.value).collect();
        let mean = areas.iter().sum::<f64>() / 5.0;
        assert!((mean - 0.5).abs() < 0.08, "{areas:?}");
    }
}

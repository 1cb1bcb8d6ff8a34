//! Detectors fitted to one attack and judged on others, seed by seed.

use std::sync::atomic::AtomicBool;

use topolens_nn::Tensor;
use topolens_nn::attack::{Assault, Ball, Outcome, Victim};
use topolens_nn::dataset::Dataset;

use super::detector::Detector;
use super::kind::DetectorKind;
use super::reference::{DetectorFolder, LayerReference, Reference};
use crate::Result;
use crate::adversarial::{Images, Planned, clouds_of_pixels};
use crate::bridge::draw_images;
use crate::error::{DetectionProblem, Error};
use crate::profile::{LayerCloud, Protocol};

/// What detectors are made from and judged on.
#[derive(Debug, Clone, Copy)]
pub struct DetectionStudy<'a> {
    /// The network.
    pub victim: &'a Victim<'a>,
    /// Training images, of which the reference is drawn.
    pub training: &'a Dataset,
    /// Images to attack, of which half serves to fit.
    pub images: &'a Dataset,
    /// The layers looked at.
    pub taps: &'a [usize],
    /// The number of points of the reference and of images to attack, readout and seed.
    pub protocol: &'a Protocol,
    /// The kinds of detector.
    pub kinds: &'a [&'static DetectorKind],
    /// The attack that detectors are fitted to.
    pub fit: &'a Planned,
    /// The attacks they are judged on.
    pub judges: &'a [Planned],
    /// The control, whose inputs count as sound in fitting.
    pub noise: &'a Planned,
}

/// Scores of one detector on one attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The kind of detector.
    pub detector: String,
    /// The attack.
    pub attack: String,
    /// Whether the detector was fitted to it.
    pub seen: bool,
    /// The detector's threshold.
    pub threshold: f64,
    /// Scores of sound inputs held out.
    pub sound: Vec<f64>,
    /// Scores of the same inputs after the attack, where it succeeded; of noise all.
    pub attacked: Vec<f64>,
}

/// All scores of one seed.
#[derive(Debug, Clone, PartialEq)]
pub struct SeedResult {
    /// The seed.
    pub seed: u64,
    /// Sound and attacked inputs that were fitted to.
    pub n_fitted: [usize; 2],
    /// The scores.
    pub scored: Vec<Scored>,
}

/// One seed's scores with its detectors.
#[derive(Debug)]
pub struct Fitted {
    /// The scores.
    pub result: SeedResult,
    /// The detectors with what they compare with.
    pub detectors: DetectorFolder,
}

impl DetectionStudy<'_> {
    /// Draws, attacks, fits and scores under one seed. `hear` is told each attack and detector as it is done.
    ///
    /// # Errors
    ///
    /// The data does not fit the network, too few attacks succeed, or `interrupt` became true.
    pub fn run(&self, seed: u64, hear: &mut dyn FnMut(&str), interrupt: &AtomicBool) -> Result<Fitted> {
        let protocol = Protocol { seed, ..self.protocol.clone() };
        let reference = self.reference(&protocol, interrupt)?;
        let prepared = reference.prepared()?;
        let images = Images::from(&draw_images(self.images, &protocol)?);
        let assault = Assault::new(self.victim, &images.pixels, &images.labels, None)?;
        let split = self.split(&assault, (seed, interrupt), hear)?;
        let (mut detectors, mut scored) = (Vec::new(), Vec::new());
        for kind in self.kinds {
            let (detector, scores) = split.fit_and_score(kind, &prepared, self.fit.method.name)?;
            detectors.push(detector);
            scored.extend(scores);
            hear(kind.name);
        }
        let result = SeedResult { seed, n_fitted: split.n_fitted(), scored };
        let (readout, probe) = (self.protocol.readout, probe(self.victim)?);
        Ok(Fitted { result, detectors: DetectorFolder { reference, detectors, readout, probe } })
    }

    /// Attacks the images; every other one serves to fit, the rest to judge.
    fn split(
        &self,
        assault: &Assault<'_>,
        (seed, interrupt): (u64, &AtomicBool),
        hear: &mut dyn FnMut(&str),
    ) -> Result<Split> {
        let [to_fit, held_out] =
            [0, 1].map(|half| (half..assault.n_attacked()).step_by(2).collect::<Vec<usize>>());
        let clouds = |pixels: &Tensor, rows: &[usize]| {
            let readout = self.protocol.readout;
            clouds_of_pixels(self.victim, &pixels.select(rows), self.taps, readout, interrupt)
        };
        let noise = attacked_by(assault, self.noise, seed)?;
        let fitted_to = attacked_by(assault, self.fit, seed)?;
        hear(self.fit.method.name);
        let attacked = successes(self.fit, &fitted_to, &to_fit)?;
        let mut judged = vec![("noise".to_owned(), false, clouds(&noise.images, &held_out)?)];
        for planned in std::iter::once(self.fit).chain(self.judges) {
            let is_seen = planned.method.name == self.fit.method.name;
            let outcome = if is_seen { fitted_to.clone() } else { attacked_by(assault, planned, seed)? };
            let rows = successes(planned, &outcome, &held_out)?;
            judged.push((planned.method.name.to_owned(), is_seen, clouds(&outcome.images, &rows)?));
            if !is_seen {
                hear(planned.method.name);
            }
        }
        Ok(Split {
            sound: [clouds(assault.images(), &to_fit)?, clouds(&noise.images, &to_fit)?],
            attacked: clouds(&fitted_to.images, &attacked)?,
            held_out: clouds(assault.images(), &held_out)?,
            judged,
        })
    }

    fn reference(&self, protocol: &Protocol, interrupt: &AtomicBool) -> Result<Reference> {
        let mut protocol = protocol.clone();
        protocol.set_n_points(protocol.n_points.min(self.training.len()));
        let drawn = Images::from(&draw_images(self.training, &protocol)?);
        let layers = clouds_of_pixels(self.victim, &drawn.pixels, self.taps, protocol.readout, interrupt)?;
        Ok(Reference { layers, labels: drawn.labels })
    }
}

fn attacked_by(assault: &Assault<'_>, planned: &Planned, seed: u64) -> Result<Outcome> {
    let attack = planned.method.build(&planned.settings)?;
    let norm = planned.settings.norm;
    let ball = match planned.epsilons.first() {
        Some(epsilon) if !planned.method.is_minimal => Ball::new(norm, *epsilon)?,
        _ => assault.whole(norm),
    };
    Ok(assault.run(attack.as_ref(), ball, seed, &mut |_| {})?)
}

/// The clouds that detectors are fitted to and judged on.
struct Split {
    /// Images as they are, and with noise.
    sound: [Vec<LayerCloud>; 2],
    attacked: Vec<LayerCloud>,
    held_out: Vec<LayerCloud>,
    /// For each attack whether detectors were fitted to it, and the images held out on which it succeeded.
    judged: Vec<(String, bool, Vec<LayerCloud>)>,
}

impl Split {
    fn n_fitted(&self) -> [usize; 2] {
        let n = |layers: &[LayerCloud]| layers.first().map_or(0, |layer| layer.cloud.n_points());
        [self.sound.iter().map(|layers| n(layers)).sum(), n(&self.attacked)]
    }

    fn fit_and_score(
        &self,
        kind: &DetectorKind,
        prepared: &[LayerReference],
        fitted_to: &str,
    ) -> Result<(Detector, Vec<Scored>)> {
        let of = |layers: &[LayerCloud]| kind.features(prepared, layers);
        let sound = self.sound.iter().map(|layers| of(layers)).collect::<Result<Vec<_>>>()?.concat();
        let mut detector = Detector::fit(kind.name, fitted_to, &sound, &of(&self.attacked)?)?;
        let held_out = detector.scores(&of(&self.held_out)?);
        detector.calibrate(&held_out);
        let score = |(attack, seen, layers): &(String, bool, Vec<LayerCloud>)| {
            Ok(Scored {
                detector: kind.name.to_owned(),
                attack: attack.clone(),
                seen: *seen,
                threshold: detector.threshold,
                sound: held_out.clone(),
                attacked: detector.scores(&of(layers)?),
            })
        };
        let scored = self.judged.iter().map(score).collect::<Result<_>>()?;
        Ok((detector, scored))
    }
}

/// What a network says of a grey image.
fn probe(victim: &Victim<'_>) -> Result<Vec<f32>> {
    let [height, width, channels] = victim.network().input_shape();
    let grey = Tensor::new(&[1, height, width, channels], vec![0.5; height * width * channels])?;
    Ok(victim.logits(&grey)?.into_values())
}

/// The images of `rows` on which an attack succeeded, if they are enough.
fn successes(planned: &Planned, outcome: &Outcome, rows: &[usize]) -> Result<Vec<usize>> {
    const NEEDED: usize = 10;
    let found: Vec<usize> = rows.iter().copied().filter(|row| outcome.succeeded[*row]).collect();
    if found.len() >= NEEDED {
        return Ok(found);
    }
    let (attack, n_succeeded) = (planned.method.name.to_owned(), found.len());
    Err(Error::detection(DetectionProblem::TooFewSuccesses { attack, n_succeeded, needed: NEEDED }))
}

impl DetectorFolder {
    /// The probability of each detector that each image is attacked.
    ///
    /// # Errors
    ///
    /// The network lacks a layer of the detectors, or it has another width there.
    pub fn scores(
        &self,
        victim: &Victim<'_>,
        pixels: &Tensor,
        interrupt: &AtomicBool,
    ) -> Result<Vec<(String, Vec<f64>)>> {
        let said = probe(victim)?;
        let largest = self.probe.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
        let is_same = said.len() == self.probe.len()
            && said.iter().zip(&self.probe).all(|(a, b)| (a - b).abs() <= 1e-3 * largest);
        let layers = victim.network().layers();
        let mut taps = Vec::with_capacity(self.reference.layers.len());
        for layer in &self.reference.layers {
            let found = layers.iter().position(|other| other.name == layer.layer);
            taps.push(found.ok_or_else(|| {
                let (layer, n_features) = (layer.layer.clone(), layer.cloud.n_features());
                Error::detection(DetectionProblem::OtherNetwork { layer, n_features })
            })?);
        }
        if !is_same {
            return Err(Error::detection(DetectionProblem::OtherWeights));
        }
        let clouds = clouds_of_pixels(victim, pixels, &taps, self.readout, interrupt)?;
        for (layer, cloud) in self.reference.layers.iter().zip(&clouds) {
            if layer.cloud.n_features() != cloud.cloud.n_features() {
                let (layer, n_features) = (layer.layer.clone(), layer.cloud.n_features());
                return Err(Error::detection(DetectionProblem::OtherNetwork { layer, n_features }));
            }
        }
        let prepared = self.reference.prepared()?;
        let scores =
            |detector: &Detector| Ok((detector.kind.clone(), detector.scores_of(&prepared, &clouds)?));
        self.detectors.iter().map(scores).collect()
    }
}

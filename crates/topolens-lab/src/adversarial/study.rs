//! Attacks of growing strength, and the clouds of every layer under each.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use topolens_nn::Tensor;
use topolens_nn::attack::{Assault, Ball, Method, Norm, Outcome, Settings, Victim, find};
use topolens_nn::dataset::Dataset;

use super::answers::{accuracy, macro_f1};
use super::geometry::{Clean, Pointwise, rows_beside_clean};
use super::measurer::Measurer;
use super::sample::clouds_of;
use crate::Result;
use crate::bridge::labels_of_rows;
use crate::error::Error;
use crate::profile::{LayerCloud, LayerProfile, Protocol, Row, Sample};

/// What is attacked and measured.
#[derive(Debug, Clone, Copy)]
pub struct AttackStudy<'a> {
    /// The network.
    pub victim: &'a Victim<'a>,
    /// The images drawn.
    pub images: &'a Images,
    /// The layers measured.
    pub taps: &'a [usize],
    /// How clouds are measured: of all classes together.
    pub protocol: &'a Protocol,
    /// The class that images shall be taken for; none if any wrong one will do.
    pub target: Option<usize>,
    /// Who measures the layers.
    pub measurer: &'a dyn Measurer,
}

/// Images to attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    /// N × height × width × channels, from 0 (black) to 1 (full brightness).
    pub pixels: Tensor,
    /// The class of each.
    pub labels: Vec<usize>,
    /// The name of each class.
    pub class_names: Vec<String>,
}

impl Images {
    /// Images whose classes are known by number only.
    pub fn unnamed(pixels: Tensor, labels: Vec<usize>, n_classes: usize) -> Self {
        let n_classes = labels.iter().map(|label| label + 1).max().unwrap_or(0).max(n_classes);
        Self { pixels, labels, class_names: (0..n_classes).map(|class| class.to_string()).collect() }
    }
}

impl From<&Dataset> for Images {
    fn from(images: &Dataset) -> Self {
        let (labels, class_names) = (images.labels().to_vec(), images.class_names().to_vec());
        Self { pixels: images.unit_pixels(), labels, class_names }
    }
}

/// An attack at several strengths.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The attack.
    pub method: &'static Method,
    /// How it is run.
    pub settings: Settings,
    /// Radii, in units of the pixel range.
    pub epsilons: Vec<f64>,
}

/// Attacked images that somebody else made.
#[derive(Debug, Clone)]
pub struct Given {
    /// What they are called.
    pub name: String,
    /// How their perturbations are measured.
    pub norm: Norm,
    /// A perturbed version of each image that is attacked, in their order.
    pub images: Tensor,
}

impl Given {
    /// Attacked images under a name of their own: one that an attack has, or the clean images, is told apart.
    pub fn new(name: &str, norm: Norm, images: Tensor) -> Self {
        let is_taken = name == CLEAN || find(name).is_ok();
        let name = if is_taken { format!("{name} (given)") } else { name.to_owned() };
        Self { name, norm, images }
    }
}

/// What the images themselves are called.
const CLEAN: &str = "clean";

/// One attack at one strength.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The attack's name, `clean` for the images themselves.
    pub method: String,
    /// How perturbations are measured.
    pub norm: Norm,
    /// The radius of the ball; for images that were given the largest perturbation.
    pub epsilon: f64,
    /// The share of all images, but those of the target's class, that are classified rightly; those that were wrong before count as wrong.
    pub accuracy: f64,
    /// Macro-averaged F1 of the same images.
    pub f1: f64,
    /// The share of the attacked images whose criterion is met.
    pub success: f64,
    /// Mean size of a perturbation in the norm.
    pub mean_distance: f64,
    /// The median over the attacked images that succeeded; none if none did.
    pub median_distance_of_successes: Option<f64>,
    /// Examples outside of ball or bounds, which count as the images themselves.
    pub n_taken_back: usize,
    /// The numbers of every layer.
    pub rows: Vec<Row>,
    /// What was measured of the single images, layer by layer.
    pub points: Vec<Pointwise>,
    /// The clouds of the last hidden layer, or of the only one.
    pub last_hidden: LayerCloud,
    /// What became of the images.
    pub outcome: Outcome,
}

/// What is told of a study as it goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Images were set aside; the cells are to come.
    Planned {
        /// Images attacked, wrong before, and of the target's class.
        n_images: [usize; 3],
        /// Cells with the clean images.
        n_cells: usize,
    },
    /// A cell is done.
    Done {
        /// Method and strength.
        cell: String,
    },
}

impl AttackStudy<'_> {
    /// The images that can be attacked.
    ///
    /// # Errors
    ///
    /// The images do not fit the network, or none can be attacked.
    pub fn assault(&self) -> Result<Assault<'_>> {
        Ok(Assault::new(self.victim, &self.images.pixels, &self.images.labels, self.target)?)
    }

    /// Measures the clean images, then each attack at each strength, then what was given, with noise of its mean size.
    ///
    /// # Errors
    ///
    /// An attack does not fit the network, an activation is not finite, or `interrupt` became true.
    pub fn run(
        &self,
        assault: &Assault<'_>,
        (planned, given): (&[Planned], &[Given]),
        progress: &mut dyn FnMut(&Progress),
        interrupt: &AtomicBool,
    ) -> Result<Vec<Cell>> {
        let n_images = [assault.n_attacked(), assault.n_wrong(), assault.n_of_target()];
        let n_planned: usize = planned.iter().map(|planned| planned.epsilons.len()).sum();
        progress(&Progress::Planned { n_images, n_cells: 1 + n_planned + 2 * given.len() });
        let norm = planned.first().map_or(Norm::Linf, |planned| planned.settings.norm);
        let idle = assault.judge(assault.images().clone(), Ball::new(norm, 0.0)?)?;
        let mut study = Running { study: self, assault, clean: None, progress, interrupt };
        let mut cells = vec![study.cell(CLEAN, Ball::new(norm, 0.0)?, idle)?];
        for planned in planned {
            cells.extend(study.attack(planned)?);
        }
        for given in given {
            let outcome = assault.judge(given.images.clone(), assault.whole(given.norm))?;
            let largest = outcome.distances.iter().copied().fold(0.0, f64::max);
            let typical = outcome.distances.iter().sum::<f64>() / outcome.distances.len().max(1) as f64;
            cells.push(study.cell(&given.name, Ball::new(given.norm, largest)?, outcome)?);
            let (method, settings) = (find("noise")?, Settings::new(given.norm));
            cells.extend(study.attack(&Planned { method, settings, epsilons: vec![typical] })?);
        }
        Ok(cells)
    }
}

impl AttackStudy<'_> {
    /// The numbers of a layer, those beside the clean layer too, and of its profile what is needed of a clean one.
    fn beside_clean(
        &self,
        (layer, mut profile): (&LayerCloud, LayerProfile),
        labels: &[usize],
        clean: Option<&(LayerCloud, LayerProfile)>,
        interrupt: &AtomicBool,
    ) -> Result<Measured> {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::interrupted());
        }
        let (clean_layer, clean_profile) =
            clean.map_or((layer, &profile), |(layer, profile)| (layer, profile));
        let before = Clean { layer: clean_layer, profile: clean_profile, labels };
        let (beside, points) = rows_beside_clean(&before, layer, &profile.diagrams, self.protocol);
        let rows = profile.rows.iter().cloned().chain(beside).collect();
        profile.rows.retain(|row| row.descriptor == "mle");
        Ok(Measured { rows, points, profile })
    }
}

/// One layer under one attack.
struct Measured {
    rows: Vec<Row>,
    points: Pointwise,
    /// What is needed of a clean layer.
    profile: LayerProfile,
}

/// A study at work.
struct Running<'a> {
    study: &'a AttackStudy<'a>,
    assault: &'a Assault<'a>,
    /// The layers of the clean images, once they are measured.
    clean: Option<Vec<(LayerCloud, LayerProfile)>>,
    progress: &'a mut dyn FnMut(&Progress),
    interrupt: &'a AtomicBool,
}

impl Running<'_> {
    fn attack(&mut self, planned: &Planned) -> Result<Vec<Cell>> {
        let Planned { method, settings, epsilons } = planned;
        let attack = method.build(settings)?;
        let seed = self.study.protocol.seed;
        let run = |ball: Ball| self.assault.run(attack.as_ref(), ball, seed, &mut |_| {});
        // The smallest perturbation does not depend on epsilon: it is looked for once.
        let smallest = method.is_minimal.then(|| run(self.assault.whole(settings.norm))).transpose()?;
        let mut outcomes = Vec::with_capacity(epsilons.len());
        for &epsilon in epsilons {
            let ball = Ball::new(settings.norm, epsilon)?;
            let outcome = match &smallest {
                Some(smallest) => self.assault.judge(self.assault.within(&smallest.images, ball), ball)?,
                None => run(ball)?,
            };
            outcomes.push((ball, outcome));
        }
        outcomes.into_iter().map(|(ball, outcome)| self.cell(method.name, ball, outcome)).collect()
    }

    fn cell(&mut self, method: &str, ball: Ball, outcome: Outcome) -> Result<Cell> {
        let AttackStudy { victim, taps, protocol, .. } = self.study;
        let layers = clouds_of(victim, &outcome.images, taps, protocol.readout, self.interrupt)?;
        let labels: Vec<usize> =
            self.assault.attacked().iter().map(|at| self.study.images.labels[*at]).collect();
        let labels = labels_of_rows(&labels, protocol.readout);
        let (study, clean, interrupt) = (self.study, self.clean.as_ref(), self.interrupt);
        let sample = Sample { labels: &labels, class_names: &study.images.class_names, epoch: None };
        let profiled = study.measurer.measure(&layers, sample, protocol, interrupt)?;
        let measured =
            layers.par_iter().zip(profiled).enumerate().map(|(at, layer)| {
                study.beside_clean(layer, &labels, clean.map(|clean| &clean[at]), interrupt)
            });
        let (mut rows, mut points, mut profiles) = (Vec::new(), Vec::new(), Vec::new());
        for measured in measured.collect::<Result<Vec<Measured>>>()? {
            rows.extend(measured.rows);
            points.push(measured.points);
            profiles.push(measured.profile);
        }
        let last_hidden = layers[layers.len().saturating_sub(2)].clone();
        if self.clean.is_none() {
            self.clean = Some(layers.into_iter().zip(profiles).collect());
        }
        (self.progress)(&Progress::Done { cell: format!("{method} {}", ball.epsilon()) });
        let answers = self.assault.answers(&outcome);
        Ok(Cell {
            method: method.to_owned(),
            norm: ball.norm(),
            epsilon: ball.epsilon(),
            accuracy: accuracy(&answers),
            f1: macro_f1(&answers),
            success: outcome.success(),
            mean_distance: outcome.distances.iter().sum::<f64>() / outcome.distances.len().max(1) as f64,
            median_distance_of_successes: median_of_successes(&outcome),
            n_taken_back: outcome.n_taken_back,
            rows,
            points,
            last_hidden,
            outcome,
        })
    }
}

fn median_of_successes(outcome: &Outcome) -> Option<f64> {
    let pairs = outcome.distances.iter().zip(&outcome.succeeded);
    let mut sizes: Vec<f64> = pairs.filter(|(_, met)| **met).map(|(size, _)| *size).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let (low, high) = (sizes.get((sizes.len().checked_sub(1)?) / 2)?, sizes.get(sizes.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_images_have_a_name_of_their_own() {
        let name = |name: &str| Given::new(name, Norm::Linf, Tensor::zeros(&[1, 1, 1, 1])).name;
        let named = ["fgsm", "noise", "clean", "foolbox"].map(name);
        assert_eq!(named, ["fgsm (given)", "noise (given)", "clean (given)", "foolbox"]);
    }
}

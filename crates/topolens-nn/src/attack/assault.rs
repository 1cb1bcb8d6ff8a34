//! An attack on a set of images, and what it is worth.

use super::criterion::predictions;
use super::{Attack, Ball, Batch, Criterion, Norm, Victim};
use crate::error::{Error, ErrorKind};
use crate::network::check_labels;
use crate::tensor::Tensor;

const BATCH_SIZE: usize = 100;

/// Images that can be attacked: those the network gets right and, if there is a target, that are not of its class.
#[derive(Debug, Clone)]
pub struct Assault<'a> {
    victim: &'a Victim<'a>,
    batch: Batch,
    /// Places of the attacked images among those given.
    attacked: Vec<usize>,
    labels: Vec<usize>,
    predictions: Vec<usize>,
    target: Option<usize>,
}

/// What became of the attacked images.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The images after the attack, from 0 to 1.
    pub images: Tensor,
    /// What the network says of each.
    pub predictions: Vec<usize>,
    /// Whether the criterion of each is met.
    pub succeeded: Vec<bool>,
    /// Size of each perturbation in the norm of the ball.
    pub distances: Vec<f64>,
    /// How many the attack put outside of ball or bounds, or made no number; these were taken back.
    pub n_taken_back: usize,
}

impl Outcome {
    /// The share of the attacked images whose criterion is met.
    pub fn success(&self) -> f64 {
        let n_met = self.succeeded.iter().filter(|met| **met).count();
        n_met as f64 / self.succeeded.len().max(1) as f64
    }
}

impl<'a> Assault<'a> {
    /// Runs `images` (N × height × width × channels, from 0 to 1) through the network and sets aside those it gets wrong, and those of
    /// the class `target`.
    ///
    /// # Errors
    ///
    /// If the images do not fit the network, a pixel is not from 0 to 1, or labels or target do not fit.
    pub fn new(
        victim: &'a Victim<'a>,
        images: &Tensor,
        labels: &[usize],
        target: Option<usize>,
    ) -> Result<Self, Error> {
        check_pixels(images)?;
        let mut said = Vec::with_capacity(labels.len());
        let all: Vec<usize> = (0..images.n_items()).collect();
        for part in all.chunks(BATCH_SIZE) {
            let logits = victim.logits(&images.select(part))?;
            check_target(target, logits.item_len())?;
            check_labels(labels, images.n_items(), logits.item_len())?;
            said.extend(predictions(&logits));
        }
        let attacked: Vec<usize> =
            all.into_iter().filter(|at| said[*at] == labels[*at] && Some(labels[*at]) != target).collect();
        let batch = Batch {
            images: images.select(&attacked),
            criteria: attacked.iter().map(|at| Criterion { label: labels[*at], target }).collect(),
            streams: attacked.iter().map(|at| *at as u64).collect(),
            seed: 0,
        };
        Ok(Self { victim, batch, attacked, labels: labels.to_vec(), predictions: said, target })
    }

    /// The images that are attacked.
    pub fn images(&self) -> &Tensor {
        &self.batch.images
    }

    /// Their places among the images given, ascending.
    pub fn attacked(&self) -> &[usize] {
        &self.attacked
    }

    /// The number of images that are attacked.
    pub fn n_attacked(&self) -> usize {
        self.attacked.len()
    }

    /// The number set aside since the network gets them wrong.
    pub fn n_wrong(&self) -> usize {
        self.others().filter(|(label, said)| label != said).count()
    }

    /// The number set aside since they are of the target's class.
    pub fn n_of_target(&self) -> usize {
        self.labels.iter().filter(|label| Some(**label) == self.target).count()
    }

    /// Label and prediction of each image that is not of the target's class.
    fn others(&self) -> impl Iterator<Item = (usize, usize)> {
        let both = self.labels.iter().copied().zip(self.predictions.iter().copied());
        both.filter(|(label, _)| Some(*label) != self.target)
    }

    /// Label and prediction after an attack of each image that is not of the target's class, those included that the network got wrong
    /// before.
    pub fn answers(&self, outcome: &Outcome) -> Vec<(usize, usize)> {
        let mut said = self.predictions.clone();
        self.attacked.iter().zip(&outcome.predictions).for_each(|(at, after)| said[*at] = *after);
        let both = self.labels.iter().copied().zip(said);
        both.filter(|(label, _)| Some(*label) != self.target).collect()
    }

    /// Attacks in batches. `progress` hears the number of images done after each.
    ///
    /// # Errors
    ///
    /// As the attack, and if the images it returns have another shape.
    pub fn run(
        &self,
        attack: &dyn Attack,
        ball: Ball,
        seed: u64,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Outcome, Error> {
        let mut perturbed = Vec::with_capacity(self.batch.images.len());
        let all: Vec<usize> = (0..self.batch.len()).collect();
        for part in all.chunks(BATCH_SIZE) {
            let batch = Batch { seed, ..self.batch.select(part) };
            let found = attack.perturb(self.victim, &batch, ball)?;
            if found.shape() != batch.images.shape() {
                let [expected, got] = [&batch.images, &found].map(|tensor| tensor.shape().to_vec());
                return Err(ErrorKind::ShapeMismatch { argument: "attack", expected, got }.into());
            }
            perturbed.extend_from_slice(found.values());
            progress(part.len());
        }
        self.judge(Tensor::new(self.batch.images.shape(), perturbed)?, ball)
    }

    /// What perturbed versions of the attacked images are worth, wherever they come from. One that is not in the ball around its image or
    /// not in the bounds is taken back: it counts as the image itself.
    ///
    /// # Errors
    ///
    /// If `perturbed` has not the shape of [`Assault::images`].
    pub fn judge(&self, mut perturbed: Tensor, ball: Ball) -> Result<Outcome, Error> {
        if perturbed.shape() != self.batch.images.shape() {
            let [expected, got] = [&self.batch.images, &perturbed].map(|tensor| tensor.shape().to_vec());
            return Err(ErrorKind::ShapeMismatch { argument: "perturbed", expected, got }.into());
        }
        let mut n_taken_back = 0;
        for (item, image) in self.batch.images.items().enumerate() {
            let moved = perturbed.item_mut(item);
            let is_sound = moved.iter().all(|pixel| (0.0..=1.0).contains(pixel)) && ball.holds(image, moved);
            if !is_sound {
                moved.copy_from_slice(image);
                n_taken_back += 1;
            }
        }
        let (mut said, mut succeeded) = (Vec::new(), Vec::new());
        let all: Vec<usize> = (0..self.batch.len()).collect();
        for part in all.chunks(BATCH_SIZE) {
            let logits = self.victim.logits(&perturbed.select(part))?;
            said.extend(predictions(&logits));
            let criteria = part.iter().map(|item| self.batch.criteria[*item]);
            succeeded.extend(logits.items().zip(criteria).map(|(row, criterion)| criterion.is_met(row)));
        }
        let pairs = self.batch.images.items().zip(perturbed.items());
        let distances = pairs.map(|(image, moved)| ball.norm().distance(image, moved)).collect();
        Ok(Outcome { images: perturbed, predictions: said, succeeded, distances, n_taken_back })
    }

    /// Perturbed versions of the attacked images, each brought into the ball around its image.
    #[must_use]
    pub fn within(&self, perturbed: &Tensor, ball: Ball) -> Tensor {
        let mut inside = perturbed.clone();
        for (item, image) in self.batch.images.items().enumerate() {
            ball.project(image, inside.item_mut(item));
        }
        inside
    }

    /// A ball that holds all images.
    pub fn whole(&self, norm: Norm) -> Ball {
        let n = self.batch.images.item_len().max(1) as f64;
        let epsilon = match norm {
            Norm::L0 | Norm::Linf => 1.0,
            Norm::L1 => n,
            Norm::L2 => n.sqrt(),
        };
        Ball::new(norm, epsilon).unwrap_or_else(|_| unreachable!("the radius is positive and finite"))
    }
}

fn check_pixels(images: &Tensor) -> Result<(), Error> {
    if let Some(pixel) = images.values().iter().find(|pixel| !(0.0..=1.0).contains(*pixel)) {
        let (value, allowed) = (f64::from(*pixel), "from 0 (black) to 1 (full brightness)");
        return Err(ErrorKind::OutOfRange { argument: "images", value, allowed }.into());
    }
    Ok(())
}

fn check_target(target: Option<usize>, n_classes: usize) -> Result<(), Error> {
    match target {
        Some(target) if target >= n_classes => {
            let (value, allowed) = (target as f64, "below the number of classes");
            Err(ErrorKind::OutOfRange { argument: "target", value, allowed }.into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Linear, Planted, images, network};
    use super::super::{Settings, find, methods};
    use super::*;
    use crate::dataset::Normalization;
    use crate::model::ModelSpec;

    fn outcome_of(name: &str, norm: Norm, epsilon: f64, target: Option<usize>) -> (Outcome, Tensor) {
        let (network, (pixels, labels, normalization)) = (network(), images(60));
        let victim = Victim::new(&network, &normalization);
        let assault = Assault::new(&victim, &pixels, &labels, target).unwrap();
        assert!(assault.n_attacked() > 30, "{}", assault.n_attacked());
        let method = find(name).unwrap();
        let settings = Settings { steps: (name == "square").then_some(60), ..Settings::new(norm) };
        let ball = if method.is_minimal { assault.whole(norm) } else { Ball::new(norm, epsilon).unwrap() };
        let outcome = assault.run(method.build(&settings).unwrap().as_ref(), ball, 3, &mut |_| {}).unwrap();
        (outcome, assault.images().clone())
    }

    fn epsilon_of(norm: Norm) -> f64 {
        match norm {
            Norm::L0 => 0.05,
            Norm::L1 => 20.0,
            Norm::L2 => 1.5,
            Norm::Linf => 0.1,
        }
    }

    #[test]
    fn every_attack_stays_inside_and_beats_noise() {
        for method in methods() {
            for norm in method.norms {
                let epsilon = epsilon_of(*norm);
                let (outcome, images) = outcome_of(method.name, *norm, epsilon, None);
                assert_eq!(outcome.n_taken_back, 0, "{} {norm}", method.name);
                let bound = if method.is_minimal { f64::INFINITY } else { epsilon * (1.0 + 1e-5) + 1e-6 };
                for (image, (moved, distance)) in
                    images.items().zip(outcome.images.items().zip(&outcome.distances))
                {
                    assert!(
                        norm.distance(image, moved) <= bound && *distance <= bound,
                        "{} {norm}",
                        method.name
                    );
                    assert!(moved.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
                }
                if method.name != "noise" {
                    let noise = outcome_of("noise", *norm, epsilon, None).0.success();
                    assert!(
                        outcome.success() > noise + 0.1,
                        "{} {norm}: {} {noise}",
                        method.name,
                        outcome.success()
                    );
                }
            }
        }
    }

    #[test]
    fn on_a_linear_network_deepfool_finds_the_nearest_boundary() {
        let (network, normalization) = (Linear::new(), Normalization::new(&[0.0], &[1.0]).unwrap());
        let victim = Victim::new(&network, &normalization);
        let image = Tensor::new(&[1, 2, 2, 1], vec![0.6, 0.5, 0.4, 0.5]).unwrap();
        let logits = victim.logits(&image).unwrap();
        let said = predictions(&logits)[0];
        let assault = Assault::new(&victim, &image, &[said], None).unwrap();
        for norm in [Norm::L2, Norm::Linf] {
            let distance = |rival: usize| {
                let normal = (0..4).map(|at| network.weights[said][at] - network.weights[rival][at]);
                let sizes: Vec<f64> = normal.map(|slope| f64::from(slope.abs())).collect();
                let size: f64 = match norm {
                    Norm::Linf => sizes.iter().sum(),
                    _ => sizes.iter().map(|size| size * size).sum::<f64>().sqrt(),
                };
                f64::from(logits.values()[said] - logits.values()[rival]) / size
            };
            let distances: Vec<f64> = (0..3).filter(|class| *class != said).map(distance).collect();
            let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(distances.iter().any(|distance| *distance > 1.2 * nearest), "{distances:?}");
            let deepfool = find("deepfool").unwrap().build(&Settings::new(norm)).unwrap();
            let found = assault.run(deepfool.as_ref(), assault.whole(norm), 0, &mut |_| {}).unwrap();
            // 2 % beyond the boundary, and 1e-4 so that no step is 0.
            assert!(
                (found.distances[0] - 1.02 * (nearest + 1e-4)).abs() < 1e-4,
                "{norm}: {found:?} {distances:?}"
            );
            assert_eq!(found.success(), 1.0);
        }
    }

    #[test]
    fn images_of_different_batches_have_different_random_numbers() {
        let (network, (pixels, labels, normalization)) = (network(), images(160));
        let victim = Victim::new(&network, &normalization);
        let assault = Assault::new(&victim, &pixels, &labels, None).unwrap();
        assert!(assault.n_attacked() > BATCH_SIZE);
        let noise = find("noise").unwrap().build(&Settings::new(Norm::Linf)).unwrap();
        let outcome =
            assault.run(noise.as_ref(), Ball::new(Norm::Linf, 0.1).unwrap(), 0, &mut |_| {}).unwrap();
        let rises = |item: usize| {
            let pairs = assault.images().item(item).iter().zip(outcome.images.item(item));
            pairs.map(|(before, after)| after > before).collect::<Vec<bool>>()
        };
        let (first, other) = (rises(0), rises(BATCH_SIZE));
        let n_alike = first.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!((n_alike as f64 / first.len() as f64 - 0.5).abs() < 0.15, "{n_alike} of {}", first.len());
    }

    #[test]
    fn a_search_by_squares_gains_with_its_steps() {
        let (network, (pixels, labels, normalization)) = (network(), images(60));
        let victim = Victim::new(&network, &normalization);
        let assault = Assault::new(&victim, &pixels, &labels, None).unwrap();
        for (norm, epsilon) in [(Norm::Linf, 0.05), (Norm::L2, 1.0)] {
            let success = |steps: usize| {
                let settings = Settings { steps: Some(steps), ..Settings::new(norm) };
                let square = find("square").unwrap().build(&settings).unwrap();
                let ball = Ball::new(norm, epsilon).unwrap();
                let found = assault.run(square.as_ref(), ball, 3, &mut |_| {}).unwrap();
                assert_eq!(found.n_taken_back, 0);
                found.success()
            };
            let [first, searched] = [success(1), success(120)];
            assert!(searched > first + 0.1, "{norm}: {first} {searched}");
        }
    }

    #[test]
    fn a_targeted_success_is_the_target() {
        for method in methods().iter().filter(|method| method.takes_target && method.name != "noise") {
            let norm = method.norms[0];
            let (outcome, _) = outcome_of(method.name, norm, 2.0 * epsilon_of(norm), Some(2));
            assert!(outcome.success() > 0.1, "{}: {}", method.name, outcome.success());
            for (said, succeeded) in outcome.predictions.iter().zip(&outcome.succeeded) {
                assert_eq!(*said == 2, *succeeded, "{}", method.name);
            }
        }
    }

    #[test]
    fn zero_epsilon_changes_nothing() {
        for method in methods().iter().filter(|method| !method.is_minimal) {
            for norm in method.norms {
                let (outcome, images) = outcome_of(method.name, *norm, 0.0, None);
                assert_eq!(outcome.images, images, "{} {norm}", method.name);
                assert_eq!(outcome.success(), 0.0);
            }
        }
    }

    #[test]
    fn same_seed_same_bits_and_images_do_not_depend_on_each_other() {
        let (network, (pixels, labels, normalization)) = (network(), images(60));
        let victim = Victim::new(&network, &normalization);
        let ball = Ball::new(Norm::Linf, 0.03).unwrap();
        let run = |n: usize, seed: u64, name: &str| {
            let some: Vec<usize> = (0..n).collect();
            let assault = Assault::new(&victim, &pixels.select(&some), &labels[..n], None).unwrap();
            let attack = find(name).unwrap().build(&Settings { steps: Some(5), ..Settings::new(Norm::Linf) });
            assault.run(attack.unwrap().as_ref(), ball, seed, &mut |_| {}).unwrap().images
        };
        for name in ["pgd", "apgd-ce", "square", "noise"] {
            let (all, fewer) = (run(60, 1, name), run(12, 1, name));
            assert_eq!(all, run(60, 1, name), "{name}");
            assert_ne!(all, run(60, 2, name), "{name}");
            assert_eq!(fewer.values(), &all.values()[..fewer.len()], "{name}");
        }
    }

    #[test]
    fn a_lying_attack_is_caught() {
        let (network, (pixels, labels, normalization)) = (network(), images(20));
        let victim = Victim::new(&network, &normalization);
        let assault = Assault::new(&victim, &pixels, &labels, None).unwrap();
        let ball = Ball::new(Norm::Linf, 0.05).unwrap();
        let judge = |lie: Planted| assault.run(&lie, ball, 0, &mut |_| {}).unwrap();
        for lie in [Planted::OutsideTheBall, Planted::OutsideTheBounds, Planted::NoNumber] {
            let outcome = judge(lie);
            assert_eq!(outcome.n_taken_back, assault.n_attacked(), "{lie:?}");
            assert_eq!((outcome.success(), &outcome.images), (0.0, assault.images()), "{lie:?}");
        }
        assert_eq!((judge(Planted::Idle).success(), judge(Planted::Idle).n_taken_back), (0.0, 0));
        assert!(
            assault
                .run(&Planted::OtherShape, ball, 0, &mut |_| {})
                .unwrap_err()
                .to_string()
                .contains("attack")
        );
    }

    #[test]
    fn images_set_aside_are_counted_and_answered_for() {
        let (network, (pixels, mut labels, normalization)) = (network(), images(60));
        let victim = Victim::new(&network, &normalization);
        labels[0] = (labels[0] + 1) % 10;
        let assault = Assault::new(&victim, &pixels, &labels, Some(3)).unwrap();
        assert_eq!(assault.n_attacked() + assault.n_wrong() + assault.n_of_target(), 60);
        assert!(!assault.attacked().contains(&0) && assault.n_wrong() > 0);
        let idle = assault.run(&Planted::Idle, Ball::new(Norm::L2, 1.0).unwrap(), 0, &mut |_| {}).unwrap();
        let answers = assault.answers(&idle);
        assert_eq!(answers.len(), 60 - assault.n_of_target());
        assert_eq!(answers.iter().filter(|(label, said)| label != said).count(), assault.n_wrong());
    }

    #[test]
    fn steps_are_as_bright_in_every_channel() {
        let normalization = Normalization::new(&[0.1, 0.2, 0.3], &[1.0, 0.5, 0.25]).unwrap();
        let network = ModelSpec { width: 4, ..ModelSpec::new("small-cnn", [8, 8, 3], 2) }.build().unwrap();
        let victim = Victim::new(&network, &normalization);
        let pixels =
            Tensor::new(&[1, 8, 8, 3], (0..192).map(|at| 0.3 + at as f32 / 500.0).collect()).unwrap();
        let said = predictions(&victim.logits(&pixels).unwrap());
        let assault = Assault::new(&victim, &pixels, &said, None).unwrap();
        let fgsm = find("fgsm").unwrap().build(&Settings::new(Norm::Linf)).unwrap();
        let outcome =
            assault.run(fgsm.as_ref(), Ball::new(Norm::Linf, 0.01).unwrap(), 0, &mut |_| {}).unwrap();
        for channel in 0..3 {
            let pairs = pixels.values().iter().zip(outcome.images.values()).skip(channel).step_by(3);
            let moved: Vec<f32> = pairs.map(|(before, after)| (after - before).abs()).collect();
            assert!(moved.iter().all(|moved| *moved == 0.0 || (moved - 0.01).abs() < 1e-6), "{moved:?}");
            assert!(moved.iter().any(|moved| *moved > 0.0), "channel {channel}");
        }
    }

    #[test]
    fn bad_requests_are_named() {
        let (network, (pixels, labels, normalization)) = (network(), images(4));
        let victim = Victim::new(&network, &normalization);
        let fails = |pixels: &Tensor, labels: &[usize], target: Option<usize>, word: &str| {
            let message = Assault::new(&victim, pixels, labels, target).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        };
        fails(&pixels, &labels, Some(10), "target");
        fails(&pixels, &labels[..2], None, "2 labels");
        fails(&pixels, &[10, 0, 0, 0], None, "label 10");
        for value in [1.5, -0.1, f32::NAN] {
            let mut bad = pixels.clone();
            bad.values_mut()[3] = value;
            fails(&bad, &labels, None, "images");
        }
        for settings in [
            Settings { steps: Some(0), ..Settings::new(Norm::Linf) },
            Settings { step_size: Some(-1.0), ..Settings::new(Norm::Linf) },
        ] {
            assert!(find("pgd").unwrap().build(&settings).unwrap_err().to_string().contains("step"));
        }
        assert!(find("nothing").unwrap_err().to_string().contains("fgsm"));
        let forward_only = Victim::forward_only(&network, &normalization);
        let assault = Assault::new(&forward_only, &pixels, &labels, None).unwrap();
        let fgsm = find("fgsm").unwrap().build(&Settings::new(Norm::Linf)).unwrap();
        let ball = Ball::new(Norm::Linf, 0.1).unwrap();
        let message = assault.run(fgsm.as_ref(), ball, 0, &mut |_| {}).unwrap_err().to_string();
        assert!(message.contains("square"), "{message}");
        let square = find("square").unwrap().build(&Settings { steps: Some(3), ..Settings::new(Norm::Linf) });
        assert!(assault.run(square.unwrap().as_ref(), ball, 0, &mut |_| {}).is_ok());
    }
}

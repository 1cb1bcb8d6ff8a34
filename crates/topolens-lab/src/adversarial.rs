//! What an attack does to the clouds of a network's layers.

use topolens_nn::attack::{Fgsm, Goal};
use topolens_nn::dataset::{Dataset, Normalization};
use topolens_nn::tap::Collector;
use topolens_nn::{Differentiable, Tensor};

use crate::Result;
use crate::bridge::to_clouds;
use crate::profile::{LayerCloud, LayerProfile, Protocol, Sample, measure_layer};

/// The profile of attacked images at one strength.
#[derive(Debug, Clone)]
pub struct AttackedProfile {
    /// Largest change of a pixel, in units of the pixel range 0 to 1.
    pub epsilon: f64,
    /// Share of the attacked images that are still classified rightly.
    pub accuracy: f64,
    /// One profile per layer.
    pub layers: Vec<LayerProfile>,
}

/// Attacks all of `images` by the untargeted fast gradient sign method and measures the layers `taps`, for each epsilon.
///
/// Epsilon 0 gives the clean images. The perturbed images stay in the data's bounds.
///
/// # Errors
///
/// The images do not fit the network, an epsilon is negative, or an activation is not finite.
///
/// # References
///
/// Goodfellow et al. 2015; Magai & Ayzenberg 2022.
pub fn fgsm_profiles(
    network: &dyn Differentiable,
    (images, normalization): (&Dataset, &Normalization),
    taps: &[usize],
    epsilons: &[f64],
    protocol: &Protocol,
) -> Result<Vec<AttackedProfile>> {
    let indices: Vec<usize> = (0..images.len()).collect();
    let batch = images.batch(&indices, normalization)?;
    let attacked = epsilons.iter().map(|&epsilon| {
        let attack = Fgsm::new(epsilon, normalization, Goal::Untargeted)?;
        let perturbed = attack.perturb(network, &batch, images.labels())?;
        let (clouds, logits) = clouds_of(network, &perturbed, taps, protocol)?;
        let sample = Sample { labels: images.labels(), class_names: images.class_names(), epoch: None };
        let layers =
            clouds.iter().map(|cloud| measure_layer(cloud, sample, protocol)).collect::<Result<_>>()?;
        Ok(AttackedProfile { epsilon, accuracy: accuracy(&logits, images.labels()), layers })
    });
    attacked.collect()
}

fn clouds_of(
    network: &dyn Differentiable,
    batch: &Tensor,
    taps: &[usize],
    protocol: &Protocol,
) -> Result<(Vec<LayerCloud>, Tensor)> {
    let mut collector = Collector::new(network, taps, protocol.readout)?;
    let logits = collector.push(batch)?;
    Ok((to_clouds(network, collector.finish())?, logits))
}

fn accuracy(logits: &Tensor, labels: &[usize]) -> f64 {
    let n_classes = logits.item_len().max(1);
    let right = logits.values().chunks_exact(n_classes).zip(labels).filter(|(scores, label)| {
        let best = (0..n_classes).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        best == Some(**label)
    });
    right.count() as f64 / labels.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use topolens_nn::{Network, dataset};

    use super::*;
    use crate::bridge::{Subject, draw_images, layer_clouds};
    use crate::input::shipped_network;

    #[test]
    fn epsilon_zero_is_the_clean_profile_and_strength_costs_accuracy() {
        let shipped = shipped_network().unwrap();
        let (network, normalization) = (&shipped.model, &shipped.card.normalization);
        let mut protocol = Protocol { n_half_samples: 0, local: false, ..Protocol::default() };
        protocol.set_n_points(100);
        let images = draw_images(&dataset::embedded(false).unwrap(), &protocol).unwrap();
        let taps = [network.layers().len() - 1];
        let attacked =
            fgsm_profiles(network, (&images, normalization), &taps, &[0.0, 0.1], &protocol).unwrap();
        let subject = Subject::new(network, normalization);
        let clean = layer_clouds(subject, &images, &taps, &protocol, &false.into()).unwrap();
        let sample = Sample { labels: images.labels(), class_names: images.class_names(), epoch: None };
        assert_eq!(attacked[0].layers[0].rows, measure_layer(&clean[0], sample, &protocol).unwrap().rows);
        assert_ne!(attacked[0].layers[0].rows, attacked[1].layers[0].rows);
        let (before, after) = (attacked[0].accuracy, attacked[1].accuracy);
        assert!(before > 0.7 && after < before - 0.2, "{before} {after}");
    }

    #[test]
    fn a_negative_strength_is_refused() {
        let shipped = shipped_network().unwrap();
        let images = dataset::embedded(false).unwrap().subset(&[0, 1, 2]).unwrap();
        let data = (&images, &shipped.card.normalization);
        let error = fgsm_profiles(&shipped.model, data, &[0], &[-0.1], &Protocol::default()).unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
}

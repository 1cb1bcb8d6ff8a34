//! What a sweep will cost, before it starts.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use topolens::PointCloud;
use topolens_nn::dataset::Dataset;
use topolens_nn::train::{Recording, TrainEvent, TrainSettings, Trainer};
use topolens_nn::{Model, ModelSpec};

use crate::Result;
use crate::error::Error;
use crate::profile::{LayerCloud, Plan, Protocol, Sample};

/// What is trained, and on what.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The network.
    pub spec: ModelSpec,
    /// How it is trained.
    pub settings: TrainSettings,
    /// Training images of an epoch.
    pub n_train: usize,
    /// Test images of an epoch.
    pub n_test: usize,
}

/// What a network takes, about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Time to train, in seconds.
    pub seconds: f64,
    /// Bytes of its checkpoints.
    pub bytes: u64,
}

impl Trial {
    /// Trains on two batches to foretell the whole.
    ///
    /// # Errors
    ///
    /// The network cannot be trained on the images.
    pub fn cost(&self, images: &Dataset) -> Result<Cost> {
        let few: Vec<usize> = (0..(2 * self.settings.batch_size).clamp(64, 256).min(images.len())).collect();
        let few_images = images.subset(&few)?;
        let model: Model = self.spec.build()?;
        let n_parameters = model.n_parameters() as u64;
        let (pace, evaluated) = self.pace(model, &few_images)?;
        let epoch = self.n_train as f64 / pace + self.n_test as f64 / evaluated;
        let TrainSettings { epochs, recording, .. } = &self.settings;
        let kept = recording.epochs.as_ref().map_or(epochs + 1, |kept| kept.len().min(epochs + 1)) as u64;
        // The last one remembers the optimiser's one or two numbers per weight.
        Ok(Cost { seconds: epoch * *epochs as f64, bytes: 4 * n_parameters * (kept + 2) })
    }

    /// Images per second in training and in evaluation.
    fn pace(&self, model: Model, images: &Dataset) -> Result<(f64, f64)> {
        let settings = TrainSettings {
            epochs: 2,
            validation: 0.0,
            patience: None,
            recording: Recording { epochs: Some(Vec::new()), ..Recording::default() },
            ..self.settings.clone()
        };
        let folder =
            tempfile::tempdir().map_err(|source| Error::io("create", &std::env::temp_dir(), source))?;
        let (mut pace, mut seconds) = (f64::INFINITY, 0.0);
        let mut hear = |event: TrainEvent| {
            if let TrainEvent::Epoch { pace: Some(found), seconds: whole, .. } = event {
                (pace, seconds) = (found.images_per_second, whole);
            }
        };
        let trainer = Trainer::new(images, images, settings)?;
        trainer.train_from(model, folder.path(), &mut hear, &AtomicBool::new(false))?;
        let n_images = images.len() as f64;
        // What is left of the epoch went into evaluation and into writing.
        let evaluation = (seconds - n_images / pace).max(0.1 * n_images / pace);
        Ok((pace, n_images / evaluation))
    }
}

/// Seconds to profile `n_layers` layers by `protocol`, about: tried on a cloud of noise.
///
/// # Errors
///
/// The protocol asks for fewer than three points.
pub fn profile_seconds(protocol: &Protocol, n_layers: usize) -> Result<f64> {
    const WIDTH: usize = 64;
    let start = Instant::now();
    let values = topolens::synthetic::gaussian(protocol.n_points, WIDTH, 0)?;
    let values = values.values().iter().map(|&x| x as f32).collect();
    let cloud = PointCloud::new(values, protocol.n_points, WIDTH)?;
    let layer = LayerCloud { layer: "noise".to_owned(), layer_index: 0, depth: 1.0, cloud };
    let labels: Vec<usize> = (0..protocol.n_points).map(|point| point % 10).collect();
    let names: Vec<String> = (0..10).map(|class| class.to_string()).collect();
    let sample = Sample { labels: &labels, class_names: &names, epoch: None };
    let plan = Plan::new(&layer, n_layers, sample, protocol)?;
    Ok(plan.seconds.unwrap_or_else(|| start.elapsed().as_secs_f64() * n_layers as f64))
}

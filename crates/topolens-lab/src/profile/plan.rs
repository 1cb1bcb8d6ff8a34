//! What a study will cost, before it starts.

use std::time::Instant;

use topolens::VietorisRips;

use super::measure::{LayerCloud, Sample, measure_layer};
use super::protocol::Protocol;
use crate::Result;

/// What is to be measured, and about how much of the machine it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Layers at all epochs together.
    pub n_layers: usize,
    /// Images in the largest cloud.
    pub n_points: usize,
    /// Peak memory in bytes, about.
    pub memory: u64,
    /// Time in seconds, about; known for clouds large enough to try a quarter of one.
    pub seconds: Option<f64>,
}

/// Clouds below this are measured in a moment.
const WORTH_TRYING: usize = 1000;
/// A quarter of the points costs a sixteenth of the time.
const PART: usize = 4;

impl Plan {
    /// Peak memory of the homology of a cloud, in bytes, about.
    pub fn memory(n_points: usize) -> u64 {
        let rips = VietorisRips::new();
        let halves = rayon::current_num_threads() as u64 * rips.estimated_memory::<f32>(n_points / 2);
        rips.estimated_memory::<f32>(n_points) + halves
    }

    /// Tries a part of `first`, one of `n_layers` clouds, to foretell the time.
    ///
    /// # Errors
    ///
    /// The labels do not fit the cloud.
    pub(crate) fn new(
        first: &LayerCloud,
        n_layers: usize,
        sample: Sample<'_>,
        protocol: &Protocol,
    ) -> Result<Self> {
        let n_points = first.cloud.n_points();
        let memory = Self::memory(n_points);
        let seconds = if n_points < WORTH_TRYING { None } else { Some(try_part(first, sample, protocol)?) };
        let seconds = seconds.map(|seconds| seconds * (n_layers * PART * PART) as f64);
        Ok(Self { n_layers, n_points, memory, seconds })
    }
}

fn try_part(layer: &LayerCloud, sample: Sample<'_>, protocol: &Protocol) -> Result<f64> {
    let indices: Vec<usize> = (0..layer.cloud.n_points()).step_by(PART).collect();
    let labels: Vec<usize> = indices.iter().map(|&index| sample.labels[index]).collect();
    let part = LayerCloud { cloud: layer.cloud.select(&indices)?, ..layer.clone() };
    let protocol = Protocol {
        ph_sizes: None,
        points_per_class: protocol.points_per_class.div_ceil(PART),
        ..protocol.clone()
    };
    let start = Instant::now();
    measure_layer(&part, Sample { labels: &labels, ..sample }, &protocol)?;
    Ok(start.elapsed().as_secs_f64())
}

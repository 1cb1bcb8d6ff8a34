//! Who measures the layers of an attacked network.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::Result;
use crate::error::Error;
use crate::profile::{LayerCloud, LayerProfile, Protocol, Sample, measure_layer};
use crate::store::FinishedLayers;

/// Who measures layers: the numbers are the same wherever it is done.
pub trait Measurer: Debug + Sync {
    /// The profile of each layer, in their order.
    ///
    /// # Errors
    ///
    /// An activation is not finite, or `interrupt` became true.
    fn measure(
        &self,
        layers: &[LayerCloud],
        sample: Sample<'_>,
        protocol: &Protocol,
        interrupt: &AtomicBool,
    ) -> Result<Vec<LayerProfile>>;
}

/// The threads of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct OnThreads<'a> {
    /// Where layers are kept as they are measured.
    pub finished: Option<&'a FinishedLayers>,
}

impl Measurer for OnThreads<'_> {
    fn measure(
        &self,
        layers: &[LayerCloud],
        sample: Sample<'_>,
        protocol: &Protocol,
        interrupt: &AtomicBool,
    ) -> Result<Vec<LayerProfile>> {
        let profile = |layer: &LayerCloud| {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            if let Some(profile) = self.finished.and_then(|kept| kept.find(layer, sample, protocol)) {
                return Ok(profile);
            }
            let profile = measure_layer(layer, sample, protocol)?;
            if let Some(finished) = self.finished {
                finished.keep(layer, sample, protocol, &profile)?;
            }
            Ok(profile)
        };
        layers.par_iter().map(profile).collect()
    }
}

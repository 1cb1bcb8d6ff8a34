//! How layers are measured.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use topolens_lab::profile::Protocol;

use crate::error::about;

/// What [`Settings`] are pickled as.
pub(super) type PickledSettings = (String, bool, String, usize, usize, u64, usize);

/// How layers are measured, as Python says it.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(super) name: String,
    pub(super) has_labels: bool,
    pub(super) scaling: String,
    pub(super) points_per_class: usize,
    pub(super) n_half_samples: usize,
    pub(super) seed: u64,
    /// Samples drawn; 0 until that is known.
    pub(super) n_points: usize,
}

impl Settings {
    /// All samples as one cloud, and otherwise what is usual.
    pub(crate) fn of_whole(scaling: &str, seed: u64, n_points: usize) -> Self {
        let Protocol { points_per_class, n_half_samples, .. } = Protocol::default();
        let (name, scaling) = ("global".to_owned(), scaling.to_owned());
        Self { name, has_labels: true, scaling, points_per_class, n_half_samples, seed, n_points }
    }

    pub(crate) fn protocol(&self) -> PyResult<Protocol> {
        let mut protocol = named_protocol(&self.name, self.has_labels)?;
        protocol.scaling = self.scaling.parse().map_err(|error| about("scaling", &error))?;
        protocol.points_per_class = self.points_per_class;
        protocol.n_half_samples = self.n_half_samples;
        protocol.seed = self.seed;
        if self.n_points > 0 {
            protocol.set_n_points(self.n_points);
        }
        Ok(protocol)
    }

    pub(super) fn pickled(&self) -> PickledSettings {
        let Self { name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points } =
            self.clone();
        (name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points)
    }

    pub(super) fn of_pickled(told: PickledSettings) -> Self {
        let (name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points) = told;
        Self { name, has_labels, scaling, points_per_class, n_half_samples, seed, n_points }
    }
}

fn named_protocol(name: &str, has_labels: bool) -> PyResult<Protocol> {
    let mut protocol = if name == "paper" { Protocol::paper() } else { Protocol::default() };
    match name {
        "both" | "paper" => protocol.local = has_labels,
        "global" => protocol.local = false,
        "local" if has_labels => protocol.global = false,
        "local" => {
            return Err(PyValueError::new_err("protocol=\"local\" measures classes; give labels"));
        }
        _ => {
            return Err(PyValueError::new_err(format!(
                "protocol must be \"both\", \"local\", \"global\" or \"paper\", not {name:?}"
            )));
        }
    }
    Ok(protocol)
}

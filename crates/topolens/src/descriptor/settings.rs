//! What the descriptors need to be told beside the cloud.

/// Settings shared by all descriptors.
///
/// # Examples
///
/// ```
/// use topolens::descriptor::Settings;
///
/// let without_uncertainty = Settings::new().half_samples(0).seed(3);
/// assert_ne!(without_uncertainty, Settings::new());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub(super) alpha: f64,
    pub(super) n_neighbors: usize,
    pub(super) sizes: Option<Vec<usize>>,
    pub(super) repeats: usize,
    pub(super) n_nulls: usize,
    pub(super) n_half_samples: usize,
    pub(super) seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

impl Settings {
    /// $\alpha = 1$, 20 neighbours, default sizes and 5 repeats of [`PersistentDimension`](crate::PersistentDimension), 8
    /// null clouds, 8 half samples, seed 0.
    pub fn new() -> Self {
        Self { alpha: 1.0, n_neighbors: 20, sizes: None, repeats: 5, n_nulls: 8, n_half_samples: 8, seed: 0 }
    }

    /// The exponent of lifespans in sums and in PHdim.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// The number of neighbours of the maximum-likelihood estimator.
    #[must_use]
    pub fn n_neighbors(self, n_neighbors: usize) -> Self {
        Self { n_neighbors, ..self }
    }

    /// The subsample sizes of PHdim.
    #[must_use]
    pub fn sizes(self, sizes: &[usize]) -> Self {
        Self { sizes: Some(sizes.to_vec()), ..self }
    }

    /// The number of subsamples of every size.
    #[must_use]
    pub fn repeats(self, repeats: usize) -> Self {
        Self { repeats, ..self }
    }

    /// The number of null clouds.
    #[must_use]
    pub fn nulls(self, n_nulls: usize) -> Self {
        Self { n_nulls, ..self }
    }

    /// The number of half samples behind the intervals of descriptors without a model; 0 for no intervals.
    #[must_use]
    pub fn half_samples(self, n_half_samples: usize) -> Self {
        Self { n_half_samples, ..self }
    }

    /// The seed of half samples, null clouds and subsamples.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }
}

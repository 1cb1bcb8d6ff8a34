//! Which clouds are measured, and how.

use topolens::Scaling;
use topolens_nn::tap::Readout;

/// How layers become clouds and which clouds are measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    /// Measure the cloud of all classes together.
    pub global: bool,
    /// Measure each class's own cloud, and the mean over classes.
    pub local: bool,
    /// Images in the global cloud, the same number of each class as far as the data allows.
    pub n_points: usize,
    /// Images in a class's cloud.
    pub points_per_class: usize,
    /// Scaling of the features before homology; dimensions and separation are measured on unscaled features.
    pub scaling: Scaling,
    /// Tensor to row.
    pub readout: Readout,
    /// Sample sizes for the persistent-homology dimension of the global cloud; `None` spreads eight over the cloud.
    pub ph_sizes: Option<Vec<usize>>,
    /// Untrained networks of the same kind whose layers serve as a null; 0 for none.
    pub n_untrained: usize,
    /// Half samples behind each interval; 0 gives none.
    pub n_half_samples: usize,
    /// Seed of subsamples, nulls and half samples.
    pub seed: u64,
}

impl Default for Protocol {
    fn default() -> Self {
        Self {
            global: true,
            local: true,
            n_points: 1000,
            points_per_class: 250,
            scaling: Scaling::MinMax,
            readout: Readout::AvgPool,
            ph_sizes: None,
            n_untrained: 0,
            n_half_samples: 8,
            seed: 0,
        }
    }
}

impl Protocol {
    /// The protocol of Magai & Ayzenberg 2022: 3000 images, average pooling, min-max over the mixed sample, at most 250 points
    /// of each class (all classes; their code drops the last), persistent-homology dimension at 500, 850, …, 2950 points.
    ///
    /// They draw the 3000 images at random; here every class gives the same number, so that E, which grows with the
    /// number of points, can be compared between classes.
    pub fn paper() -> Self {
        Self { n_points: 3000, ph_sizes: Some((500..=2950).step_by(350).collect()), ..Self::default() }
    }

    /// Sets the number of images; sample sizes above it are left out.
    pub fn set_n_points(&mut self, n_points: usize) {
        self.n_points = n_points;
        if let Some(sizes) = &mut self.ph_sizes {
            sizes.retain(|size| *size <= n_points);
        }
    }
}

//! The list of descriptors.

use super::inputs::Inputs;
use super::measurement::Measurement;
use super::quantities;
use crate::error::{Error, SettingKind};

/// A named quantity of a point cloud.
///
/// # Examples
///
/// ```
/// use topolens::descriptor::{Inputs, Settings, find};
/// use topolens::{synthetic, TwoNn};
///
/// let cloud = synthetic::sphere(300, 2, 0)?;
/// let two_nn = find("two-nn")?[0];
/// let measurement = two_nn.measure(&Inputs::new(&cloud, Settings::new()))?;
/// assert_eq!(measurement.value, TwoNn::new().estimate(&cloud)?.value);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    name: &'static str,
    homology_dimension: Option<usize>,
    needs_labels: bool,
    meaning: &'static str,
    measure: fn(&Inputs<'_>) -> Result<Measurement, Error>,
}

impl Descriptor {
    /// The name, in kebab case; shared by the homology dimensions of one quantity.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The homology dimension, for quantities of a diagram.
    pub fn homology_dimension(&self) -> Option<usize> {
        self.homology_dimension
    }

    /// Whether it is undefined without class labels.
    pub fn needs_labels(&self) -> bool {
        self.needs_labels
    }

    /// What it means, in one sentence.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Measures a cloud.
    ///
    /// # Errors
    ///
    /// If the quantity is undefined for these inputs; the message gives the reason.
    pub fn measure(&self, inputs: &Inputs<'_>) -> Result<Measurement, Error> {
        (self.measure)(inputs)
    }

    const fn of_diagram(
        name: &'static str,
        homology_dimension: usize,
        meaning: &'static str,
        measure: fn(&Inputs<'_>) -> Result<Measurement, Error>,
    ) -> Self {
        Self { name, homology_dimension: Some(homology_dimension), needs_labels: false, meaning, measure }
    }

    const fn of_cloud(
        name: &'static str,
        meaning: &'static str,
        measure: fn(&Inputs<'_>) -> Result<Measurement, Error>,
    ) -> Self {
        Self { name, homology_dimension: None, needs_labels: false, meaning, measure }
    }

    const fn of_classes(
        name: &'static str,
        meaning: &'static str,
        measure: fn(&Inputs<'_>) -> Result<Measurement, Error>,
    ) -> Self {
        Self { needs_labels: true, ..Self::of_cloud(name, meaning, measure) }
    }
}

const SUM: &str =
    "The sum of the lifespans of components or loops: how spread out the cloud is at all scales together.";
const MEAN: &str = "The mean lifespan: the typical scale at which components merge or loops fill.";
const MAX: &str = "The longest lifespan: the largest gap between components, or the largest loop.";
const ENTROPY: &str = "The entropy of lifespans as shares of their sum: high when many classes live alike.";
const COUNT: &str = "The number of classes that are born and die.";
const NULL: &str = "The lifespans sum over that of clouds with independent features and the same marginals.";
const PH: &str = "The intrinsic dimension from the growth of the lifespans sum with the number of points.";
const MLE: &str = "The intrinsic dimension by maximum likelihood of neighbour distances.";
const TWO_NN: &str = "The intrinsic dimension from the ratio of the distances to the two nearest neighbours.";
const GAUSSIAN: &str = "The lifespans sum over that of normal clouds with the same covariance.";
const NC1: &str = "Within-class over between-class spread: 0 when classes have collapsed to points.";
const NC2: &str =
    "How far the angles between class means are from those of a simplex: 0 when they are equal.";
const DAVIES_BOULDIN: &str =
    "The spread of the two most alike classes over the distance of their means: low when classes are apart.";
const SILHOUETTE: &str =
    "How much nearer a point is to its own class than to the next: 1 at best, 0 on a border.";
const RADIUS: &str = "The spread of a class over the distance of its mean from the centre of all classes.";
const CLASS_DIMENSION: &str = "The number of directions in which a class spreads: its participation ratio.";

static ALL: [Descriptor; 21] = [
    Descriptor::of_diagram("lifespans-sum", 0, SUM, quantities::lifespans_sum::<0>),
    Descriptor::of_diagram("lifespans-sum", 1, SUM, quantities::lifespans_sum::<1>),
    Descriptor::of_diagram("mean-lifespan", 0, MEAN, quantities::mean_lifespan::<0>),
    Descriptor::of_diagram("mean-lifespan", 1, MEAN, quantities::mean_lifespan::<1>),
    Descriptor::of_diagram("max-lifespan", 0, MAX, quantities::max_lifespan::<0>),
    Descriptor::of_diagram("max-lifespan", 1, MAX, quantities::max_lifespan::<1>),
    Descriptor::of_diagram("persistent-entropy", 0, ENTROPY, quantities::persistent_entropy::<0>),
    Descriptor::of_diagram("persistent-entropy", 1, ENTROPY, quantities::persistent_entropy::<1>),
    Descriptor::of_diagram("interval-count", 0, COUNT, quantities::interval_count::<0>),
    Descriptor::of_diagram("interval-count", 1, COUNT, quantities::interval_count::<1>),
    Descriptor::of_diagram("lifespans-sum-over-null", 0, NULL, quantities::over_permuted_columns),
    Descriptor::of_diagram("lifespans-sum-over-gaussian", 0, GAUSSIAN, quantities::over_gaussian),
    Descriptor::of_diagram("ph-dimension", 0, PH, quantities::ph_dimension),
    Descriptor::of_cloud("mle", MLE, quantities::mle),
    Descriptor::of_cloud("two-nn", TWO_NN, quantities::two_nn),
    Descriptor::of_classes("nc1", NC1, quantities::nc1),
    Descriptor::of_classes("nc2", NC2, quantities::nc2),
    Descriptor::of_classes("davies-bouldin", DAVIES_BOULDIN, quantities::davies_bouldin),
    Descriptor::of_classes("silhouette", SILHOUETTE, quantities::silhouette),
    Descriptor::of_classes("class-radius", RADIUS, quantities::class_radius),
    Descriptor::of_classes("class-dimension", CLASS_DIMENSION, quantities::class_dimension),
];

/// All descriptors, those of one name next to each other by homology dimension.
///
/// # Examples
///
/// ```
/// use topolens::descriptor::all;
///
/// assert!(all().iter().any(|d| d.name() == "ph-dimension" && d.homology_dimension() == Some(0)));
/// ```
pub fn all() -> &'static [Descriptor] {
    &ALL
}

/// The descriptors of a name, one per homology dimension.
///
/// # Errors
///
/// If the name is unknown; the message lists the names.
///
/// # Examples
///
/// ```
/// use topolens::descriptor::find;
///
/// assert_eq!(find("max-lifespan")?.len(), 2);
/// assert!(find("max").unwrap_err().to_string().contains("max-lifespan"));
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn find(name: &str) -> Result<Vec<&'static Descriptor>, Error> {
    let found: Vec<&Descriptor> = ALL.iter().filter(|descriptor| descriptor.name == name).collect();
    if found.is_empty() {
        let mut known: Vec<&str> = ALL.iter().map(|descriptor| descriptor.name).collect();
        known.dedup();
        return Err(SettingKind::UnknownName { argument: "descriptor", name: name.to_owned(), known }.into());
    }
    Ok(found)
}

//! Intervals, and the diagrams they make up.

/// The life of a homology class: born at the filtration value `birth`, gone at `death`.
///
/// # Units
///
/// Those of the dissimilarities.
///
/// # Examples
///
/// ```
/// use topolens::Interval;
///
/// let interval = Interval { birth: 1.0, death: 1.5 };
/// assert_eq!(interval.lifespan(), 0.5);
/// assert!(Interval { birth: 0.0, death: f64::INFINITY }.is_essential());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The filtration value at which the class appears.
    pub birth: f64,
    /// The filtration value at which it becomes trivial; infinite if it never does.
    pub death: f64,
}

impl Interval {
    /// Whether the class never dies.
    pub fn is_essential(&self) -> bool {
        self.death == f64::INFINITY
    }

    /// Death − birth; infinite for an essential class.
    pub fn lifespan(&self) -> f64 {
        self.death - self.birth
    }
}

/// The intervals of one homology dimension, without those of length zero, ordered by birth and death.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, Interval};
///
/// let diagram = Diagram::new(1, vec![Interval { birth: 1.0, death: 3.0 }, Interval { birth: 1.0, death: 1.0 }]);
/// assert_eq!(diagram.intervals().len(), 1);
/// assert_eq!(diagram.lifespans_sum(2.0), 4.0);
/// ```
///
/// # References
///
/// bib: `edelsbrunner2002`
#[derive(Debug, Clone, PartialEq)]
pub struct Diagram {
    homology_dimension: usize,
    intervals: Vec<Interval>,
}

impl Diagram {
    /// Orders the intervals and drops those of length zero.
    pub fn new(homology_dimension: usize, mut intervals: Vec<Interval>) -> Self {
        intervals.retain(|interval| interval.death > interval.birth);
        intervals.sort_by(|a, b| a.birth.total_cmp(&b.birth).then(a.death.total_cmp(&b.death)));
        Self { homology_dimension, intervals }
    }

    /// The dimension of the homology classes: 0 components, 1 loops, 2 cavities.
    pub fn homology_dimension(&self) -> usize {
        self.homology_dimension
    }

    /// The intervals, ordered by birth and death.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// The lifespans of the classes that die, in the order of the intervals.
    pub fn lifespans(&self) -> Vec<f64> {
        self.intervals.iter().filter(|i| !i.is_essential()).map(Interval::lifespan).collect()
    }
}

/// One diagram per homology dimension, from 0 on.
pub type Diagrams = Vec<Diagram>;

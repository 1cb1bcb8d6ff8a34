//! The metrics by name.

use crate::error::{Error, SettingKind};

/// How two rows $x$ and $y$ of a cloud are compared.
///
/// [`Cosine`](Self::Cosine) and [`Correlation`](Self::Correlation) are *not* metrics: they lack the triangle inequality. Homology
/// needs none, since a Vietoris–Rips filtration is defined for any dissimilarity; bounds that rest on it do, see
/// [`has_triangle_inequality`](Self::has_triangle_inequality).
///
/// # Units
///
/// Those of the features for Euclidean, Manhattan and Chebyshev; none, from 0 to 2, for cosine and correlation.
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, Metric, PointCloud};
///
/// let cloud = PointCloud::new(vec![3.0, 4.0, 0.0, 1.0], 2, 2)?;
/// let distance = |metric| DistanceMatrix::from_cloud_with(&cloud, metric).map(|distances| distances.get(1, 0));
/// assert_eq!(distance(Metric::Manhattan)?, 6.0);
/// assert_eq!(distance(Metric::Chebyshev)?, 3.0);
/// assert!((distance(Metric::Cosine)? - 0.2_f64).abs() < 1e-15);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Metric {
    /// $\sqrt{\sum_j (x_j - y_j)^2}$, by direct differences.
    #[default]
    Euclidean,
    /// $1 - \frac{x \cdot y}{|x| |y|}$, computed as $\frac12 \left|\frac{x}{|x|} - \frac{y}{|y|}\right|^2$, which does not cancel for
    /// nearly parallel rows; from 0 to 2. Not a metric. Undefined for a row of zeros.
    Cosine,
    /// $\sum_j |x_j - y_j|$.
    Manhattan,
    /// $\max_j |x_j - y_j|$.
    Chebyshev,
    /// The cosine dissimilarity of the rows after their own means are taken away: 1 − Pearson's correlation, from 0 to 2.
    /// Not a metric. Undefined for a constant row.
    Correlation,
}

impl Metric {
    /// All metrics.
    pub const ALL: [Self; 5] =
        [Self::Euclidean, Self::Cosine, Self::Manhattan, Self::Chebyshev, Self::Correlation];

    /// The metric's name: `euclidean`, `cosine`, `manhattan`, `chebyshev` or `correlation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Euclidean => "euclidean",
            Self::Cosine => "cosine",
            Self::Manhattan => "manhattan",
            Self::Chebyshev => "chebyshev",
            Self::Correlation => "correlation",
        }
    }

    /// The metric of a name.
    ///
    /// # Errors
    ///
    /// If no metric has the name.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::Metric;
    ///
    /// assert_eq!(Metric::from_name("cosine")?, Metric::Cosine);
    /// assert!(Metric::from_name("cos").unwrap_err().to_string().contains("cosine"));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|metric| metric.name() == name);
        let known = || Self::ALL.map(Self::name).to_vec();
        found.ok_or_else(|| {
            SettingKind::UnknownName { argument: "metric", name: name.to_owned(), known: known() }.into()
        })
    }

    /// Whether $d(x, z) \le d(x, y) + d(y, z)$ for all rows.
    pub fn has_triangle_inequality(self) -> bool {
        !matches!(self, Self::Cosine | Self::Correlation)
    }
}

//! Point clouds: rows are points, columns are features.

use std::borrow::Cow;

use crate::Scalar;
use crate::error::{Error, InputKind, SettingKind};

/// A finite set of points in $\mathbb{R}^D$, one row per point.
///
/// Every value is finite, and there is at least one point and one feature: checked once, here.
///
/// # Shape
///
/// `n_points` × `n_features`, row-major.
///
/// # Examples
///
/// ```
/// use topolens::PointCloud;
///
/// let cloud = PointCloud::new(vec![0.0, 0.0, 3.0, 4.0], 2, 2)?;
/// assert_eq!(cloud.n_points(), 2);
/// assert_eq!(cloud.point(1), [3.0, 4.0]);
/// # Ok::<(), topolens::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PointCloud<S> {
    values: Vec<S>,
    n_points: usize,
    n_features: usize,
}

impl<S: Scalar> PointCloud<S> {
    /// Takes `n_points` rows of `n_features` values.
    ///
    /// # Errors
    ///
    /// If the cloud is empty, if `values` does not hold `n_points` × `n_features` numbers, or if one of them is NaN
    /// or infinite; the error names the first such row and column. If the largest absolute value is so large or so small
    /// that squared distances would overflow or vanish.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::PointCloud;
    ///
    /// assert!(PointCloud::new(vec![1.0_f32; 6], 2, 3).is_ok());
    /// assert!(PointCloud::new(vec![1.0_f32; 5], 2, 3).is_err());
    /// assert!(PointCloud::<f32>::new(vec![], 0, 3).is_err());
    /// ```
    pub fn new(values: Vec<S>, n_points: usize, n_features: usize) -> Result<Self, Error> {
        if n_points == 0 || n_features == 0 {
            return Err(InputKind::Empty { argument: "values" }.into());
        }
        let expected = n_points.saturating_mul(n_features);
        if values.len() != expected {
            let got = values.len();
            return Err(InputKind::ShapeMismatch { argument: "values", expected, got }.into());
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let (row, column, value) = (at / n_features, at % n_features, values[at].to_f64());
            return Err(InputKind::NotFinite { argument: "values", row, column, value }.into());
        }
        let zero = S::ZERO;
        let magnitude = |value: &S| if *value < zero { zero - *value } else { *value };
        let largest = values.iter().map(magnitude).fold(zero, |a, b| if b > a { b } else { a });
        if largest > S::LARGEST || (largest > zero && largest < S::SMALLEST) {
            let (value, smallest, largest) = (largest.to_f64(), S::SMALLEST.to_f64(), S::LARGEST.to_f64());
            return Err(InputKind::OutOfScale { argument: "values", value, smallest, largest }.into());
        }
        Ok(Self { values, n_points, n_features })
    }

    /// The number of points (rows).
    pub fn n_points(&self) -> usize {
        self.n_points
    }

    /// The number of features (columns): the ambient dimension.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// Row `i`.
    ///
    /// # Panics
    ///
    /// If `i` ≥ `n_points`, as slice indexing does.
    pub fn point(&self, i: usize) -> &[S] {
        &self.values[i * self.n_features..(i + 1) * self.n_features]
    }

    /// All rows, one after the other.
    pub fn points(&self) -> impl ExactSizeIterator<Item = &[S]> {
        self.values.chunks_exact(self.n_features)
    }

    /// All values, row-major.
    pub fn values(&self) -> &[S] {
        &self.values
    }

    /// The cloud of the given rows, in the given order; a row may be taken more than once.
    ///
    /// # Errors
    ///
    /// If `indices` is empty or holds an index that is not a row.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::PointCloud;
    ///
    /// let cloud = PointCloud::new(vec![0.0, 1.0, 2.0], 3, 1)?;
    /// assert_eq!(cloud.select(&[2, 0])?.values(), [2.0, 0.0]);
    /// assert!(cloud.select(&[3]).is_err());
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn select(&self, indices: &[usize]) -> Result<Self, Error> {
        if indices.is_empty() {
            return Err(InputKind::Empty { argument: "indices" }.into());
        }
        if let Some(&index) = indices.iter().find(|&&index| index >= self.n_points) {
            return Err(
                SettingKind::IndexOutOfRange { argument: "indices", index, length: self.n_points }.into()
            );
        }
        let values = indices.iter().flat_map(|&index| self.point(index)).copied().collect();
        Ok(Self { values, n_points: indices.len(), n_features: self.n_features })
    }

    /// The cloud with each feature that is constant but for rounding made constant, at its value in the first row.
    ///
    /// Such a feature, like the mean of probabilities that sum to 1, differs between points by the rounding of its sum alone; scaled, that
    /// noise would count as much as any other feature. A feature counts as constant where its range is no more than 16 roundings
    /// ([`Scalar::ROUNDING`]) of its largest absolute value, $10^{-6}$ in relative terms in single precision.
    ///
    /// # Complexity
    ///
    /// $O(nD)$.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::PointCloud;
    ///
    /// let cloud = PointCloud::new(vec![0.125_f32, 1.0, 0.125_f32.next_up(), 2.0], 2, 2)?;
    /// assert_eq!(cloud.without_rounding().values(), [0.125, 1.0, 0.125, 2.0]);
    /// # Ok::<(), topolens::Error>(())
    /// ```
    #[must_use]
    pub fn without_rounding(mut self) -> Self {
        const ROUNDINGS: f64 = 16.0;
        let first: Vec<S> = self.point(0).to_vec();
        let mut ranges: Vec<(S, S)> = first.iter().map(|value| (*value, *value)).collect();
        for point in self.values.chunks_exact(self.n_features) {
            for ((least, greatest), value) in ranges.iter_mut().zip(point) {
                *least = if *value < *least { *value } else { *least };
                *greatest = if *value > *greatest { *value } else { *greatest };
            }
        }
        let is_constant = |(least, greatest): &(S, S)| {
            let (least, greatest) = (least.to_f64(), greatest.to_f64());
            least < greatest && greatest - least <= ROUNDINGS * S::ROUNDING * least.abs().max(greatest.abs())
        };
        let constant: Vec<usize> =
            (0..self.n_features).filter(|feature| is_constant(&ranges[*feature])).collect();
        for point in self.values.chunks_exact_mut(self.n_features).filter(|_| !constant.is_empty()) {
            for &feature in &constant {
                point[feature] = first[feature];
            }
        }
        self
    }

    /// The rows without repetitions, first occurrences in their order, and how many rows were dropped; the cloud itself where none
    /// was.
    ///
    /// # Complexity
    ///
    /// $O(n \log n)$ comparisons of rows.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::PointCloud;
    ///
    /// let cloud = PointCloud::new(vec![1.0, 2.0, 1.0], 3, 1)?;
    /// let (distinct, n_dropped) = cloud.distinct();
    /// assert_eq!((distinct.values(), n_dropped), (&[1.0, 2.0][..], 1));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    pub fn distinct(&self) -> (Cow<'_, Self>, usize) {
        let (cloud, _) = self.distinct_places();
        let n_dropped = self.n_points - cloud.n_points;
        (cloud, n_dropped)
    }

    /// The rows without repetitions, first occurrences in their order, and the place of every row among them.
    pub(crate) fn distinct_places(&self) -> (Cow<'_, Self>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.n_points).collect();
        order.sort_by(|&a, &b| {
            let rows = self.point(a).partial_cmp(self.point(b));
            rows.unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(&b))
        });
        let mut first = vec![0; self.n_points];
        for at in 0..order.len() {
            let repeats = at > 0 && self.point(order[at]) == self.point(order[at - 1]);
            first[order[at]] = if repeats { first[order[at - 1]] } else { order[at] };
        }
        let mut places = vec![0; self.n_points];
        let mut kept = Vec::with_capacity(self.n_points);
        for row in 0..self.n_points {
            if first[row] == row {
                places[row] = kept.len();
                kept.push(row);
            } else {
                places[row] = places[first[row]];
            }
        }
        if kept.len() == self.n_points {
            return (Cow::Borrowed(self), places);
        }
        let values = kept.iter().flat_map(|&index| self.point(index)).copied().collect();
        (Cow::Owned(Self { values, n_points: kept.len(), n_features: self.n_features }), places)
    }

    /// The points of this cloud, then those of another with as many features.
    pub(crate) fn followed_by(mut self, other: &Self) -> Self {
        self.values.extend_from_slice(&other.values);
        self.n_points += other.n_points;
        self
    }

    /// A cloud of the same shape from values known to be finite.
    pub(crate) fn with_values(&self, values: Vec<S>) -> Self {
        debug_assert_eq!(values.len(), self.values.len());
        Self { values, ..*self }
    }
}

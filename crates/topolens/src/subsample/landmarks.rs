//! Landmarks that are spread out: furthest-point sampling.

use crate::error::{Error, SettingKind};
use crate::{Dissimilarities, Scalar};

/// Some points of a set, chosen one after the other, each the furthest from those before it.
///
/// Any first $m$ of them are the $m$ landmarks of the same start (a *greedy permutation*), and no $m$ points have a covering
/// radius below half of theirs if the triangle inequality holds.
///
/// # Units
///
/// Radii have the units of the dissimilarities.
///
/// # References
///
/// bib: `gonzalez1985`
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// The landmarks in the order in which they were chosen.
    pub indices: Vec<usize>,
    /// The dissimilarity of each landmark to the nearest one before it; infinite for the first. They never increase.
    pub insertion_radii: Vec<f64>,
    /// $r = \max_x \min_l d(x, l)$ over all points $x$ and landmarks $l$; 0 if every point is a landmark or equals one,
    /// infinite if a point is infinitely far from all.
    pub covering_radius: f64,
}

impl Landmarks {
    /// How far the diagrams of the landmarks may be from those of all points: $2r$, with the covering radius $r$.
    ///
    /// Let $X$ be all points and $L$ the landmarks, with a dissimilarity that is symmetric and satisfies the triangle inequality.
    /// Sending each point to its nearest landmark takes a simplex of diameter $a$ to one of diameter $a + 2r$ at most, and the
    /// union of both has no larger diameter; so $R_a(L) \subseteq R_a(X) \to R_{a+2r}(L)$ compose to inclusions up to homotopy, and
    /// the two filtrations are $r$-interleaved once that of $L$ is shifted by $r$. Hence, with diameters as filtration
    /// values, intervals of the two diagrams can be matched so that births and deaths of $L$ are later by 0 to $2r$ than
    /// those of $X$, and what is left unmatched lives no longer than $2r$:
    ///
    /// $$d_B(\mathrm{Dgm}(X), \mathrm{Dgm}(L)) \le 2r.$$
    ///
    /// It holds in every homology dimension over every field, for filtrations *without* a threshold, up to rounding. It says
    /// nothing where the triangle inequality fails, as for [cosine and correlation](crate::Metric).
    ///
    /// # Units
    ///
    /// Those of the dissimilarities.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens::{PointCloud, furthest_point_landmarks};
    ///
    /// let line = PointCloud::new(vec![0.0, 1.0, 2.0, 3.0, 4.0], 5, 1)?;
    /// let landmarks = furthest_point_landmarks(&line, 3, 0)?;
    /// assert_eq!((landmarks.covering_radius, landmarks.error_bound()), (1.0, 2.0));
    /// # Ok::<(), topolens::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// bib: `chazal2014`
    pub fn error_bound(&self) -> f64 {
        2.0 * self.covering_radius
    }
}

/// Chooses `n_landmarks` points, first `start`, then always the point furthest from those chosen; ties by smaller index.
///
/// Nothing is random: the same points and start give the same landmarks.
///
/// # Errors
///
/// If `n_landmarks` is 0 or exceeds the number of points, or `start` is not a point.
///
/// # Complexity
///
/// One row of dissimilarities per landmark, $O(n m D)$ time for $m$ landmarks of a cloud; $O(n)$ memory.
///
/// # Examples
///
/// ```
/// use topolens::{DistanceMatrix, VietorisRips, furthest_point_landmarks, synthetic};
///
/// let cloud = synthetic::circle(1000, 0)?;
/// let landmarks = furthest_point_landmarks(&cloud, 50, 0)?;
/// let few = DistanceMatrix::from_cloud(&cloud.select(&landmarks.indices)?);
/// let diagrams = VietorisRips::new().diagrams(&few)?;
/// let death = diagrams[1].intervals()[0].death;
/// assert!((death - 3.0_f64.sqrt()).abs() <= landmarks.error_bound());
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `gonzalez1985`
pub fn furthest_point_landmarks<D: Dissimilarities>(
    points: &D,
    n_landmarks: usize,
    start: usize,
) -> Result<Landmarks, Error> {
    let n_points = points.n_points();
    check(n_landmarks, start, n_points)?;
    let mut outside = Outside::<D::Scalar>::new(n_points);
    let mut landmarks = Landmarks {
        indices: Vec::with_capacity(n_landmarks),
        insertion_radii: Vec::with_capacity(n_landmarks),
        covering_radius: f64::INFINITY,
    };
    let mut furthest = start;
    loop {
        landmarks.indices.push(furthest);
        landmarks.insertion_radii.push(landmarks.covering_radius);
        outside.remove(furthest);
        points.row(furthest, &outside.points, &mut outside.row);
        outside.approach();
        let next = outside.furthest();
        landmarks.covering_radius = next.map_or(0.0, |(_, radius)| radius);
        match next {
            Some((point, _)) if landmarks.indices.len() < n_landmarks => furthest = point,
            _ => return Ok(landmarks),
        }
    }
}

fn check(n_landmarks: usize, start: usize, n_points: usize) -> Result<(), Error> {
    if n_landmarks == 0 {
        let (argument, allowed) = ("n_landmarks", "1 or more");
        return Err(SettingKind::OutOfRange { argument, value: 0.0, allowed }.into());
    }
    if n_landmarks > n_points {
        return Err(SettingKind::TooManyLandmarks { n_landmarks, n_points }.into());
    }
    if start >= n_points {
        let (argument, index, length) = ("start", start, n_points);
        return Err(SettingKind::IndexOutOfRange { argument, index, length }.into());
    }
    Ok(())
}

/// The points that are no landmarks, ascending, each with its dissimilarity to the nearest landmark.
struct Outside<S> {
    points: Vec<usize>,
    nearest: Vec<S>,
    row: Vec<S>,
}

impl<S: Scalar> Outside<S> {
    fn new(n_points: usize) -> Self {
        Self {
            points: (0..n_points).collect(),
            nearest: vec![S::INFINITY; n_points],
            row: vec![S::ZERO; n_points],
        }
    }

    fn remove(&mut self, point: usize) {
        if let Ok(at) = self.points.binary_search(&point) {
            self.points.remove(at);
            self.nearest.remove(at);
            self.row.pop();
        }
    }

    /// Takes the row of a new landmark into account.
    fn approach(&mut self) {
        for (nearest, &distance) in self.nearest.iter_mut().zip(&self.row) {
            if distance < *nearest {
                *nearest = distance;
            }
        }
    }

    /// The first of the points that are furthest from all landmarks, and how far it is.
    fn furthest(&self) -> Option<(usize, f64)> {
        let mut best: Option<(usize, S)> = None;
        for (&point, &distance) in self.points.iter().zip(&self.nearest) {
            if best.is_none_or(|(_, furthest)| distance > furthest) {
                best = Some((point, distance));
            }
        }
        best.map(|(point, distance)| (point, distance.to_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DistanceMatrix, PointCloud, synthetic};

    #[test]
    fn by_hand_on_a_line() {
        let line = PointCloud::new(vec![2.0, 0.0, 1.0, 5.0, 9.0], 5, 1).unwrap();
        let landmarks = furthest_point_landmarks(&line, 5, 0).unwrap();
        assert_eq!(landmarks.indices, [0, 4, 3, 1, 2]);
        assert_eq!(landmarks.insertion_radii, [f64::INFINITY, 7.0, 3.0, 2.0, 1.0]);
        assert_eq!(landmarks.covering_radius, 0.0);
        let fewer = furthest_point_landmarks(&line, 3, 0).unwrap();
        assert_eq!((fewer.indices.as_slice(), fewer.covering_radius), (&[0, 4, 3][..], 2.0));
    }

    #[test]
    fn the_radius_is_that_of_the_definition() {
        let cloud = synthetic::gaussian(80, 4, 1).unwrap();
        let distances = DistanceMatrix::from_cloud(&cloud);
        for n_landmarks in [1, 7, 79] {
            let found = furthest_point_landmarks(&cloud, n_landmarks, 3).unwrap();
            let nearest =
                |x: usize| found.indices.iter().map(|&l| distances.get(x, l)).fold(f64::INFINITY, f64::min);
            assert_eq!(found.covering_radius, (0..80).map(nearest).fold(0.0, f64::max));
            assert!(found.insertion_radii.is_sorted_by(|a, b| a >= b));
            assert_eq!(found, furthest_point_landmarks(&distances, n_landmarks, 3).unwrap());
        }
    }

    #[test]
    fn duplicates_and_components_that_never_meet() {
        let equal = PointCloud::new(vec![1.0; 4], 4, 1).unwrap();
        let landmarks = furthest_point_landmarks(&equal, 3, 2).unwrap();
        assert_eq!((landmarks.indices.as_slice(), landmarks.covering_radius), (&[2, 0, 1][..], 0.0));
        let inf = f64::INFINITY;
        let apart = DistanceMatrix::from_square(&[0.0, inf, inf, 0.0], 2).unwrap();
        assert_eq!(furthest_point_landmarks(&apart, 1, 0).unwrap().error_bound(), inf);
        assert_eq!(furthest_point_landmarks(&apart, 2, 0).unwrap().error_bound(), 0.0);
    }

    #[test]
    fn impossible_numbers_are_errors() {
        let line = PointCloud::new(vec![0.0, 1.0], 2, 1).unwrap();
        assert!(furthest_point_landmarks(&line, 0, 0).unwrap_err().to_string().contains("`n_landmarks`"));
        assert!(furthest_point_landmarks(&line, 3, 0).unwrap_err().to_string().contains("`n_landmarks` = 3"));
        assert!(furthest_point_landmarks(&line, 1, 2).unwrap_err().to_string().contains("`start`"));
    }
}

//! How well distances in one representation tell those in another.

use rayon::prelude::*;

use super::centred::ensure_same_rows;
use crate::error::{Error, InputKind};
use crate::statistics::{Mean, mean};
use crate::{Dissimilarities, PointCloud, Scalar};

/// The information imbalance between two representations: near 0 where one tells the other, near 1 where it does not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InformationImbalance {
    /// $\Delta(x \to y)$ with its standard error, as if points were independent.
    pub forward: Mean,
    /// $\Delta(y \to x)$.
    pub backward: Mean,
}

/// $\Delta(A \to B) = \frac2n \langle r^B \mid r^A = 1 \rangle$: twice the mean rank in $B$ of the nearest neighbour in $A$, over n.
///
/// Ties are averaged: over all nearest neighbours in $A$, and with the mean rank among equal distances in $B$.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Dimensionless: from $2/n$ to about 1.
///
/// # Errors
///
/// If the numbers of points differ, or there are fewer than 2.
///
/// # Complexity
///
/// $O(n^2 (D_x + D_y))$ time, in parallel; $O(n)$ memory per thread.
///
/// # Examples
///
/// ```
/// use topolens::{information_imbalance, PointCloud, synthetic};
///
/// let plane = synthetic::gaussian(200, 2, 0)?;
/// let line = PointCloud::new(plane.points().map(|point| point[0]).collect(), 200, 1)?;
/// let imbalance = information_imbalance(&plane, &line)?;
/// assert!(imbalance.forward.value < imbalance.backward.value);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `glielmo2022`
pub fn information_imbalance<S: Scalar, T: Scalar>(
    x: &PointCloud<S>,
    y: &PointCloud<T>,
) -> Result<InformationImbalance, Error> {
    ensure_same_rows(x.n_points(), y.n_points())?;
    let n = x.n_points();
    if n < 2 {
        let quantity = "information-imbalance";
        return Err(InputKind::TooFewPoints { quantity, needed: 2, got: n }.into());
    }
    let of_point = |i: usize| {
        let others: Vec<usize> = (0..n).filter(|&other| other != i).collect();
        let (a, b) = (row(x, i, &others), row(y, i, &others));
        let scale = 2.0 / n as f64;
        (scale * rank_of_nearest(&a, &b), scale * rank_of_nearest(&b, &a))
    };
    let (forward, backward): (Vec<f64>, Vec<f64>) = (0..n).into_par_iter().map(of_point).unzip();
    Ok(InformationImbalance { forward: mean(&forward)?, backward: mean(&backward)? })
}

fn row<S: Scalar>(cloud: &PointCloud<S>, i: usize, others: &[usize]) -> Vec<S> {
    let mut row = vec![S::ZERO; others.len()];
    cloud.row(i, others, &mut row);
    row
}

/// The mean rank in `b` of the smallest of `a`.
fn rank_of_nearest<S: Scalar, T: Scalar>(a: &[S], b: &[T]) -> f64 {
    let least = a.iter().copied().fold(S::INFINITY, |least, value| if value < least { value } else { least });
    let nearest = a.iter().zip(b).filter(|(distance, _)| **distance == least).map(|(_, other)| *other);
    let (mut ranks, mut count) = (0.0, 0.0);
    for own in nearest {
        let nearer = b.iter().filter(|other| **other < own).count() as f64;
        let tied = b.iter().filter(|other| **other == own).count() as f64;
        ranks += nearer + f64::midpoint(tied, 1.0);
        count += 1.0;
    }
    ranks / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn a_cloud_tells_itself_and_nothing_of_another() {
        let (x, y) = (synthetic::gaussian(300, 3, 0).unwrap(), synthetic::gaussian(300, 3, 1).unwrap());
        let own = information_imbalance(&x, &x).unwrap();
        assert!((own.forward.value - 2.0 / 300.0).abs() < 1e-12);
        let other = information_imbalance(&x, &y).unwrap();
        assert!((other.forward.value - 1.0).abs() < 4.0 * other.forward.standard_error.unwrap());
    }

    #[test]
    fn ties_have_their_mean_rank() {
        // All distances in y are equal: rank 2 of three.
        let x = PointCloud::new(vec![0.0, 1.0, 3.0, 7.0], 4, 1).unwrap();
        let y = PointCloud::new((0..16).map(|at| f64::from(u8::from(at % 5 == 0))).collect(), 4, 4).unwrap();
        let imbalance = information_imbalance(&x, &y).unwrap();
        assert_eq!((imbalance.forward.value, imbalance.backward.value), (1.0, 1.0));
        let one = PointCloud::new(vec![1.0], 1, 1).unwrap();
        assert!(information_imbalance(&one, &one).is_err());
    }
}

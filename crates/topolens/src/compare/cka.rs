//! Linear centred kernel alignment.

use crate::error::{Error, InputKind, Undefined};
use crate::linear_algebra::gram;
use crate::{PointCloud, Scalar};

/// The linear CKA of two representations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cka {
    /// From the biased estimator of HSIC; 0 to 1, and near 1 for *any* two representations wider than $n$.
    pub biased: f64,
    /// From the unbiased estimator; near 0 for independent representations, slightly negative at times. `None` below 4
    /// points, or if a self-similarity is not positive.
    pub debiased: Option<f64>,
}

/// Linear CKA: $\langle K, L \rangle / (\|K\| \|L\|)$ of the centred Gram matrices of two clouds of the same points.
///
/// Invariant under rotations and scalings of either representation.
///
/// # Shape
///
/// Row $i$ of both clouds is the same input; the numbers of features may differ.
///
/// # Units
///
/// Dimensionless.
///
/// # Errors
///
/// If the numbers of points differ, or a representation is constant.
///
/// # Complexity
///
/// $O(n^2 (D_x + D_y))$ time, $O(n^2)$ memory.
///
/// # Examples
///
/// ```
/// use topolens::{linear_cka, synthetic};
///
/// let x = synthetic::gaussian(50, 5, 0)?;
/// assert!((linear_cka(&x, &x)?.biased - 1.0).abs() < 1e-12);
/// let unrelated = linear_cka(&x, &synthetic::gaussian(50, 5, 1)?)?;
/// assert!(unrelated.debiased.unwrap() < 0.2);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `kornblith2019`, `song2012`
pub fn linear_cka<S: Scalar, T: Scalar>(x: &PointCloud<S>, y: &PointCloud<T>) -> Result<Cka, Error> {
    let n = x.n_points();
    if y.n_points() != n {
        return Err(InputKind::ShapeMismatch { argument: "y", expected: n, got: y.n_points() }.into());
    }
    let (k, l) = (centred_gram(x, "x")?, centred_gram(y, "y")?);
    let biased = dot(&k, &l) / (dot(&k, &k) * dot(&l, &l)).sqrt();
    let debiased = (n > 3).then(|| {
        let (k, l) = (hollow(k, n), hollow(l, n));
        unbiased_hsic(&k, &l, n) / (unbiased_hsic(&k, &k, n) * unbiased_hsic(&l, &l, n)).sqrt()
    });
    Ok(Cka { biased, debiased: debiased.filter(|value| value.is_finite()) })
}

fn centred_gram<S: Scalar>(cloud: &PointCloud<S>, argument: &'static str) -> Result<Vec<f64>, Error> {
    let n = cloud.n_points();
    if cloud.points().all(|point| point == cloud.point(0)) {
        let reason = Undefined::ConstantInput { argument };
        return Err(Error::undefined("cka", reason));
    }
    let mut means = vec![0.0; cloud.n_features()];
    for point in cloud.points() {
        means.iter_mut().zip(point).for_each(|(mean, x)| *mean += x.to_f64() / n as f64);
    }
    let centred: Vec<f64> = cloud
        .points()
        .flat_map(|point| point.iter().zip(&means).map(|(x, mean)| x.to_f64() - mean))
        .collect();
    Ok(gram(&centred, n))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The matrix with zeros on its diagonal.
fn hollow(mut matrix: Vec<f64>, n: usize) -> Vec<f64> {
    matrix.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = 0.0);
    matrix
}

/// $\operatorname{tr} KL + \frac{1^T K 1 \, 1^T L 1}{(n-1)(n-2)} - \frac{2}{n-2} 1^T K L 1$ for hollow K and L, up to
/// the factor $n(n-3)$.
fn unbiased_hsic(k: &[f64], l: &[f64], n: usize) -> f64 {
    let row_sums =
        |matrix: &[f64]| -> Vec<f64> { matrix.chunks_exact(n).map(|row| row.iter().sum()).collect() };
    let (k_sums, l_sums) = (row_sums(k), row_sums(l));
    let total = |sums: &[f64]| sums.iter().sum::<f64>();
    let m = n as f64;
    dot(k, l) + total(&k_sums) * total(&l_sums) / ((m - 1.0) * (m - 2.0))
        - 2.0 / (m - 2.0) * dot(&k_sums, &l_sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn equals_the_form_by_features() {
        let (x, y) = (synthetic::gaussian(30, 3, 0).unwrap(), synthetic::gaussian(30, 4, 1).unwrap());
        let centred = |cloud: &PointCloud<f64>, feature: usize| -> Vec<f64> {
            let mean = cloud.points().map(|p| p[feature]).sum::<f64>() / 30.0;
            cloud.points().map(|p| p[feature] - mean).collect()
        };
        let squared_norm = |a: &PointCloud<f64>, b: &PointCloud<f64>| -> f64 {
            let pairs = (0..a.n_features()).flat_map(|i| (0..b.n_features()).map(move |j| (i, j)));
            pairs.map(|(i, j)| dot(&centred(a, i), &centred(b, j)).powi(2)).sum()
        };
        let expected = squared_norm(&x, &y) / (squared_norm(&x, &x) * squared_norm(&y, &y)).sqrt();
        assert!((linear_cka(&x, &y).unwrap().biased - expected).abs() < 1e-12);
    }

    #[test]
    fn unbiased_hsic_is_the_average_over_quadruples() {
        // The U-statistic of Song et al., written out over all ordered quadruples.
        let n = 6;
        let grams = |seed| hollow(gram(synthetic::gaussian(n, 2, seed).unwrap().values(), n), n);
        let (k, l) = (grams(3), grams(4));
        let at = |m: &[f64], i: usize, j: usize| m[i * n + j];
        let (mut sum, mut count) = (0.0, 0.0);
        for code in 0..n.pow(4) {
            let [i, j, q, r] = [code % n, code / n % n, code / n.pow(2) % n, code / n.pow(3)];
            if i != j && i != q && i != r && j != q && j != r && q != r {
                sum += at(&k, i, j) * (at(&l, i, j) + at(&l, q, r) - 2.0 * at(&l, i, q));
                count += 1.0;
            }
        }
        let normalised = unbiased_hsic(&k, &l, n) / (n * (n - 3)) as f64;
        assert!((normalised - sum / count).abs() < 1e-12);
    }

    #[test]
    fn wide_unrelated_representations_fool_the_biased_form_only() {
        let (x, y) = (synthetic::gaussian(40, 400, 0).unwrap(), synthetic::gaussian(40, 400, 1).unwrap());
        let cka = linear_cka(&x, &y).unwrap();
        assert!(cka.biased > 0.8 && cka.debiased.unwrap().abs() < 0.1, "{cka:?}");
    }

    #[test]
    fn degenerate_input_is_an_error() {
        let x = synthetic::gaussian(5, 2, 0).unwrap();
        let constant = PointCloud::new(vec![1.0_f32; 10], 5, 2).unwrap();
        assert!(linear_cka(&x, &constant).unwrap_err().to_string().contains("`y`"));
        assert!(linear_cka(&x, &synthetic::gaussian(6, 2, 0).unwrap()).is_err());
        let three = synthetic::gaussian(3, 2, 0).unwrap();
        assert_eq!(linear_cka(&three, &three).unwrap().debiased, None);
    }
}

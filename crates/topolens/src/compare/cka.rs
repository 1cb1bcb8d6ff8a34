//! Centred kernel alignment with the linear kernel.

use super::centred::{Centred, centred_pair, dot, gram_product};
use super::hsic::unbiased_hsic;
use crate::error::Error;
use crate::{PointCloud, Scalar};

/// The CKA of two representations.
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
/// The lesser of $O(n D_x D_y)$ and $O(n^2 (D_x + D_y))$ time, in parallel; $O(n D)$ memory.
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
    let (x, y) = centred_pair(x, y, "cka")?;
    Ok(linear_cka_of(&x, &y))
}

/// The sums of the rows of a centred Gram matrix are 0, so without its diagonal they are the diagonal, negated.
pub(super) fn linear_cka_of(x: &Centred, y: &Centred) -> Cka {
    let product = gram_product(x, y);
    let biased = product / (x.self_product() * y.self_product()).sqrt();
    let (k, l) = (x.squares(), y.squares());
    let hsic = |product: f64, k: &[f64], l: &[f64]| unbiased_hsic(product - dot(k, l), k, l);
    let debiased = (x.n_points > 3).then(|| {
        let own = hsic(x.self_product(), &k, &k) * hsic(y.self_product(), &l, &l);
        hsic(product, &k, &l) / own.sqrt()
    });
    Cka { biased, debiased: debiased.filter(|value| value.is_finite()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear_algebra::gram;
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
    fn the_forms_by_features_and_by_points_agree() {
        // 30 points: by points if 90 features meet 90, by features if 3 meet 90.
        let wide = synthetic::gaussian(30, 90, 2).unwrap();
        let narrow = synthetic::gaussian(30, 3, 3).unwrap();
        for other in [&wide, &narrow] {
            let (x, y) = centred_pair(&wide, other, "cka").unwrap();
            let (k, l) = (gram(&x.rows, 30), gram(&y.rows, 30));
            assert!((gram_product(&x, &y) / dot(&k, &l) - 1.0).abs() < 1e-12);
        }
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

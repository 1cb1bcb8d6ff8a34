//! Centred kernel alignment with the Gaussian kernel.

use rayon::prelude::*;

use super::Cka;
use super::centred::{dot, ensure_same_rows};
use super::hsic::unbiased_hsic;
use super::quantile::quantile;
use crate::error::{Error, SettingKind, Undefined};
use crate::{DistanceMatrix, PointCloud, Scalar};

/// CKA with the kernel $k(x, x') = \exp(-\|x - x'\|^2 / 2 \sigma^2)$, where $\sigma$ is `bandwidth` times the median
/// distance of the representation.
///
/// Small bandwidths compare neighbourhoods; large ones approach [`linear_cka`](crate::linear_cka).
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
/// If the numbers of points differ, there are fewer than 2, `bandwidth` is not positive, or half of the distances are 0.
///
/// # Complexity
///
/// $O(n^2 (D_x + D_y))$ time, in parallel; $n(n-1)$ numbers of memory.
///
/// # Examples
///
/// ```
/// use topolens::{rbf_cka, synthetic};
///
/// let x = synthetic::gaussian(50, 5, 0)?;
/// assert!((rbf_cka(&x, &x, 0.5)?.biased - 1.0).abs() < 1e-12);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `kornblith2019`, `song2012`
pub fn rbf_cka<S: Scalar, T: Scalar>(
    x: &PointCloud<S>,
    y: &PointCloud<T>,
    bandwidth: f64,
) -> Result<Cka, Error> {
    ensure_same_rows(x.n_points(), y.n_points())?;
    Ok(rbf_cka_of(&Kernel::new(x, bandwidth, "x")?, &Kernel::new(y, bandwidth, "y")?))
}

/// The kernel between different points; 1 on the diagonal.
pub(super) struct Kernel {
    /// Rows below the diagonal.
    pairs: Vec<f64>,
    /// Sums of the rows without the diagonal.
    sums: Vec<f64>,
}

impl Kernel {
    pub(super) fn new<S: Scalar>(
        cloud: &PointCloud<S>,
        bandwidth: f64,
        argument: &'static str,
    ) -> Result<Self, Error> {
        if !(bandwidth > 0.0 && bandwidth.is_finite()) {
            let (argument, allowed) = ("bandwidth", "positive");
            return Err(SettingKind::OutOfRange { argument, value: bandwidth, allowed }.into());
        }
        let distances = DistanceMatrix::from_cloud(cloud);
        let median = quantile(distances.pairs().iter().map(|d| d.to_f64()).collect(), 0.5);
        if median.is_none_or(|median| median <= 0.0) {
            return Err(Error::undefined("rbf-cka", Undefined::ZeroQuantile { argument, quantile: 0.5 }));
        }
        let sigma = bandwidth * median.unwrap_or(1.0);
        let kernel = |distance: &S| (-0.5 * (distance.to_f64() / sigma).powi(2)).exp();
        let pairs: Vec<f64> = distances.pairs().par_iter().map(kernel).collect();
        let mut sums = vec![0.0; cloud.n_points()];
        let mut rest = pairs.as_slice();
        for row in 0..sums.len() {
            let (own, tail) = rest.split_at(row);
            sums.iter_mut().zip(own).for_each(|(sum, value)| *sum += value);
            sums[row] += own.iter().sum::<f64>();
            rest = tail;
        }
        Ok(Self { pairs, sums })
    }

    /// $\operatorname{tr} KL$ of the kernels without their diagonals.
    fn product(&self, other: &Self) -> f64 {
        const CHUNK: usize = 1 << 16;
        let chunks = self.pairs.par_chunks(CHUNK).zip(other.pairs.par_chunks(CHUNK));
        2.0 * chunks.map(|(a, b)| dot(a, b)).collect::<Vec<f64>>().iter().sum::<f64>()
    }

    /// $\langle HKH, HLH \rangle$ of the whole kernels.
    fn centred_product(&self, other: &Self) -> f64 {
        let n = self.sums.len() as f64;
        let rows = |sums: &[f64]| -> Vec<f64> { sums.iter().map(|sum| sum + 1.0).collect() };
        let (k, l) = (rows(&self.sums), rows(&other.sums));
        let totals = k.iter().sum::<f64>() * l.iter().sum::<f64>();
        self.product(other) + n - 2.0 / n * dot(&k, &l) + totals / (n * n)
    }
}

pub(super) fn rbf_cka_of(k: &Kernel, l: &Kernel) -> Cka {
    let own = k.centred_product(k) * l.centred_product(l);
    let biased = k.centred_product(l) / own.sqrt();
    let hsic = |k: &Kernel, l: &Kernel| unbiased_hsic(k.product(l), &k.sums, &l.sums);
    let debiased = (k.sums.len() > 3).then(|| hsic(k, l) / (hsic(k, k) * hsic(l, l)).sqrt());
    Cka { biased, debiased: debiased.filter(|value| value.is_finite()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{linear_cka, synthetic};

    #[test]
    fn a_wide_kernel_is_nearly_linear() {
        let (x, y) = (synthetic::gaussian(40, 3, 0).unwrap(), synthetic::gaussian(40, 4, 1).unwrap());
        let (rbf, linear) = (rbf_cka(&x, &y, 100.0).unwrap(), linear_cka(&x, &y).unwrap());
        assert!((rbf.biased - linear.biased).abs() < 1e-3, "{rbf:?} {linear:?}");
        assert!((rbf.debiased.unwrap() - linear.debiased.unwrap()).abs() < 1e-3, "{rbf:?} {linear:?}");
    }

    #[test]
    fn degenerate_input_is_an_error() {
        let x = synthetic::gaussian(8, 2, 0).unwrap();
        assert!(rbf_cka(&x, &x, 0.0).unwrap_err().to_string().contains("`bandwidth`"));
        let constant = PointCloud::new(vec![1.0_f32; 16], 8, 2).unwrap();
        assert!(rbf_cka(&x, &constant, 1.0).unwrap_err().to_string().contains("`y`"));
        let one = PointCloud::new(vec![1.0], 1, 1).unwrap();
        assert!(rbf_cka(&one, &one, 1.0).is_err());
    }
}

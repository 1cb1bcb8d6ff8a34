//! The unbiased estimator of the Hilbert–Schmidt independence criterion.

use super::centred::dot;

/// $\operatorname{tr} KL + \frac{1^T K 1 \, 1^T L 1}{(n-1)(n-2)} - \frac{2}{n-2} 1^T K L 1$ for K and L with zero
/// diagonals, up to the factor $n(n-3)$, from $\operatorname{tr} KL$ and the sums of the rows.
pub(super) fn unbiased_hsic(product: f64, k_sums: &[f64], l_sums: &[f64]) -> f64 {
    let total = |sums: &[f64]| sums.iter().sum::<f64>();
    let n = k_sums.len() as f64;
    product + total(k_sums) * total(l_sums) / ((n - 1.0) * (n - 2.0)) - 2.0 / (n - 2.0) * dot(k_sums, l_sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear_algebra::gram;
    use crate::synthetic;

    #[test]
    fn is_the_average_over_quadruples() {
        // The U-statistic of Song et al., written out over all ordered quadruples.
        let n = 6;
        let hollow = |seed| {
            let mut matrix = gram(synthetic::gaussian(n, 2, seed).unwrap().values(), n);
            matrix.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = 0.0);
            matrix
        };
        let (k, l) = (hollow(3), hollow(4));
        let at = |m: &[f64], i: usize, j: usize| m[i * n + j];
        let (mut sum, mut count) = (0.0, 0.0);
        for code in 0..n.pow(4) {
            let [i, j, q, r] = [code % n, code / n % n, code / n.pow(2) % n, code / n.pow(3)];
            if i != j && i != q && i != r && j != q && j != r && q != r {
                sum += at(&k, i, j) * (at(&l, i, j) + at(&l, q, r) - 2.0 * at(&l, i, q));
                count += 1.0;
            }
        }
        let sums = |m: &[f64]| -> Vec<f64> { m.chunks_exact(n).map(|row| row.iter().sum()).collect() };
        let normalised = unbiased_hsic(dot(&k, &l), &sums(&k), &sums(&l)) / (n * (n - 3)) as f64;
        assert!((normalised - sum / count).abs() < 1e-12);
    }
}

//! Fisher separability.

use rayon::prelude::*;

use super::Estimate;
use super::random_parts::random_parts;
use super::spectrum::centred;
use crate::error::{Error, InputKind, SettingKind, Undefined};
use crate::linear_algebra::{Svd, row_products, symmetric_eigen, thin_svd, transposed_product};
use crate::statistics::half_samples;
use crate::{PointCloud, Scalar};

/// The dimension of the uniform sphere whose points are as hard to separate.
///
/// The cloud is centred, turned to its principal components, of which those stay whose variance exceeds that of the first over
/// [`condition_number`](Self::condition_number), whitened and projected to the unit sphere. A point $x$ cannot be separated from $y$ at
/// $\alpha$ if $\langle x, y \rangle \ge \alpha$. On the unit sphere of dimension $n$ that happens with probability
/// $p(\alpha) \approx (1 - \alpha^2)^{(n-1)/2} / (\alpha \sqrt{2 \pi n})$, so
/// $n(\alpha) = W\!\left(\frac{-\ln(1 - \alpha^2)}{2 \pi p^2 \alpha^2 (1 - \alpha^2)}\right) / (-\ln(1 - \alpha^2))$ with Lambert's $W$ and the
/// observed share $p$ of pairs. Of $\alpha$ = 0.60, 0.62, …, 0.98 the one nearest to nine tenths of the largest with $p > 0$ is taken, the larger of
/// two equally near.
///
/// The standard error is the spread over 20 halves made of ten random parts, the principal components of the whole cloud kept.
///
/// # Errors
///
/// If there are fewer than 4 distinct points, `condition_number` is not above 1, or every pair is separated at every $\alpha$: the dimension
/// is then too high for so few points.
///
/// # Complexity
///
/// $O(n D \min(n, D) + n^2 r)$ for $r$ components that stay, in parallel.
///
/// # Examples
///
/// ```
/// use topolens::{FisherS, synthetic};
///
/// let sphere = synthetic::sphere(1000, 4, 0)?;
/// let estimate = FisherS::new().estimate(&sphere)?;
/// assert!((estimate.value - 5.0).abs() < 0.5);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `albergante2019`
#[derive(Debug, Clone)]
pub struct FisherS {
    condition_number: f64,
    seed: u64,
}

impl Default for FisherS {
    fn default() -> Self {
        Self::new()
    }
}

/// The margins $\alpha$: 0.60, 0.62, …, 0.98.
const N_MARGINS: usize = 20;
/// Parts of the points, and halves made of them.
const PARTS: usize = 10;
const N_HALVES: usize = 20;

fn margin(at: usize) -> f64 {
    0.6 + 0.02 * at as f64
}

/// Pairs that cannot be separated, by margin, and all pairs.
type Counts = ([u64; N_MARGINS], u64);

impl FisherS {
    /// Components down to a tenth of the variance of the first; seed 0.
    pub fn new() -> Self {
        Self { condition_number: 10.0, seed: 0 }
    }

    /// The largest ratio of variances of the components that stay.
    #[must_use]
    pub fn condition_number(self, condition_number: f64) -> Self {
        Self { condition_number, ..self }
    }

    /// The seed of the parts and halves.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The estimate of a cloud; repeated points and those at the mean are dropped.
    ///
    /// # Errors
    ///
    /// See [`FisherS`].
    pub fn estimate<S: Scalar>(&self, cloud: &PointCloud<S>) -> Result<Estimate, Error> {
        if self.condition_number.is_nan() || self.condition_number <= 1.0 {
            let (argument, value) = ("condition_number", self.condition_number);
            return Err(SettingKind::OutOfRange { argument, value, allowed: "above 1" }.into());
        }
        let (distinct, _) = cloud.distinct();
        if distinct.n_points() < 4 {
            let (needed, got) = (4, distinct.n_points());
            return Err(InputKind::TooFewPoints { quantity: "fisher-s", needed, got }.into());
        }
        let (directions, rank) = self.directions(&distinct)?;
        let n_points = directions.len() / rank;
        let parts = random_parts(&directions, rank, PARTS, self.seed);
        let pairs: Vec<(usize, usize)> =
            (0..parts.len()).flat_map(|b| (0..=b).map(move |a| (a, b))).collect();
        let counts: Vec<Counts> =
            pairs.par_iter().map(|&(a, b)| count(&parts[a], &parts[b], rank, a == b)).collect();
        let of = |members: &[usize]| dimension(&pairs, &counts, members);
        let value = of(&(0..parts.len()).collect::<Vec<_>>())?;
        let halves = half_samples(parts.len(), N_HALVES, self.seed)?;
        // A half may separate all its pairs where the whole does not.
        let halves: Vec<f64> = halves.iter().filter_map(|half| of(half).ok()).collect();
        if halves.len() < 2 {
            return Err(Error::undefined("fisher-s", Undefined::AllSeparable));
        }
        Ok(Estimate::from_half_samples(value, &halves, n_points, cloud.n_points() - n_points))
    }

    /// The whitened points on the unit sphere, row-major, and the number of their components.
    fn directions<S: Scalar>(&self, points: &PointCloud<S>) -> Result<(Vec<f64>, usize), Error> {
        let (n_points, n_features) = (points.n_points(), points.n_features());
        let rows: Vec<f64> = points.values().iter().map(|x| x.to_f64()).collect();
        let rows = centred(&rows, n_features);
        let components = if n_points > n_features {
            self.by_features(&rows, n_points)?
        } else {
            self.by_points(&rows, n_points)?
        };
        let rank = components.len() / n_points;
        if rank == 0 {
            return Err(Error::undefined("fisher-s", Undefined::ConstantInput { argument: "cloud" }));
        }
        let unit = |row: &[f64]| {
            let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            let is_there = length > 0.0;
            row.iter().map(|x| x / length).filter(|_| is_there).collect::<Vec<f64>>()
        };
        Ok((components.chunks_exact(rank).flat_map(unit).collect(), rank))
    }

    /// The components that stay, by the eigenvectors of the covariance of the features.
    fn by_features(&self, rows: &[f64], n_points: usize) -> Result<Vec<f64>, Error> {
        let n_features = rows.len() / n_points;
        let products = transposed_product(rows, rows, n_points);
        let mut pairs = symmetric_eigen(&products, n_features)?;
        pairs.reverse();
        let least = pairs[0].value / self.condition_number;
        pairs.retain(|pair| pair.value > least && pair.value > 0.0);
        let axes: Vec<f64> =
            pairs.iter().flat_map(|pair| pair.vector.iter().map(|x| x / pair.value.sqrt())).collect();
        let rank = pairs.len();
        let mut components = vec![0.0; n_points * rank];
        row_products(rows, &axes, n_features, &mut components);
        Ok(components)
    }

    /// The same where there are fewer points than features: left singular vectors are whitened components.
    fn by_points(&self, rows: &[f64], n_points: usize) -> Result<Vec<f64>, Error> {
        let Svd { left, values, .. } = thin_svd(rows, n_points)?;
        let least = values[0] / self.condition_number.sqrt();
        let rank = values.iter().filter(|value| **value > least && **value > 0.0).count();
        Ok(left.chunks_exact(values.len()).flat_map(|row| row[..rank].to_vec()).collect())
    }
}

/// Counts the pairs between two parts; of a part with itself each once.
fn count(a: &[f64], b: &[f64], n_columns: usize, is_same: bool) -> Counts {
    const BLOCK: usize = 512;
    let n_b = b.len() / n_columns;
    let mut bins = [0_u64; N_MARGINS + 1];
    let mut n_pairs = 0;
    let mut products = Vec::new();
    for (at, rows) in a.chunks(BLOCK * n_columns).enumerate() {
        products.clear();
        products.resize(rows.len() / n_columns * n_b, 0.0);
        row_products(rows, b, n_columns, &mut products);
        for (row, products) in products.chunks_exact(n_b).enumerate() {
            let from = if is_same { at * BLOCK + row + 1 } else { 0 };
            n_pairs += (n_b - from) as u64;
            for &product in products[from..].iter().filter(|product| **product >= margin(0)) {
                bins[(0..N_MARGINS).take_while(|&at| product >= margin(at)).count()] += 1;
            }
        }
    }
    let mut counts = [0; N_MARGINS];
    for at in 0..N_MARGINS {
        counts[at] = bins[at + 1..].iter().sum();
    }
    (counts, n_pairs)
}

/// The dimension from the pairs among some parts.
fn dimension(pairs: &[(usize, usize)], counts: &[Counts], members: &[usize]) -> Result<f64, Error> {
    let inside = pairs.iter().zip(counts).filter(|((a, b), _)| members.contains(a) && members.contains(b));
    let (inseparable, n_pairs) = inside.fold(([0_u64; N_MARGINS], 0), |mut total, (_, (counts, n_pairs))| {
        total.0.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        (total.0, total.1 + n_pairs)
    });
    let Some(largest) = inseparable.iter().rposition(|&count| count > 0) else {
        return Err(Error::undefined("fisher-s", Undefined::AllSeparable));
    };
    // In thousandths, so that ties are exact.
    let distance = |at: &usize| (600 + 20 * at).abs_diff(9 * (60 + 2 * largest));
    let nearest = (0..=largest).rev().min_by_key(distance).unwrap_or(largest);
    let share = inseparable[nearest] as f64 / n_pairs as f64;
    Ok(dimension_of_sphere(margin(nearest), share))
}

fn dimension_of_sphere(margin: f64, share: f64) -> f64 {
    let square = margin * margin;
    let decay = -(1.0 - square).ln();
    let argument = decay / (std::f64::consts::TAU * share * share * square * (1.0 - square));
    lambert_w(argument) / decay
}

/// Lambert's $W$: the $w \ge 0$ with $w e^w = x \ge 0$, by Newton's iteration on $w + \ln w = \ln x$ for large and on
/// $w - x e^{-w}$ for small $x$.
fn lambert_w(x: f64) -> f64 {
    const STEPS: usize = 40;
    let mut w = x.ln_1p();
    for _ in 0..STEPS {
        let step = if x > 1.0 {
            (w + w.ln() - x.ln()) / (1.0 + 1.0 / w)
        } else {
            let rest = x * (-w).exp();
            (w - rest) / (1.0 + rest)
        };
        w -= step;
        if step.abs() <= 1e-15 * w.abs() {
            break;
        }
    }
    w
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn lamberts_function_solves_its_equation() {
        for x in [1e-9, 0.1, 0.9, 1.1, std::f64::consts::E, 50.0, 1e8, 1e30] {
            let w = lambert_w(x);
            assert!((w * w.exp() / x - 1.0).abs() < 1e-12, "{x}: {w}");
        }
        assert!((lambert_w(1.0) - 0.567_143_290_409_783_8).abs() < 1e-15);
    }

    #[test]
    fn spheres_have_one_dimension_more_and_turning_changes_nothing() {
        for dimension in [2, 6] {
            let sphere = synthetic::sphere(1500, dimension, 1).unwrap();
            let found = FisherS::new().estimate(&sphere).unwrap();
            assert!((found.value / (dimension as f64 + 1.0) - 1.0).abs() < 0.1, "{dimension}: {found:?}");
            assert!(found.standard_error > 0.0 && found.standard_error < 0.1 * found.value, "{found:?}");
        }
        let cloud = synthetic::gaussian(60, 4, 2).unwrap();
        let wide: Vec<f64> = cloud
            .points()
            .flat_map(|p| (0..80).map(|at| if at % 20 == 0 { p[at / 20] } else { 3.0 }))
            .collect();
        let (narrow, wide) = (FisherS::new(), PointCloud::new(wide, 60, 80).unwrap());
        let (a, b) = (narrow.estimate(&cloud).unwrap(), narrow.estimate(&wide).unwrap());
        assert!((a.value / b.value - 1.0).abs() < 1e-9, "{a:?} {b:?}");
    }

    #[test]
    fn what_has_no_dimension_is_an_error() {
        let high = synthetic::gaussian(40, 200, 0).unwrap();
        assert!(FisherS::new().estimate(&high).unwrap_err().is_undefined());
        let cloud = synthetic::gaussian(40, 3, 0).unwrap();
        assert!(FisherS::new().condition_number(1.0).estimate(&cloud).is_err());
        assert!(FisherS::new().estimate(&cloud.select(&[0, 1, 2, 2]).unwrap()).is_err());
        let constant = PointCloud::new(vec![2.0; 30], 10, 3).unwrap();
        assert!(FisherS::new().estimate(&constant).unwrap_err().is_invalid_input());
    }
}

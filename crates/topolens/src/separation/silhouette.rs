//! The silhouettes of classes.

use rayon::prelude::*;

use super::classes::Classes;
use crate::error::Error;
use crate::linear_algebra::row_products;
use crate::{PointCloud, Scalar};

/// Rows of a block of distances.
const BLOCK: usize = 128;

/// The silhouette of every point: $\frac{b - a}{\max(a, b)}$ with $a$ its mean distance to the others of its class and $b$ that to the nearest other
/// class. Near 1 amid its own class, 0 on a border, negative among others; 0 for a class of one point.
///
/// Distances are from scalar products of centred points: those below $10^{-8}$ of the cloud's diameter count as rounded.
///
/// # Shape
///
/// `labels`: one class per point. One number per point.
///
/// # Units
///
/// Dimensionless, -1 to 1.
///
/// # Errors
///
/// If the labels do not match the points or there is one class only.
///
/// # Complexity
///
/// $O(n^2 D)$ time, $O(n D)$ memory.
///
/// # Examples
///
/// ```
/// use topolens::{PointCloud, class_silhouettes};
///
/// let cloud = PointCloud::new(vec![0.0, 1.0, 10.0, 11.0], 4, 1)?;
/// let silhouettes = class_silhouettes(&cloud, &[0, 0, 1, 1])?;
/// assert!((silhouettes[0] - (10.5 - 1.0) / 10.5).abs() < 1e-7);
/// # Ok::<(), topolens::Error>(())
/// ```
///
/// # References
///
/// bib: `rousseeuw1987`
pub fn class_silhouettes<S: Scalar>(cloud: &PointCloud<S>, labels: &[usize]) -> Result<Vec<f64>, Error> {
    let classes = Classes::new(cloud, labels, "silhouette")?;
    let (n_points, n_features) = (cloud.n_points(), cloud.n_features());
    let mut class_of = vec![0; n_points];
    for (class, members) in classes.members.iter().enumerate() {
        for &point in members {
            class_of[point] = class;
        }
    }
    let centred = |point: &'_ [S]| -> Vec<f64> {
        point.iter().zip(&classes.centre).map(|(x, c)| x.to_f64() - c).collect()
    };
    let rows: Vec<f64> = cloud.points().flat_map(centred).collect();
    let squares: Vec<f64> =
        rows.chunks_exact(n_features).map(|row| row.iter().map(|x| x * x).sum()).collect();
    let sizes: Vec<f64> = classes.members.iter().map(|members| members.len() as f64).collect();
    let of_block = |(block, own): (usize, &[f64])| {
        let n_rows = own.len() / n_features;
        let mut products = vec![0.0; n_rows * n_points];
        row_products(own, &rows, n_features, &mut products);
        let of_row = |(row, products): (usize, &[f64])| {
            let point = block * BLOCK + row;
            let mut sums = vec![0.0; sizes.len()];
            for (other, product) in products.iter().enumerate() {
                let square = squares[point] + squares[other] - 2.0 * product;
                sums[class_of[other]] += if other == point { 0.0 } else { square.max(0.0).sqrt() };
            }
            silhouette(&sums, &sizes, class_of[point])
        };
        products.chunks_exact(n_points).enumerate().map(of_row).collect::<Vec<f64>>()
    };
    Ok(rows.par_chunks(BLOCK * n_features).enumerate().flat_map_iter(of_block).collect())
}

/// The mean silhouette: see [`class_silhouettes`].
///
/// # Errors
///
/// See [`class_silhouettes`].
///
/// # Examples
///
/// ```
/// use topolens::{class_silhouette, synthetic::GaussianClusters};
///
/// let (apart, labels) = GaussianClusters::new(4, 30, 8).spread(0.01).sample(0)?;
/// assert!(class_silhouette(&apart, &labels)? > 0.9);
/// # Ok::<(), topolens::Error>(())
/// ```
pub fn class_silhouette<S: Scalar>(cloud: &PointCloud<S>, labels: &[usize]) -> Result<f64, Error> {
    let silhouettes = class_silhouettes(cloud, labels)?;
    Ok(silhouettes.iter().sum::<f64>() / silhouettes.len() as f64)
}

/// From the sums of distances to the points of each class.
fn silhouette(sums: &[f64], sizes: &[f64], own: usize) -> f64 {
    if sizes[own] < 2.0 {
        return 0.0;
    }
    let within = sums[own] / (sizes[own] - 1.0);
    let others = sums.iter().zip(sizes).enumerate().filter(|(class, _)| *class != own);
    let nearest = others.map(|(_, (sum, size))| sum / size).fold(f64::INFINITY, f64::min);
    let larger = within.max(nearest);
    if larger > 0.0 { (nearest - within) / larger } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn equals_the_definition_on_direct_distances() {
        let cloud = synthetic::gaussian(300, 7, 4).unwrap();
        let labels: Vec<usize> = (0..300).map(|at| if at == 17 { 9 } else { at % 4 }).collect();
        let found = class_silhouettes(&cloud, &labels).unwrap();
        for point in [0, 17, 128, 299] {
            let mean = |class: usize| {
                let others = (0..300).filter(|&other| other != point && labels[other] == class);
                let distances: Vec<f64> = others
                    .map(|other| {
                        let pairs = cloud.point(point).iter().zip(cloud.point(other));
                        pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
                    })
                    .collect();
                distances.iter().sum::<f64>() / distances.len() as f64
            };
            let own = labels[point];
            let others = [0, 1, 2, 3, 9].into_iter().filter(|&class| class != own).map(mean);
            let nearest = others.fold(f64::INFINITY, f64::min);
            let expected = if own == 9 { 0.0 } else { (nearest - mean(own)) / mean(own).max(nearest) };
            assert!((found[point] - expected).abs() < 1e-9, "{point}: {} {expected}", found[point]);
        }
    }

    #[test]
    fn coinciding_points_have_silhouette_zero() {
        let cloud = PointCloud::new(vec![3.0; 8], 4, 2).unwrap();
        assert_eq!(class_silhouettes(&cloud, &[0, 0, 1, 1]).unwrap(), [0.0; 4]);
        assert!(class_silhouettes(&cloud, &[0; 4]).unwrap_err().is_undefined());
        assert!(class_silhouettes(&cloud, &[0; 3]).unwrap_err().to_string().contains("`labels`"));
    }
}

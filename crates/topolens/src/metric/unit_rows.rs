//! Rows of length one, of which cosine and correlation are half the squared Euclidean distance.

use crate::error::{Error, InputKind};
use crate::{PointCloud, Scalar};

/// Every row divided by its length.
pub(crate) fn unit_rows<S: Scalar>(cloud: &PointCloud<S>) -> Result<PointCloud<S>, Error> {
    rows_of_length_one(cloud, "zero", "cosine", |row| row.iter().map(|x| x.to_f64()).collect())
}

/// Every row less its mean, divided by its length.
pub(crate) fn centred_unit_rows<S: Scalar>(cloud: &PointCloud<S>) -> Result<PointCloud<S>, Error> {
    rows_of_length_one(cloud, "constant", "correlation", centred)
}

/// A row less its mean. Its first number is taken away first, so that the numbers of a constant row become exact zeros and
/// a large offset does not cancel.
fn centred<S: Scalar>(row: &[S]) -> Vec<f64> {
    let first = row.first().map_or(0.0, |first| first.to_f64());
    let offsets: Vec<f64> = row.iter().map(|x| x.to_f64() - first).collect();
    let mean = offsets.iter().sum::<f64>() / offsets.len() as f64;
    offsets.into_iter().map(|offset| offset - mean).collect()
}

fn rows_of_length_one<S: Scalar>(
    cloud: &PointCloud<S>,
    without_direction: &'static str,
    metric: &'static str,
    direction: impl Fn(&[S]) -> Vec<f64>,
) -> Result<PointCloud<S>, Error> {
    let mut values = Vec::with_capacity(cloud.values().len());
    for (row, point) in cloud.points().enumerate() {
        let direction = direction(point);
        // Divided by the largest number first: squares of small rows would vanish.
        let largest = direction.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        if largest == 0.0 {
            return Err(InputKind::NoDirection { row, is: without_direction, metric }.into());
        }
        let length = direction.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt();
        values.extend(direction.iter().map(|x| S::from_f64(x / largest / length)));
    }
    Ok(cloud.with_values(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_one_even_where_squares_vanish() {
        let cloud = PointCloud::new(vec![1e-200, -1e-200, 3.0, 4.0], 2, 2).unwrap();
        let units = unit_rows(&cloud).unwrap();
        assert_eq!(units.point(1), [3.0 / 4.0 / 1.25, 1.0 / 1.25]);
        assert!((units.point(0)[0] - 0.5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn a_row_without_direction_is_named() {
        let cloud = PointCloud::new(vec![1.0_f32, 2.0, 0.1, 0.1, 0.0, 0.0], 3, 2).unwrap();
        let (cosine, correlation) = (unit_rows(&cloud).unwrap_err(), centred_unit_rows(&cloud).unwrap_err());
        assert!(cosine.is_invalid_input() && cosine.to_string().contains("row 2"), "{cosine}");
        assert!(correlation.to_string().contains("row 1") && correlation.to_string().contains("constant"));
    }
}

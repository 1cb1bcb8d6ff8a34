//! Channels last and channels first.

use crate::tensor::Tensor;

/// N × height × width × channels to the values of N × channels × height × width.
pub(super) fn to_channels_first(batch: &Tensor) -> Vec<f32> {
    let [_, height, width, channels] = *batch.shape() else { return batch.values().to_vec() };
    swap(batch.values(), height * width, channels)
}

/// Values of `shape`; of rank 4 they are taken as N × channels × height × width and come back with channels last.
pub(super) fn from_channels_first(shape: &[usize], values: Vec<f32>) -> Tensor {
    match *shape {
        [n, channels, height, width] => {
            let values = swap(&values, channels, height * width);
            Tensor::from_parts(vec![n, height, width, channels], values)
        }
        _ => Tensor::from_parts(shape.to_vec(), values),
    }
}

/// Each item of `n_rows` × `n_columns` values becomes its transpose.
fn swap(values: &[f32], n_rows: usize, n_columns: usize) -> Vec<f32> {
    let mut swapped = Vec::with_capacity(values.len());
    for item in values.chunks_exact((n_rows * n_columns).max(1)) {
        for column in 0..n_columns {
            swapped.extend(item.iter().skip(column).step_by(n_columns));
        }
    }
    swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let batch = Tensor::new(&[2, 1, 3, 2], (0..12).map(|value| value as f32).collect()).unwrap();
        let first = to_channels_first(&batch);
        assert_eq!(first[..6], [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        assert_eq!(from_channels_first(&[2, 2, 1, 3], first), batch);
        assert_eq!(from_channels_first(&[1, 2], vec![5.0, 6.0]).values(), [5.0, 6.0]);
    }
}

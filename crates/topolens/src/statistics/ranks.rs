//! Ranks.

/// Ranks from 1, equal numbers sharing the mean of theirs.
pub(super) fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|&a, &b| values[a] >= values[b]) {
        let rank = before as f64 + f64::midpoint(tied.len() as f64, 1.0);
        for &at in tied {
            ranks[at] = rank;
        }
        before += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_ranks() {
        assert_eq!(mid_ranks(&[3.0, 1.0, 3.0, 2.0, -0.0, 0.0]), [5.5, 3.0, 5.5, 4.0, 1.5, 1.5]);
    }
}

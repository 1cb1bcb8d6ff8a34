//! Quantiles of distances.

/// The quantile of some values, linear between neighbouring order statistics; `None` without values.
pub(super) fn quantile(mut values: Vec<f64>, probability: f64) -> Option<f64> {
    let place = probability * (values.len().checked_sub(1)? as f64);
    #[expect(clippy::cast_sign_loss, reason = "not negative")]
    let below = place.floor() as usize;
    let (_, &mut lower, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let upper = above.iter().copied().min_by(f64::total_cmp).unwrap_or(lower);
    Some(lower + (place - below as f64) * (upper - lower))
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn is_linear_between_order_statistics() {
        assert_eq!(quantile(vec![3.0, 1.0, 2.0, 4.0], 0.5), Some(2.5));
        assert_eq!(quantile((0..11).map(f64::from).collect(), 0.9), Some(9.0));
        assert_eq!((quantile(vec![7.0], 0.9), quantile(vec![], 0.9)), (Some(7.0), None));
    }
}

//! Every order of a few numbers.

/// More numbers than this have too many orders to visit.
pub(super) const MOST_PERMUTED: usize = 9;

/// The share of the orders of `values` for which `is_extreme`, each order visited once by Heap's exchanges.
pub(super) fn share_of_permutations(values: &[f64], is_extreme: impl Fn(&[f64]) -> bool) -> f64 {
    let mut values = values.to_vec();
    let mut counters = vec![0; values.len()];
    let (mut n_extreme, mut n_orders) = (u32::from(is_extreme(&values)), 1_u32);
    let mut at = 1;
    while at < values.len() {
        if counters[at] == at {
            counters[at] = 0;
            at += 1;
            continue;
        }
        values.swap(if at % 2 == 0 { 0 } else { counters[at] }, at);
        n_extreme += u32::from(is_extreme(&values));
        n_orders += 1;
        counters[at] += 1;
        at = 1;
    }
    f64::from(n_extreme) / f64::from(n_orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_first_in_its_share_of_the_orders() {
        let share = share_of_permutations(&[1.0, 2.0, 3.0, 4.0, 5.0], |order| order[0] == 2.0);
        assert!((share - 0.2).abs() < 1e-15);
        let ascending = |order: &[f64]| order.is_sorted();
        assert!((share_of_permutations(&[2.0, 1.0, 3.0, 4.0], ascending) - 1.0 / 24.0).abs() < 1e-15);
    }
}

//! A k-d tree that gives up, one by one, the intervals near a query.

use std::cmp::Ordering;

use super::pair::maximum_distance;
use crate::Interval;

/// A node is a range of `items`: the item in the middle, and two children on either side of it.
#[derive(Debug, Clone)]
pub(super) struct KdTree {
    items: Vec<Item>,
    /// Of the node with this middle: what bounds it, and how many of its items are left.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    interval: Interval,
    label: usize,
    is_left: bool,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    least: Interval,
    greatest: Interval,
    n_left: usize,
}

impl KdTree {
    /// The tree of `intervals[label]` for the labels given.
    pub(super) fn new(intervals: &[Interval], labels: impl IntoIterator<Item = usize>) -> Self {
        let items = labels.into_iter().map(|label| Item { interval: intervals[label], label, is_left: true });
        let mut items: Vec<Item> = items.collect();
        let nothing = Interval { birth: 0.0, death: 0.0 };
        let mut nodes = vec![Node { least: nothing, greatest: nothing, n_left: 0 }; items.len()];
        arrange(&mut items, &mut nodes, true);
        Self { items, nodes }
    }

    /// Removes some interval within `reach` of the query in the maximum norm and returns its label.
    pub(super) fn take(&mut self, query: &Interval, reach: f64) -> Option<usize> {
        take(&mut self.items, &mut self.nodes, query, reach)
    }
}

fn arrange(items: &mut [Item], nodes: &mut [Node], is_by_birth: bool) {
    if items.is_empty() {
        return;
    }
    let by_birth = |a: &Item, b: &Item| a.interval.birth.total_cmp(&b.interval.birth);
    let by_death = |a: &Item, b: &Item| a.interval.death.total_cmp(&b.interval.death);
    let order: fn(&Item, &Item) -> Ordering = if is_by_birth { by_birth } else { by_death };
    let middle = items.len() / 2;
    items.select_nth_unstable_by(middle, order);
    let bound = |merge: fn(f64, f64) -> f64| {
        let merged = |a: Interval, b: Interval| Interval {
            birth: merge(a.birth, b.birth),
            death: merge(a.death, b.death),
        };
        items.iter().map(|item| item.interval).fold(items[middle].interval, merged)
    };
    nodes[middle] = Node { least: bound(f64::min), greatest: bound(f64::max), n_left: items.len() };
    let (before, after) = items.split_at_mut(middle);
    let (nodes_before, nodes_after) = nodes.split_at_mut(middle);
    arrange(before, nodes_before, !is_by_birth);
    arrange(&mut after[1..], &mut nodes_after[1..], !is_by_birth);
}

fn take(items: &mut [Item], nodes: &mut [Node], query: &Interval, reach: f64) -> Option<usize> {
    let middle = items.len() / 2;
    let node = nodes.get(middle)?;
    if node.n_left == 0 || !node.touches(query, reach) {
        return None;
    }
    let item = &mut items[middle];
    let label = if item.is_left && maximum_distance(&item.interval, query) <= reach {
        item.is_left = false;
        item.label
    } else {
        let (before, after) = items.split_at_mut(middle);
        let (nodes_before, nodes_after) = nodes.split_at_mut(middle);
        take(before, nodes_before, query, reach)
            .or_else(|| take(&mut after[1..], &mut nodes_after[1..], query, reach))?
    };
    nodes[middle].n_left -= 1;
    Some(label)
}

impl Node {
    /// Rounding is monotone, so no interval within reach is missed.
    fn touches(&self, query: &Interval, reach: f64) -> bool {
        self.least.birth - query.birth <= reach
            && query.birth - self.greatest.birth <= reach
            && self.least.death - query.death <= reach
            && query.death - self.greatest.death <= reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interval_within_reach_is_taken_once() {
        let intervals: Vec<Interval> = (0..200)
            .map(|i| Interval { birth: f64::from(i * 37 % 101), death: 101.0 + f64::from(i * 53 % 89) })
            .collect();
        let query = Interval { birth: 40.0, death: 150.0 };
        for reach in [0.0, 3.0, 20.0, 200.0] {
            let mut tree = KdTree::new(&intervals, 0..200);
            let mut taken: Vec<usize> = std::iter::from_fn(|| tree.take(&query, reach)).collect();
            taken.sort_unstable();
            let near = |&i: &usize| maximum_distance(&intervals[i], &query) <= reach;
            assert_eq!(taken, (0..200).filter(near).collect::<Vec<_>>());
        }
    }
}

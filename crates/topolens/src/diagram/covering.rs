//! Matchings that cover one side, by Hopcroft and Karp on the plane.

use super::kd_tree::KdTree;
use super::pair::maximum_distance;
use crate::Interval;

/// A matching of `left` into `right` whose pairs are within `reach` of each other.
///
/// Hopcroft and Karp 1973 with the trees of Efrat, Itai and Katz 2001: the search never lists the pairs, it takes each interval from a tree once per phase, which
/// makes $O(\sqrt n)$ phases of $O(n \sqrt n)$ each.
struct Matching<'a> {
    left: &'a [Interval],
    right: &'a [Interval],
    reach: f64,
    right_of: Vec<Option<usize>>,
    left_of: Vec<Option<usize>>,
}

/// The largest distance within a matching that covers `left` with pairs within `reach`; `None` if there is no such
/// matching. `tree` holds all of `right`.
pub(super) fn cover(left: &[Interval], right: &[Interval], tree: &KdTree, reach: f64) -> Option<f64> {
    if left.len() > right.len() {
        return None;
    }
    let (right_of, left_of) = (vec![None; left.len()], vec![None; right.len()]);
    let mut matching = Matching { left, right, reach, right_of, left_of };
    while matching.right_of.contains(&None) {
        let mut layers = matching.layers(tree.clone())?;
        let uncovered: Vec<usize> = matching.uncovered().collect();
        for from in uncovered {
            matching.augment(from, &mut layers);
        }
    }
    Some(matching.largest_distance())
}

impl Matching<'_> {
    fn uncovered(&self) -> impl Iterator<Item = usize> {
        self.right_of.iter().enumerate().filter(|(_, right)| right.is_none()).map(|(left, _)| left)
    }

    /// The intervals of `right` by their number of steps from an uncovered one of `left`, up to the first free ones;
    /// `None` if some interval can never be covered.
    fn layers(&self, mut rest: KdTree) -> Option<Vec<KdTree>> {
        let mut layers = Vec::new();
        let mut frontier: Vec<usize> = self.uncovered().collect();
        loop {
            let mut layer = Vec::new();
            for &left in &frontier {
                layer.extend(std::iter::from_fn(|| rest.take(&self.left[left], self.reach)));
            }
            if layer.is_empty() {
                return None;
            }
            let has_free = layer.iter().any(|&right| self.left_of[right].is_none());
            if has_free {
                layer.retain(|&right| self.left_of[right].is_none());
            }
            frontier = layer.iter().filter_map(|&right| self.left_of[right]).collect();
            layers.push(KdTree::new(self.right, layer));
            if has_free {
                return Some(layers);
            }
        }
    }

    /// Follows the layers from an uncovered interval to a free one, and matches along the way.
    fn augment(&mut self, from: usize, layers: &mut [KdTree]) {
        let mut lefts = vec![from];
        let mut rights = Vec::new();
        while let Some(&left) = lefts.last() {
            let layer = layers.get_mut(lefts.len() - 1);
            let Some(right) = layer.and_then(|tree| tree.take(&self.left[left], self.reach)) else {
                lefts.pop();
                rights.pop();
                continue;
            };
            rights.push(right);
            if let Some(next) = self.left_of[right] {
                lefts.push(next);
                continue;
            }
            for (&left, &right) in lefts.iter().zip(&rights) {
                self.right_of[left] = Some(right);
                self.left_of[right] = Some(left);
            }
            return;
        }
    }

    fn largest_distance(&self) -> f64 {
        let pairs = self.left.iter().zip(&self.right_of);
        let distances = pairs.filter_map(|(interval, right)| Some((interval, &self.right[(*right)?])));
        distances.map(|(a, b)| maximum_distance(a, b)).fold(0.0, f64::max)
    }
}

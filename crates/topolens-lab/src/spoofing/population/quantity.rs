//! What is measured of one side, and between both.

use topolens::{
    Estimate, MTopDivergence, Mle, NeighborTable, PersistentDimension, TwoNn, VietorisRips,
    minimum_spanning_tree,
};

use super::pooled::{Pooled, Side, rows};
use crate::Result;
use crate::profile::curve::Quantity;

/// Quantities of one side.
pub(in crate::spoofing) const OF_SIDE: [Quantity<'static>; 5] = [
    Quantity::new("mle", None),
    Quantity::new("two-nn", None),
    Quantity::new("ph-dimension", Some(0)),
    Quantity::new("lifespans-sum", Some(0)),
    Quantity::new("lifespans-sum", Some(1)),
];

/// Quantities between the sides, all large where they differ.
pub(in crate::spoofing) const BETWEEN: [Quantity<'static>; 4] = [
    Quantity::new("mtop-div", Some(1)),
    Quantity::new("energy-distance", None),
    Quantity::new("neighbors-of-own-side", None),
    Quantity::new("silhouette", None),
];

const N_NEIGHBORS: usize = 20;

impl Side {
    /// Its quantities, in the order of [`OF_SIDE`]; those that are undefined are errors.
    pub(in crate::spoofing) fn quantities(&self, seed: u64) -> [Result<f64>; 5] {
        let n_neighbors = N_NEIGHBORS.min(self.raw.n_points().saturating_sub(1));
        // Points at distance 0 from a neighbour are dropped by both estimators.
        let table = NeighborTable::new(&self.raw, n_neighbors);
        let mle = Mle::new().n_neighbors(n_neighbors);
        let of_table =
            |estimate: &dyn Fn(&NeighborTable) -> std::result::Result<Estimate, topolens::Error>| {
                Ok(estimate(table.as_ref().map_err(Clone::clone)?)?.value)
            };
        [
            of_table(&|table| mle.estimate_from_neighbors(table)),
            of_table(&|table| TwoNn::new().estimate_from_neighbors(table)),
            PersistentDimension::new()
                .seed(seed)
                .estimate_from_distances(&self.raw)
                .map(|found| found.estimate.value)
                .map_err(Into::into),
            Ok(minimum_spanning_tree(&self.scaled).lifespans_sum(1.0)),
            VietorisRips::new()
                .diagrams(&self.scaled)
                .map(|diagrams| diagrams[1].lifespans_sum(1.0))
                .map_err(Into::into),
        ]
    }
}

impl Pooled {
    /// The quantities between the sides, in the order of [`BETWEEN`].
    pub(in crate::spoofing) fn quantities_between(&self, is_second: &[bool]) -> [Result<f64>; 4] {
        let sums = self.distance_sums(is_second);
        [
            self.divergence(is_second),
            Ok(energy_distance(&sums, is_second)),
            self.neighbors_of_own_side(is_second),
            Ok(silhouette(&sums, is_second)),
        ]
    }

    /// MTop-Div of the first points of each side, as many as its homology of degree one can be had of in a tenth of a second.
    fn divergence(&self, is_second: &[bool]) -> Result<f64> {
        const MOST: usize = 250;
        let [first, second] = [false, true].map(|side| {
            let mut own = rows(is_second, side);
            own.truncate(MOST);
            own
        });
        let distances = self.scaled.select(&[&first[..], &second].concat())?;
        let places: Vec<usize> = (0..first.len()).collect();
        Ok(MTopDivergence::between_parts(&distances, &places)?.value)
    }

    /// For each point the sums of its distances to the first side and to the second.
    fn distance_sums(&self, is_second: &[bool]) -> Vec<[f64; 2]> {
        let n_points = self.n_points();
        let mut sums = vec![[0.0; 2]; n_points];
        for (i, j) in (0..n_points).flat_map(|i| (0..i).map(move |j| (i, j))) {
            let distance = f64::from(self.raw.get(i, j));
            sums[i][usize::from(is_second[j])] += distance;
            sums[j][usize::from(is_second[i])] += distance;
        }
        sums
    }

    /// The mean share of a point's nearest neighbours that are of its own side: 0.5 where the sides are mixed, 1 where they are apart.
    fn neighbors_of_own_side(&self, is_second: &[bool]) -> Result<f64> {
        let n_points = self.n_points();
        let n_neighbors = N_NEIGHBORS.min(n_points.saturating_sub(1));
        let table = NeighborTable::new(&self.raw, n_neighbors)?;
        let own = |point: usize| {
            let alike = |other: &&usize| is_second[**other] == is_second[point];
            table.indices(point).iter().filter(alike).count() as f64
        };
        Ok((0..n_points).map(own).sum::<f64>() / (n_points * n_neighbors) as f64)
    }
}

fn counts(is_second: &[bool]) -> [f64; 2] {
    let second = is_second.iter().filter(|of| **of).count();
    [(is_second.len() - second) as f64, second as f64]
}

/// $2 E\lVert X - Y \rVert - E\lVert X - X' \rVert - E\lVert Y - Y' \rVert$ with means over different points.
///
/// # References
///
/// bib: `szekely2013`
fn energy_distance(sums: &[[f64; 2]], is_second: &[bool]) -> f64 {
    let [n_first, n_second] = counts(is_second);
    let sum = |side: bool, to: usize| -> f64 {
        sums.iter().zip(is_second).filter(|(_, of)| **of == side).map(|(sums, _)| sums[to]).sum()
    };
    2.0 * sum(false, 1) / (n_first * n_second)
        - sum(false, 0) / (n_first * (n_first - 1.0))
        - sum(true, 1) / (n_second * (n_second - 1.0))
}

/// The mean silhouette of the points, the sides being the classes.
fn silhouette(sums: &[[f64; 2]], is_second: &[bool]) -> f64 {
    let counts = counts(is_second);
    let of = |(sums, side): (&[f64; 2], &bool)| {
        let (own, other) = (usize::from(*side), usize::from(!*side));
        let (a, b) = (sums[own] / (counts[own] - 1.0), sums[other] / counts[other]);
        if a.max(b) > 0.0 { (b - a) / a.max(b) } else { 0.0 }
    };
    sums.iter().zip(is_second).map(of).sum::<f64>() / sums.len() as f64
}

#[cfg(test)]
mod tests {
    use topolens::descriptor::{self, Inputs, Settings};
    use topolens::{PointCloud, Scaling, class_silhouette, synthetic};

    use super::*;

    fn two_clouds() -> (PointCloud<f32>, Vec<bool>) {
        let x = synthetic::gaussian(60, 4, 0).unwrap();
        let y = synthetic::gaussian(60, 4, 1).unwrap();
        let values = x.values().iter().map(|value| *value as f32);
        let moved = y.values().iter().map(|value| 0.5 * *value as f32 + 0.6);
        let cloud = PointCloud::new(values.chain(moved).collect(), 120, 4).unwrap();
        (cloud, (0..120).map(|at| at >= 60).collect())
    }

    fn pooled() -> (PointCloud<f32>, Vec<bool>, Pooled) {
        let (cloud, is_second) = two_clouds();
        let rows: Vec<usize> = (0..120).collect();
        let pooled = Pooled::new(&cloud, &rows, Scaling::MinMax).unwrap();
        (cloud, is_second, pooled)
    }

    #[test]
    fn quantities_of_a_side_are_the_descriptors() {
        let (cloud, is_second, pooled) = pooled();
        let found = pooled.side(&is_second, true).unwrap().quantities(0).map(Result::unwrap);
        let second: Vec<usize> = (60..120).collect();
        let scaled = Scaling::MinMax.apply(&cloud).select(&second).unwrap();
        let raw = cloud.select(&second).unwrap();
        for (quantity, found) in OF_SIDE.iter().zip(found) {
            let descriptor = descriptor::all()
                .iter()
                .find(|other| {
                    other.name() == quantity.descriptor
                        && (other.homology_dimension() == quantity.homology_dimension)
                })
                .unwrap();
            let cloud = if quantity.descriptor == "lifespans-sum" { &scaled } else { &raw };
            let expected = descriptor.measure(&Inputs::new(cloud, Settings::new())).unwrap().value;
            assert!((found / expected - 1.0).abs() < 1e-6, "{quantity:?}: {found} {expected}");
        }
    }

    #[test]
    fn quantities_between_sides_are_those_of_definition() {
        let (cloud, is_second, pooled) = pooled();
        let [divergence, energy, own, silhouette] = pooled.quantities_between(&is_second).map(Result::unwrap);
        let labels: Vec<usize> = is_second.iter().map(|of| usize::from(*of)).collect();
        assert!((silhouette - class_silhouette(&cloud, &labels).unwrap()).abs() < 1e-6);
        let scaled = Scaling::MinMax.apply(&cloud);
        let part = |from: usize| scaled.select(&(from..from + 60).collect::<Vec<_>>()).unwrap();
        let expected = MTopDivergence::new().estimate(&part(0), &part(60)).unwrap().value;
        assert!((divergence / expected - 1.0).abs() < 1e-6);
        // By definition, pair by pair.
        let distance = |i: usize, j: usize| {
            let square = cloud.point(i).iter().zip(cloud.point(j)).map(|(a, b)| f64::from(a - b).powi(2));
            square.sum::<f64>().sqrt()
        };
        let mean = |a: std::ops::Range<usize>, b: std::ops::Range<usize>| {
            let pairs = a.flat_map(|i| b.clone().map(move |j| (i, j))).filter(|(i, j)| i != j);
            let distances: Vec<f64> = pairs.map(|(i, j)| distance(i, j)).collect();
            distances.iter().sum::<f64>() / distances.len() as f64
        };
        let expected = 2.0 * mean(0..60, 60..120) - mean(0..60, 0..60) - mean(60..120, 60..120);
        assert!((energy - expected).abs() < 1e-5, "{energy} {expected}");
        let own_of = |i: usize| {
            let mut others: Vec<usize> = (0..120).filter(|j| *j != i).collect();
            others.sort_by(|a, b| distance(i, *a).total_cmp(&distance(i, *b)));
            others[..20].iter().filter(|j| is_second[**j] == is_second[i]).count() as f64 / 20.0
        };
        let expected = (0..120).map(own_of).sum::<f64>() / 120.0;
        assert!((own - expected).abs() < 1e-9, "{own} {expected}");
    }
}

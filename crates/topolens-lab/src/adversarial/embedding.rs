//! Points in a plane such that neighbours stay neighbours.

use bhtsne::{Neighbor, tSNE};
use rayon::ThreadPoolBuilder;
use topolens::{NeighborTable, PointCloud, PrincipalComponents};

/// Neighbours that count, about (van der Maaten & Hinton 2008).
const PERPLEXITY: f64 = 30.0;
/// Neighbours that are looked at, three for each that counts.
const N_NEIGHBORS: usize = 90;
const EPOCHS: usize = 500;
/// Points up to which every pair is looked at; beyond, points far away count as groups (Barnes & Hut, van der Maaten 2014).
const MOST_EXACT: usize = 1500;
/// How wide a group may look, from 0 on.
const GROUPED: f64 = 0.5;

/// The places of points by t-SNE, begun at their first two principal components; none if they are too few.
///
/// Nothing is drawn at random, and the sums are taken on one thread, so that the same points give the same places.
///
/// # Complexity
///
/// $O(n^2)$ time and memory for up to 1500 points, beyond $O(n \log n)$ a step, of which there are 500.
pub fn t_sne(cloud: &PointCloud<f32>) -> Option<Vec<(f64, f64)>> {
    placed(cloud, cloud.n_points() > MOST_EXACT)
}

fn placed(cloud: &PointCloud<f32>, in_groups: bool) -> Option<Vec<(f64, f64)>> {
    if cloud.n_points() as f64 <= 3.0 * PERPLEXITY + 1.0 || cloud.n_features() < 2 {
        return None;
    }
    let components = PrincipalComponents::fit(cloud, 2).ok()?.project(cloud).ok()?;
    let widest = components.points().map(|place| place[0] * place[0]).sum::<f64>() / cloud.n_points() as f64;
    let scale = 1e-4 / widest.sqrt().max(f64::MIN_POSITIVE);
    let start: Vec<f64> = components.values().iter().map(|x| x * scale).collect();
    let points: Vec<&[f32]> = cloud.points().collect();
    let neighbors = in_groups.then(|| neighbors(cloud)).transpose().ok()?;
    let pool = ThreadPoolBuilder::new().num_threads(1).build().ok()?;
    let places = pool.install(|| {
        let mut plane: tSNE<'_, f64, &[f32]> = tSNE::new(&points);
        plane.perplexity(PERPLEXITY).epochs(EPOCHS).initial_embedding(start);
        match &neighbors {
            Some(neighbors) => plane.barnes_hut_with_neighbors(GROUPED, neighbors),
            None => plane.exact(|a, b| square(a, b)),
        };
        plane.embedding()
    });
    places.iter().all(|x| x.is_finite()).then(|| places.chunks_exact(2).map(|xy| (xy[0], xy[1])).collect())
}

fn neighbors(cloud: &PointCloud<f32>) -> Result<Vec<Vec<Neighbor<f64>>>, topolens::Error> {
    let table = NeighborTable::new(cloud, N_NEIGHBORS)?;
    let list = |point: usize| {
        let found = table.indices(point).iter().zip(table.distances(point));
        found.map(|(&index, &distance)| Neighbor { index, distance }).collect()
    };
    Ok((0..cloud.n_points()).map(list).collect())
}

fn square(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (f64::from(*x) - f64::from(*y)).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use topolens::synthetic::GaussianClusters;

    use super::*;

    #[test]
    fn clusters_stay_apart_and_the_places_are_the_same_again() {
        clusters_stay_apart(false);
        clusters_stay_apart(true);
    }

    fn clusters_stay_apart(in_groups: bool) {
        let (cloud, labels) = GaussianClusters::new(2, 60, 5).sample(3).unwrap();
        let values = cloud.values().iter().enumerate();
        let values = values.map(|(at, x)| *x as f32 + if labels[at / 5] == 0 { 0.0 } else { 30.0 });
        let cloud = PointCloud::new(values.collect(), 120, 5).unwrap();
        let places = placed(&cloud, in_groups).unwrap();
        let nearest = |i: usize| {
            let distance = |j: &usize| (places[i].0 - places[*j].0).hypot(places[i].1 - places[*j].1);
            (0..120).filter(|j| *j != i).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap()
        };
        assert!((0..120).all(|i| labels[i] == labels[nearest(i)]));
        let again =
            ThreadPoolBuilder::new().num_threads(3).build().unwrap().install(|| placed(&cloud, in_groups));
        assert_eq!(again.unwrap(), places);
        assert_eq!(t_sne(&cloud.select(&(0..50).collect::<Vec<_>>()).unwrap()), None);
    }
}

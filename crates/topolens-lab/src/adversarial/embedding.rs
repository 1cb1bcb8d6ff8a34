//! Points in a plane such that neighbours stay neighbours.

use bhtsne::tSNE;
use rayon::ThreadPoolBuilder;
use topolens::{PointCloud, PrincipalComponents};

/// Neighbours that count, about (van der Maaten & Hinton 2008).
const PERPLEXITY: f64 = 30.0;
const EPOCHS: usize = 500;

/// The places of points by t-SNE, begun at their first two principal components; none if they are too few.
///
/// Nothing is drawn at random, and the sums are taken on one thread, so that the same points give the same places.
pub(super) fn t_sne(cloud: &PointCloud<f32>) -> Option<Vec<(f64, f64)>> {
    if cloud.n_points() as f64 <= 3.0 * PERPLEXITY + 1.0 || cloud.n_features() < 2 {
        return None;
    }
    let components = PrincipalComponents::fit(cloud, 2).ok()?.project(cloud).ok()?;
    let widest = components.points().map(|place| place[0] * place[0]).sum::<f64>() / cloud.n_points() as f64;
    let scale = 1e-4 / widest.sqrt().max(f64::MIN_POSITIVE);
    let start: Vec<f64> = components.values().iter().map(|x| x * scale).collect();
    let points: Vec<&[f32]> = cloud.points().collect();
    let pool = ThreadPoolBuilder::new().num_threads(1).build().ok()?;
    let places = pool.install(|| {
        let mut plane: tSNE<'_, f64, &[f32]> = tSNE::new(&points);
        plane.perplexity(PERPLEXITY).epochs(EPOCHS).initial_embedding(start).exact(|a, b| square(a, b));
        plane.embedding()
    });
    places.iter().all(|x| x.is_finite()).then(|| places.chunks_exact(2).map(|xy| (xy[0], xy[1])).collect())
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
        let (cloud, labels) = GaussianClusters::new(2, 60, 5).sample(3).unwrap();
        let values = cloud.values().iter().enumerate();
        let values = values.map(|(at, x)| *x as f32 + if labels[at / 5] == 0 { 0.0 } else { 30.0 });
        let cloud = PointCloud::new(values.collect(), 120, 5).unwrap();
        let places = t_sne(&cloud).unwrap();
        let nearest = |i: usize| {
            let distance = |j: &usize| (places[i].0 - places[*j].0).hypot(places[i].1 - places[*j].1);
            (0..120).filter(|j| *j != i).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap()
        };
        assert!((0..120).all(|i| labels[i] == labels[nearest(i)]));
        let again = ThreadPoolBuilder::new().num_threads(3).build().unwrap().install(|| t_sne(&cloud));
        assert_eq!(again.unwrap(), places);
        assert_eq!(t_sne(&cloud.select(&(0..50).collect::<Vec<_>>()).unwrap()), None);
    }
}

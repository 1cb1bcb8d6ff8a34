//! What is found by tiles of products equals what is found in the matrix of direct distances, to the last bit.

use proptest::prelude::*;
use topolens::{DistanceMatrix, NeighborTable, PointCloud, Scalar, minimum_spanning_tree, synthetic};

/// Clouds on which products are in trouble: ties, duplicates, tight clusters, far from the origin.
fn clouds() -> impl Strategy<Value = PointCloud<f32>> {
    let shapes = (1000_usize..1400, 1_usize..20, any::<u64>());
    (shapes, 0_usize..5).prop_map(|((n_points, n_features, seed), kind)| {
        let plain = synthetic::gaussian(n_points, n_features, seed).unwrap();
        let value = |(at, &x): (usize, &f64)| {
            let point = at / n_features;
            match kind {
                0 => x,
                1 => x.round(),
                2 => 1e-4 * x + (point % 7) as f64,
                3 => 1e3 + 1e-2 * x,
                _ => x * f64::from(u32::from(point % 3 == 0)),
            }
        };
        let values = plain.values().iter().enumerate().map(|pair| value(pair) as f32).collect();
        PointCloud::new(values, n_points, n_features).unwrap()
    })
}

fn check<S: Scalar>(cloud: &PointCloud<S>) -> Result<(), TestCaseError> {
    let distances = DistanceMatrix::from_cloud(cloud);
    let (by_tiles, by_rows) = (minimum_spanning_tree(cloud), minimum_spanning_tree(&distances));
    prop_assert!(by_tiles.lengths().eq(by_rows.lengths()));
    let of_edge = |edge: &topolens::Edge| distances.get(edge.first, edge.second).to_f64() == edge.length;
    prop_assert!(by_tiles.edges().iter().all(of_edge));
    prop_assert_eq!(NeighborTable::new(cloud, 12).unwrap(), NeighborTable::new(&distances, 12).unwrap());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn trees_and_neighbors_equal_those_of_the_matrix(cloud in clouds()) {
        check(&cloud)?;
        let wide = cloud.values().iter().map(|&x| f64::from(x)).collect();
        check(&PointCloud::new(wide, cloud.n_points(), cloud.n_features()).unwrap())?;
    }
}

#[test]
fn many_tight_clusters_are_joined() {
    let offsets = synthetic::gaussian(1500, 4, 3).unwrap();
    let jitter = synthetic::gaussian(30_000, 4, 4).unwrap();
    let value = |at: usize| 50.0 * offsets.values()[at / 80 * 4 + at % 4] + 1e-3 * jitter.values()[at];
    let cloud = PointCloud::new((0..120_000).map(value).collect(), 30_000, 4).unwrap();
    let tree = minimum_spanning_tree(&cloud);
    assert_eq!(tree.edges().len(), 29_999);
    let long: Vec<f64> = tree.lengths().filter(|&length| length > 0.1).collect();
    let of_offsets = minimum_spanning_tree(&offsets);
    assert_eq!(long.len(), 1499);
    assert!(long.iter().zip(of_offsets.lengths()).all(|(a, b)| (a - 50.0 * b).abs() < 0.05));
}

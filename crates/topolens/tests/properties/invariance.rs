//! Relabelling, scaling, shifting and near-duplicates.

use proptest::prelude::*;
use topolens::{
    Diagram, DistanceMatrix, Mle, PointCloud, TwoNn, VietorisRips, minimum_spanning_tree, neural_collapse,
};

fn clouds() -> impl Strategy<Value = PointCloud<f64>> {
    (4_usize..25, 1_usize..20).prop_flat_map(|(n_points, n_features)| {
        proptest::collection::vec(-10.0_f64..10.0, n_points * n_features)
            .prop_map(move |values| PointCloud::new(values, n_points, n_features).unwrap())
    })
}

fn diagrams(cloud: &PointCloud<f64>) -> Vec<Diagram> {
    let rips = VietorisRips::new().max_homology_dimension(2);
    rips.diagrams(&DistanceMatrix::from_cloud(cloud)).unwrap()
}

fn assert_scaled(a: &[Diagram], b: &[Diagram], factor: f64, tolerance: f64) {
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a.lifespans(), b.lifespans());
        let sorted = |mut lifespans: Vec<f64>| {
            lifespans.retain(|lifespan| *lifespan > tolerance);
            lifespans.sort_by(f64::total_cmp);
            lifespans
        };
        let (a, b) = (sorted(a.iter().map(|lifespan| lifespan * factor).collect()), sorted(b));
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(&b) {
            assert!((a - b).abs() <= tolerance, "{a} {b}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn relabelling_points_changes_nothing(cloud in clouds(), seed in 0_u64..1000) {
        let n = cloud.n_points();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| (i as u64 + 1).wrapping_mul(seed * 2 + 0x9E37_79B9) % 1009);
        let relabelled = cloud.select(&order).unwrap();
        prop_assert_eq!(diagrams(&cloud), diagrams(&relabelled));
        let lengths = |cloud: &PointCloud<f64>| minimum_spanning_tree(cloud).lengths().collect::<Vec<_>>();
        prop_assert_eq!(lengths(&cloud), lengths(&relabelled));
        let two_nn = |cloud: &PointCloud<f64>| TwoNn::new().estimate(cloud).unwrap().value;
        prop_assert!((two_nn(&cloud) / two_nn(&relabelled) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn scaling_scales_intervals_and_leaves_dimensions(cloud in clouds(), exponent in -10_i32..10) {
        // A power of two scales every distance without rounding.
        let factor = 2.0_f64.powi(exponent);
        let values = cloud.values().iter().map(|x| x * factor).collect();
        let scaled = PointCloud::new(values, cloud.n_points(), cloud.n_features()).unwrap();
        assert_scaled(&diagrams(&cloud), &diagrams(&scaled), factor, 0.0);
        let mle = |cloud: &PointCloud<f64>| Mle::new().n_neighbors(3).estimate(cloud).unwrap().value;
        prop_assert!((mle(&cloud) / mle(&scaled) - 1.0).abs() < 1e-9);
        let labels: Vec<usize> = (0..cloud.n_points()).map(|i| i % 2).collect();
        let nc1 = |cloud: &PointCloud<f64>| neural_collapse(cloud, &labels).unwrap();
        prop_assert!((nc1(&cloud) / nc1(&scaled) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn near_duplicates_keep_lifespans(cloud in clouds(), at in 0_usize..4) {
        let mut values = cloud.values().to_vec();
        values.extend(cloud.point(at).iter().map(|x| x + 1e-9));
        let doubled = PointCloud::new(values, cloud.n_points() + 1, cloud.n_features()).unwrap();
        let scale = 20.0 * (cloud.n_features() as f64).sqrt();
        assert_scaled(&diagrams(&cloud), &diagrams(&doubled), 1.0, 1e-6 * scale);
    }

    #[test]
    fn duplicates_change_no_diagram_and_no_estimate(cloud in clouds(), at in 0_usize..4) {
        let indices: Vec<usize> = (0..cloud.n_points()).chain([at, at]).collect();
        let doubled = cloud.select(&indices).unwrap();
        prop_assert_eq!(diagrams(&cloud), diagrams(&doubled));
        let (once, twice) = (TwoNn::new().estimate(&cloud).unwrap(), TwoNn::new().estimate(&doubled).unwrap());
        prop_assert_eq!((once.value, once.n_dropped + 2), (twice.value, twice.n_dropped));
    }
}

#[test]
fn single_precision_near_duplicates_far_from_the_origin_do_not_cancel() {
    let mut values: Vec<f32> = (0..64).map(|i| 1000.0 + (i % 7) as f32).collect();
    let near: Vec<f32> = values.iter().map(|x| x + 0.001).collect();
    values.extend(near);
    let tree = minimum_spanning_tree(&PointCloud::new(values, 2, 64).unwrap());
    // 1000.001 rounds to the grid of f32 there, 2^-14.
    let step = f64::from(1000.001_f32 - 1000.0_f32);
    assert!((tree.lifespans_sum(1.0) / (8.0 * step) - 1.0).abs() < 1e-6);
}

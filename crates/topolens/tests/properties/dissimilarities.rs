//! What holds for every metric, along neighbours, and between landmarks and all points.

use proptest::prelude::*;
use topolens::{
    Diagram, Dissimilarities, DistanceMatrix, Metric, MetricCloud, PointCloud, SparseDistances, VietorisRips,
    furthest_point_landmarks, geodesic_distances, minimum_spanning_tree,
};

fn clouds() -> impl Strategy<Value = PointCloud<f64>> {
    (6_usize..25, 2_usize..40).prop_flat_map(|(n_points, n_features)| {
        proptest::collection::vec(-10.0_f64..10.0, n_points * n_features)
            .prop_map(move |values| PointCloud::new(values, n_points, n_features).unwrap())
    })
}

/// The cloud with every row changed by a function of its index.
fn changed(cloud: &PointCloud<f64>, change: impl Fn(usize, f64) -> f64) -> PointCloud<f64> {
    let n_features = cloud.n_features();
    let values = cloud.values().iter().enumerate().map(|(at, &x)| change(at / n_features, x)).collect();
    PointCloud::new(values, cloud.n_points(), n_features).unwrap()
}

fn assert_near(a: &DistanceMatrix<f64>, b: &DistanceMatrix<f64>, tolerance: f64) {
    for i in 0..a.n_points() {
        for j in 0..i {
            assert!(
                (a.get(i, j) - b.get(i, j)).abs() <= tolerance,
                "{i} {j}: {} {}",
                a.get(i, j),
                b.get(i, j)
            );
        }
    }
}

/// The rank of the map in homology from scale `a` to scale `b`.
fn rank(diagram: &Diagram, a: f64, b: f64) -> usize {
    diagram.intervals().iter().filter(|interval| interval.birth <= a && interval.death > b).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_matrix_by_metric_is_symmetric_and_what_the_cloud_says_row_by_row(cloud in clouds()) {
        let all: Vec<usize> = (0..cloud.n_points()).collect();
        let mut row = vec![0.0; all.len()];
        for metric in Metric::ALL {
            let distances = DistanceMatrix::from_cloud_with(&cloud, metric).unwrap();
            let seen = MetricCloud::new(&cloud, metric).unwrap();
            for i in 0..all.len() {
                seen.row(i, &all, &mut row);
                prop_assert_eq!(row[i], 0.0);
                prop_assert!(all.iter().all(|&j| row[j] == distances.get(i, j)));
                let is_bounded = !metric.has_triangle_inequality();
                prop_assert!(!is_bounded || row.iter().all(|distance| (0.0..=2.0).contains(distance)));
            }
            let tree = minimum_spanning_tree(&seen);
            prop_assert_eq!(&tree.diagram(), &VietorisRips::new().diagrams(&distances).unwrap()[0]);
        }
    }

    #[test]
    fn directions_alone_count_for_cosine_and_shapes_for_correlation(cloud in clouds()) {
        let scaled = changed(&cloud, |row, x| x * (row + 1) as f64);
        let shifted = changed(&cloud, |row, x| x * (row + 1) as f64 + row as f64);
        let by = |cloud: &PointCloud<f64>, metric| DistanceMatrix::from_cloud_with(cloud, metric).unwrap();
        assert_near(&by(&cloud, Metric::Cosine), &by(&scaled, Metric::Cosine), 1e-13);
        assert_near(&by(&cloud, Metric::Correlation), &by(&shifted, Metric::Correlation), 1e-11);
    }

    #[test]
    fn nearly_parallel_rows_do_not_cancel(exponent in 4_i32..12, n_features in 2_usize..40) {
        let angle = 10.0_f64.powi(-exponent);
        let mut values = vec![0.0; 2 * n_features];
        (values[0], values[n_features], values[2 * n_features - 1]) = (3.0, 7.0, 7.0 * angle.tan());
        let cloud = PointCloud::new(values, 2, n_features).unwrap();
        let found = DistanceMatrix::from_cloud_with(&cloud, Metric::Cosine).unwrap().get(1, 0);
        prop_assert!((found / (2.0 * (angle / 2.0).sin().powi(2)) - 1.0).abs() < 1e-4, "{}", found);
    }

    #[test]
    fn geodesic_distances_are_a_metric_above_the_straight_one(cloud in clouds(), n_neighbors in 1_usize..5) {
        let straight = DistanceMatrix::from_cloud(&cloud);
        let (along, more) = (
            geodesic_distances(&cloud, n_neighbors).unwrap(),
            geodesic_distances(&cloud, n_neighbors + 1).unwrap(),
        );
        let n = cloud.n_points();
        for i in 0..n {
            for j in 0..n {
                prop_assert!(along.get(i, j) >= straight.get(i, j) - 1e-9 && more.get(i, j) <= along.get(i, j) + 1e-9);
                for k in 0..n {
                    prop_assert!(along.get(i, j) <= along.get(i, k) + along.get(k, j) + 1e-9);
                }
            }
        }
    }

    #[test]
    fn landmarks_keep_what_outlives_the_error_bound(cloud in clouds(), share in 1_usize..10) {
        let n_landmarks = (cloud.n_points() * share / 10).max(1);
        for metric in [Metric::Euclidean, Metric::Manhattan, Metric::Chebyshev] {
            let all = DistanceMatrix::from_cloud_with(&cloud, metric).unwrap();
            let landmarks = furthest_point_landmarks(&all, n_landmarks, 0).unwrap();
            let few = all.select(&landmarks.indices).unwrap();
            let (all, few) =
                (VietorisRips::new().diagrams(&all).unwrap(), VietorisRips::new().diagrams(&few).unwrap());
            let bound = landmarks.error_bound() + 1e-9;
            for (all, few) in all.iter().zip(&few) {
                let intervals = all.intervals().iter().chain(few.intervals());
                let mut scales: Vec<f64> = intervals.flat_map(|interval| [interval.birth, interval.death]).collect();
                scales.retain(|scale| scale.is_finite());
                for &a in &scales {
                    for b in scales.iter().copied().filter(|&b| b >= a) {
                        prop_assert!(rank(all, a, b + bound) <= rank(few, a + bound, b + bound));
                        prop_assert!(rank(few, a, b + bound) <= rank(all, a, b));
                    }
                }
            }
        }
    }
}

/// Properties of the cycles that stand for loops.
fn check_cycles(cloud: &PointCloud<f64>) {
    let distances = DistanceMatrix::from_cloud(cloud);
    let rips = VietorisRips::new();
    let loops = rips.loop_representatives(&distances).unwrap();
    let intervals: Vec<_> = loops.iter().map(|found| found.interval).collect();
    assert_eq!(Diagram::new(1, intervals.clone()).intervals(), intervals);
    assert_eq!(rips.diagrams(&distances).unwrap()[1].intervals(), intervals);
    for found in &loops {
        let (first, last) = (found.cycle[0], found.cycle[found.cycle.len() - 1]);
        let edge = &found.birth_edge;
        assert_eq!((first.max(last), first.min(last)), (edge.first, edge.second));
        assert_eq!(distances.get(first, last), found.interval.birth);
        let steps = || found.cycle.windows(2).map(|step| distances.get(step[0], step[1]));
        assert!(found.cycle.len() >= 4 && steps().all(|length| length <= found.interval.birth));
        let mut distinct = found.cycle.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), found.cycle.len());
        let [a, b, c] = found.death_triangle.unwrap();
        let diameter = distances.get(a, b).max(distances.get(b, c)).max(distances.get(a, c));
        assert_eq!(diameter, found.interval.death);
    }
}

#[test]
fn cycles_are_made_of_edges_that_are_there_at_their_birth() {
    let lattice: Vec<f64> = (0..25).flat_map(|i| [f64::from(i % 5), f64::from(i / 5)]).collect();
    check_cycles(&PointCloud::new(lattice, 25, 2).unwrap());
    check_cycles(&topolens::synthetic::clifford_torus(150, 1).unwrap());
    check_cycles(&topolens::synthetic::gaussian(120, 3, 2).unwrap());
}

#[test]
fn the_cycle_of_a_circle_goes_around_it_once() {
    let cloud = topolens::synthetic::circle(60, 3).unwrap();
    let loops = VietorisRips::new().loop_representatives(&DistanceMatrix::from_cloud(&cloud)).unwrap();
    assert_eq!(loops.len(), 1);
    let angle = |point: usize| cloud.point(point)[1].atan2(cloud.point(point)[0]);
    let cycle = &loops[0].cycle;
    let steps = cycle.iter().zip(cycle.iter().cycle().skip(1));
    let turn: f64 = steps
        .map(|(&from, &to)| {
            let step = angle(to) - angle(from);
            step - std::f64::consts::TAU * (step / std::f64::consts::TAU).round()
        })
        .sum();
    assert!((turn.abs() - std::f64::consts::TAU).abs() < 1e-9, "{turn}");
}

#[test]
fn a_loop_that_is_never_filled_has_no_triangle() {
    let square = [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 1.0), (3, 0, 1.0)];
    let distances = SparseDistances::from_pairs(&square, 4).unwrap().to_matrix();
    let loops = VietorisRips::new().loop_representatives(&distances).unwrap();
    assert_eq!((loops.len(), loops[0].death_triangle, loops[0].interval.birth), (1, None, 2.0));
    assert_eq!((loops[0].birth_edge.first, loops[0].birth_edge.second), (2, 1));
    assert!(loops[0].interval.is_essential());
}

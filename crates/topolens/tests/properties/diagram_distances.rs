//! Distances between diagrams: metrics, the best of all matchings, and stability.

use proptest::prelude::*;
use topolens::{
    Bottleneck, Diagram, DistanceMatrix, GroundNorm, Interval, PointCloud, VietorisRips, Wasserstein,
    bottleneck_distance,
};

/// Intervals with many ties, some essential.
fn diagrams(n_intervals: usize) -> impl Strategy<Value = Diagram> {
    let tied = (0_u8..8, 1_u8..8).prop_map(|(birth, lifespan)| (f64::from(birth), f64::from(lifespan)));
    let interval = prop_oneof![(0.0_f64..8.0, 0.01_f64..8.0), tied];
    proptest::collection::vec(interval, 0..=n_intervals).prop_map(|intervals| {
        let interval = |(birth, lifespan)| Interval { birth, death: birth + lifespan };
        Diagram::new(1, intervals.into_iter().map(interval).collect())
    })
}

fn with_essential(diagram: &Diagram, births: &[f64]) -> Diagram {
    let essential = births.iter().map(|&birth| Interval { birth, death: f64::INFINITY });
    Diagram::new(1, diagram.intervals().iter().copied().chain(essential).collect())
}

fn wasserstein() -> impl Strategy<Value = Wasserstein> {
    let order = prop_oneof![Just(1.0), Just(2.0), 1.0_f64..5.0];
    let norm = prop_oneof![Just(GroundNorm::Maximum), Just(GroundNorm::Euclidean)];
    (order, norm).prop_map(|(order, norm)| Wasserstein::new().order(order).ground_norm(norm))
}

fn maximum(a: &Interval, b: &Interval) -> f64 {
    (a.birth - b.birth).abs().max((a.death - b.death).abs())
}

fn euclidean(a: &Interval, b: &Interval) -> f64 {
    ((a.birth - b.birth).powi(2) + (a.death - b.death).powi(2)).sqrt()
}

/// The least over all matchings of the distances along one, folded by `fold` from 0.
fn best_of_all(
    first: &[Interval],
    second: &[Interval],
    distance: fn(&Interval, &Interval) -> f64,
    fold: &dyn Fn(f64, f64) -> f64,
) -> f64 {
    let alone = |interval: &Interval| {
        let middle = f64::midpoint(interval.birth, interval.death);
        distance(interval, &Interval { birth: middle, death: middle })
    };
    let Some((head, rest)) = first.split_first() else {
        return second.iter().map(alone).fold(0.0, fold);
    };
    let matched = (0..second.len()).map(|partner| {
        let mut left = second.to_vec();
        let partner = left.swap_remove(partner);
        fold(best_of_all(rest, &left, distance, fold), distance(head, &partner))
    });
    let unmatched = fold(best_of_all(rest, second, distance, fold), alone(head));
    matched.fold(unmatched, f64::min)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + b.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn distances_are_least_over_all_matchings(first in diagrams(5), second in diagrams(5), order in 1.0_f64..4.0) {
        let (a, b) = (first.intervals(), second.intervals());
        let bottleneck = bottleneck_distance(&first, &second).unwrap();
        prop_assert!(close(bottleneck, best_of_all(a, b, maximum, &f64::max)));
        for (norm, distance) in [(GroundNorm::Maximum, maximum as fn(&_, &_) -> _), (GroundNorm::Euclidean, euclidean)] {
            let total = best_of_all(a, b, distance, &|sum, term: f64| sum + term.powf(order));
            let wasserstein = Wasserstein::new().order(order).ground_norm(norm);
            let exact = wasserstein.distance(&first, &second).unwrap();
            prop_assert!(close(exact, total.powf(order.recip())), "{exact}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn bottleneck_is_a_metric_below_wasserstein(
        (a, b, c) in (diagrams(40), diagrams(40), diagrams(40)),
        births in proptest::collection::vec(0.0_f64..9.0, 6),
        wasserstein in wasserstein(),
    ) {
        let (a, b) = (with_essential(&a, &births[..2]), with_essential(&b, &births[2..4]));
        let c = with_essential(&c, &births[4..]);
        let distance = |x: &Diagram, y: &Diagram| bottleneck_distance(x, y).unwrap();
        prop_assert_eq!(distance(&a, &a), 0.0);
        prop_assert_eq!(distance(&a, &b), distance(&b, &a));
        prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c) + 1e-12);
        prop_assert!(distance(&a, &b) <= wasserstein.distance(&a, &b).unwrap() + 1e-12);
    }

    #[test]
    fn wasserstein_is_a_metric(
        (a, b, c) in (diagrams(40), diagrams(40), diagrams(40)),
        wasserstein in wasserstein(),
    ) {
        let distance = |x: &Diagram, y: &Diagram| wasserstein.distance(x, y).unwrap();
        prop_assert_eq!(distance(&a, &a), 0.0);
        prop_assert!(close(distance(&a, &b), distance(&b, &a)));
        prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c) + 1e-12);
    }

    #[test]
    fn relative_errors_are_kept(
        (a, b) in (diagrams(60), diagrams(60)),
        wasserstein in wasserstein(),
        error in 0.001_f64..0.5,
    ) {
        let exact = bottleneck_distance(&a, &b).unwrap();
        let near = Bottleneck::new().relative_error(error).distance(&a, &b).unwrap();
        prop_assert!(near >= exact && near <= (1.0 + error) * exact, "{near} {exact}");
        let exact = wasserstein.distance(&a, &b).unwrap();
        let near = wasserstein.relative_error(error).distance(&a, &b).unwrap();
        prop_assert!(near >= exact * (1.0 - 1e-12) && near <= (1.0 + error) * exact * (1.0 + 1e-12), "{near} {exact}");
    }

    #[test]
    fn moving_points_by_delta_moves_diagrams_by_at_most_twice_delta(
        points in proptest::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0), 4..40),
        moves in proptest::collection::vec((0.0_f64..=1.0, 0.0_f64..6.3), 40),
        delta in 0.001_f64..0.3,
    ) {
        let moved = points.iter().zip(&moves).map(|((x, y), (length, angle))| {
            (x + delta * length * angle.cos(), y + delta * length * angle.sin())
        });
        let (before, after) = (rips(points.iter().copied()), rips(moved));
        for (before, after) in before.iter().zip(&after) {
            let distance = bottleneck_distance(before, after).unwrap();
            prop_assert!(distance <= 2.0 * delta * (1.0 + 1e-9), "{distance} for {delta}");
        }
    }
}

fn rips(points: impl Iterator<Item = (f64, f64)>) -> Vec<Diagram> {
    let values: Vec<f64> = points.flat_map(|(x, y)| [x, y]).collect();
    let n_points = values.len() / 2;
    let cloud = PointCloud::new(values, n_points, 2).unwrap();
    VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&cloud)).unwrap()
}

//! Diagrams against a plain reduction of the whole boundary matrix, written for clarity alone.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use topolens::{DistanceMatrix, VietorisRips};

/// Intervals of each homology dimension, zero-length ones left out, sorted.
type Barcode = Vec<Vec<(f64, f64)>>;

struct Simplex {
    vertices: Vec<usize>,
    diameter: f64,
}

/// All simplices of up to `max_dimension` in filtration order: by diameter, then faces first.
fn simplices(square: &[f64], n: usize, max_dimension: usize, threshold: f64) -> Vec<Simplex> {
    let mut all: Vec<Simplex> = (1..1_usize << n)
        .map(|mask| (0..n).filter(|vertex| mask >> vertex & 1 == 1).collect::<Vec<_>>())
        .filter(|vertices| vertices.len() <= max_dimension + 1)
        .map(|vertices| {
            let pairs = vertices.iter().flat_map(|&a| vertices.iter().map(move |&b| square[a * n + b]));
            Simplex { diameter: pairs.fold(0.0, f64::max), vertices }
        })
        .filter(|simplex| simplex.diameter <= threshold && simplex.diameter.is_finite())
        .collect();
    all.sort_by(|a, b| {
        a.diameter
            .total_cmp(&b.diameter)
            .then(a.vertices.len().cmp(&b.vertices.len()))
            .then(a.vertices.cmp(&b.vertices))
    });
    all
}

/// Left-to-right reduction of the boundary matrix over ℤ/p.
fn oracle(square: &[f64], n: usize, max_homology_dimension: usize, modulus: i64, threshold: f64) -> Barcode {
    let simplices = simplices(square, n, max_homology_dimension + 1, threshold);
    let position: BTreeMap<&[usize], usize> =
        simplices.iter().enumerate().map(|(at, simplex)| (simplex.vertices.as_slice(), at)).collect();
    let inverse = |a: i64| (1..modulus).find(|b| a * b % modulus == 1).unwrap();
    let mut reduced: BTreeMap<usize, BTreeMap<usize, i64>> = BTreeMap::new();
    let mut is_paired = vec![false; simplices.len()];
    let mut barcode = vec![Vec::new(); max_homology_dimension + 1];
    for (at, simplex) in simplices.iter().enumerate() {
        let mut column: BTreeMap<usize, i64> = BTreeMap::new();
        for left_out in (0..simplex.vertices.len()).filter(|_| simplex.vertices.len() > 1) {
            let mut facet = simplex.vertices.clone();
            facet.remove(left_out);
            column.insert(position[facet.as_slice()], if left_out % 2 == 0 { 1 } else { modulus - 1 });
        }
        while let Some((&low, &coefficient)) = column.last_key_value() {
            let Some(other) = reduced.get(&low) else { break };
            let factor = (modulus - coefficient) * inverse(other[&low]) % modulus;
            for (&row, &value) in other {
                let sum = (column.get(&row).copied().unwrap_or(0) + factor * value) % modulus;
                if sum == 0 {
                    column.remove(&row);
                } else {
                    column.insert(row, sum);
                }
            }
        }
        if let Some((&low, _)) = column.last_key_value() {
            is_paired[at] = true;
            is_paired[low] = true;
            let dimension = simplices[low].vertices.len() - 1;
            if simplices[low].diameter < simplex.diameter {
                barcode[dimension].push((simplices[low].diameter, simplex.diameter));
            }
            reduced.insert(low, column);
        }
    }
    for (simplex, _) in simplices.iter().zip(is_paired).filter(|(_, is_paired)| !is_paired) {
        if let Some(intervals) = barcode.get_mut(simplex.vertices.len() - 1) {
            intervals.push((simplex.diameter, f64::INFINITY));
        }
    }
    sorted(barcode)
}

fn sorted(mut barcode: Barcode) -> Barcode {
    for intervals in &mut barcode {
        intervals.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    barcode
}

fn diagrams(square: &[f64], n: usize, rips: &VietorisRips) -> Barcode {
    let diagrams = rips.diagrams(&DistanceMatrix::from_square(square, n).unwrap()).unwrap();
    let pairs =
        diagrams.iter().map(|diagram| diagram.intervals().iter().map(|i| (i.birth, i.death)).collect());
    sorted(pairs.collect())
}

/// Small symmetric matrices with many ties, zeros (duplicates) and infinities.
fn dissimilarities(n_points: Range<usize>) -> impl Strategy<Value = (usize, Vec<f64>)> {
    let value = prop_oneof![
        6 => (1_u8..8).prop_map(f64::from),
        1 => Just(0.0),
        1 => Just(f64::INFINITY),
    ];
    n_points.prop_flat_map(move |n| {
        proptest::collection::vec(value.clone(), n * n).prop_map(move |values| {
            let at = |i: usize, j: usize| if i == j { 0.0 } else { values[i.max(j) * n + i.min(j)] };
            (n, (0..n * n).map(|k| at(k / n, k % n)).collect())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn diagrams_equal_the_plain_reduction(
        (n, square) in dissimilarities(1..8),
        modulus in prop_oneof![Just(2_u32), Just(3), Just(5)],
        threshold in prop_oneof![Just(f64::INFINITY), (0_u8..8).prop_map(f64::from)],
    ) {
        let rips = VietorisRips::new().max_homology_dimension(3).modulus(modulus).threshold(threshold);
        prop_assert_eq!(
            diagrams(&square, n, &rips),
            oracle(&square, n, 3, i64::from(modulus), threshold)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn cavities_without_tetrahedra_equal_the_plain_reduction(
        (n, square) in prop_oneof![dissimilarities(1..11), euclidean(5..11, 3)],
        modulus in prop_oneof![Just(2_u32), Just(3), Just(5)],
        threshold in prop_oneof![3 => Just(f64::INFINITY), 1 => (0_u8..8).prop_map(f64::from)],
    ) {
        let rips = VietorisRips::new().max_homology_dimension(2).modulus(modulus).threshold(threshold);
        prop_assert_eq!(
            diagrams(&square, n, &rips),
            oracle(&square, n, 2, i64::from(modulus), threshold)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cavities_without_tetrahedra_equal_cavities_by_cohomology(
        (n, square) in prop_oneof![
            dissimilarities(1..40),
            euclidean(10..60, 3),
            euclidean(10..40, 6),
        ],
        modulus in prop_oneof![Just(2_u32), Just(3), Just(5)],
        threshold in prop_oneof![3 => Just(f64::INFINITY), 1 => (0_u8..8).prop_map(f64::from)],
    ) {
        let rips = VietorisRips::new().modulus(modulus).threshold(threshold);
        let by_cohomology = diagrams(&square, n, &rips.clone().max_homology_dimension(3));
        prop_assert_eq!(&diagrams(&square, n, &rips.max_homology_dimension(2))[..], &by_cohomology[..3]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn loops_alone_equal_loops_beside_cavities(
        (n, square) in prop_oneof![
            dissimilarities(1..60),
            euclidean(10..120, 2),
            euclidean(10..120, 6),
        ],
        modulus in prop_oneof![Just(2_u32), Just(3), Just(5)],
        threshold in prop_oneof![3 => Just(f64::INFINITY), 1 => (0_u8..8).prop_map(f64::from)],
    ) {
        let rips = VietorisRips::new().modulus(modulus).threshold(threshold);
        let beside_cavities = diagrams(&square, n, &rips.clone().max_homology_dimension(2));
        prop_assert_eq!(&diagrams(&square, n, &rips)[..], &beside_cavities[..2]);
    }
}

/// Distances of integer points: squared lengths tie often, and points coincide.
fn euclidean(n_points: Range<usize>, n_features: usize) -> impl Strategy<Value = (usize, Vec<f64>)> {
    n_points.prop_flat_map(move |n| {
        proptest::collection::vec(0_u8..24, n * n_features).prop_map(move |values| {
            let point = |i: usize| &values[i * n_features..(i + 1) * n_features];
            let squared = |i: usize, j: usize| -> f64 {
                point(i).iter().zip(point(j)).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
            };
            (n, (0..n * n).map(|k| squared(k / n, k % n).sqrt() / 3.0).collect())
        })
    })
}

#[test]
fn the_generated_matrices_exercise_higher_homology() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = [0; 3];
    for _ in 0..1500 {
        let (n, square) = dissimilarities(1..8).new_tree(&mut runner).unwrap().current();
        let barcode = oracle(&square, n, 2, 2, f64::INFINITY);
        for (count, intervals) in seen.iter_mut().zip(&barcode) {
            *count += usize::from(!intervals.is_empty());
        }
    }
    assert!(seen[1] > 100 && seen[2] > 3, "{seen:?}");
}

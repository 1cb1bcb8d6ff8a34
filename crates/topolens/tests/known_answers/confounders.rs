//! Ten Gaussian classes that separate while nothing changes inside them: a simulated table (means over four seeds).
//!
//! 300 points of 128 features per class around standard normal centres. E is per class (250 points) after min–max over
//! the whole cloud, averaged, in the table with the factor ½; dimensions are of the raw cloud.

use topolens::synthetic::GaussianClusters;
use topolens::{PersistentDimension, PointCloud, Scaling, TwoNn, minimum_spanning_tree};

const SEEDS: u64 = 2;
const PER_CLASS: usize = 300;
/// Spread, per-class E and global PHdim.
const TABLE: [(f64, f64, f64); 3] = [(2.0, 219.97, 49.22), (0.25, 98.16, 22.56), (0.05, 27.43, 6.57)];

fn classes(spread: f64, seed: u64) -> PointCloud<f32> {
    let (cloud, _) = GaussianClusters::new(10, PER_CLASS, 128).spread(spread).sample(seed).unwrap();
    PointCloud::new(cloud.values().iter().map(|&x| x as f32).collect(), 10 * PER_CLASS, 128).unwrap()
}

fn mean_over_seeds(measure: impl Fn(u64) -> f64) -> f64 {
    (0..SEEDS).map(measure).sum::<f64>() / SEEDS as f64
}

fn per_class_sum(cloud: &PointCloud<f32>) -> f64 {
    let scaled = Scaling::MinMax.apply(cloud);
    let of = |class: usize| {
        let rows: Vec<usize> = (class * PER_CLASS..class * PER_CLASS + 250).collect();
        minimum_spanning_tree(&scaled.select(&rows).unwrap()).lifespans_sum(1.0)
    };
    (0..10).map(of).sum::<f64>() / 10.0 / 2.0
}

fn persistent(cloud: &PointCloud<f32>) -> f64 {
    PersistentDimension::new().repeats(1).estimate(cloud).unwrap().estimate.value
}

fn assert_within(name: &str, got: f64, expected: f64, relative: f64) {
    assert!((got / expected - 1.0).abs() < relative, "{name}: {got}, expected {expected} within {relative}");
}

#[test]
fn separation_alone_lowers_lifespans_sums_and_the_global_dimension() {
    for (spread, sum, dimension) in TABLE {
        let of =
            |measure: fn(&PointCloud<f32>) -> f64| mean_over_seeds(|seed| measure(&classes(spread, seed)));
        assert_within("per-class E", of(per_class_sum), sum, 0.05);
        assert_within("global ph-dimension", of(persistent), dimension, 0.15);
    }
}

#[test]
fn local_estimates_do_not_see_it() {
    let two_nn =
        |spread| mean_over_seeds(|seed| TwoNn::new().estimate(&classes(spread, seed)).unwrap().value);
    assert!((two_nn(1.0) - 50.0).abs() < 1.5, "{}", two_nn(1.0));
    assert!((two_nn(0.05) - 50.0).abs() < 1.5, "{}", two_nn(0.05));
    let first_class: Vec<usize> = (0..PER_CLASS).collect();
    let per_class = |spread| persistent(&classes(spread, 0).select(&first_class).unwrap());
    assert_within("per-class ph-dimension", per_class(0.05), per_class(2.0), 1e-3);
}

//! Neighbours, dimension, comparison and separation: `cargo bench -p topolens --bench geometry`; a word after it, such as `neighbors` or
//! `two-nn`, chooses among them, and `-- --test` runs each once.

#![expect(clippy::unwrap_used, reason = "a bench stops at what it cannot make")]

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, criterion_group, criterion_main};
use topolens::synthetic::GaussianClusters;
use topolens::{
    Comparisons, Dimensions, NeighborTable, Null, OverNull, PointCloud, class_silhouette,
    comparison_measures, dimension_estimators,
};

/// What hidden layers look like: ten clusters behind a ReLU.
fn relu(n_points: usize, n_features: usize, seed: u64) -> (PointCloud<f32>, Vec<usize>) {
    let clusters = GaussianClusters::new(10, n_points / 10, n_features).spread(0.7);
    let (cloud, labels) = clusters.sample(seed).unwrap();
    let values = cloud.values().iter().map(|&x| x.max(0.0) as f32).collect();
    (PointCloud::new(values, n_points, n_features).unwrap(), labels)
}

/// A group whose benches end in seconds.
fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    group
}

fn neighbors(criterion: &mut Criterion) {
    let (cloud, _) = relu(5000, 512, 0);
    let mut group = group(criterion, "neighbors/5000x512");
    for n_neighbors in [2, 20, 100] {
        group.bench_function(format!("{n_neighbors}"), |bencher| {
            bencher.iter(|| NeighborTable::new(&cloud, n_neighbors).unwrap());
        });
    }
    group.bench_function("20 in four parts", |bencher| {
        let read = |range: std::ops::Range<usize>| cloud.select(&range.collect::<Vec<_>>());
        bencher.iter(|| NeighborTable::from_parts(5000, 1280, 20, read).unwrap());
    });
}

fn dimension(criterion: &mut Criterion) {
    let (cloud, _) = relu(2000, 128, 0);
    let mut group = group(criterion, "dimension/2000x128");
    for estimator in dimension_estimators() {
        group.bench_function(estimator.name, |bencher| {
            bencher.iter(|| Dimensions::new(&cloud, &[estimator.name]).unwrap().estimates());
        });
    }
}

fn compare(criterion: &mut Criterion) {
    let ((x, _), (y, _)) = (relu(1000, 128, 0), relu(1000, 64, 1));
    let mut group = group(criterion, "compare/1000x128");
    for measure in comparison_measures().iter().filter(|measure| measure.name != "mtop-div") {
        let comparisons = Comparisons::new(&[measure.name]).unwrap().n_permutations(0).n_batches(1);
        group.bench_function(measure.name, |bencher| bencher.iter(|| comparisons.compare(&x, &y)));
    }
}

fn separation(criterion: &mut Criterion) {
    let (cloud, labels) = relu(2000, 128, 0);
    let mut group = group(criterion, "separation/2000x128");
    group.bench_function("silhouette", |bencher| bencher.iter(|| class_silhouette(&cloud, &labels).unwrap()));
    for (name, null) in [("permuted columns", Null::PermutedColumns), ("gaussian", Null::Gaussian)] {
        let over_null = OverNull::new().null(null);
        group.bench_function(name, |bencher| bencher.iter(|| over_null.ratio(&cloud).unwrap()));
    }
}

criterion_group!(benches, neighbors, dimension, compare, separation);
criterion_main!(benches);

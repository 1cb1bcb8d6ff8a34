//! Parts of persistent homology by cloud, points and features: `cargo bench -p topolens --bench homology`; a word after
//! it, such as `loops` or `3000x128`, chooses among them, and `-- --test` runs each once.

#![expect(clippy::unwrap_used, reason = "a bench stops at what it cannot make")]

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, criterion_group, criterion_main};
use topolens::synthetic::{GaussianClusters, clifford_torus, gaussian, sphere};
use topolens::{
    Bottleneck, Diagram, DistanceMatrix, Interval, Metric, NeighborTable, PersistentDimension, PointCloud,
    VietorisRips, Wasserstein, minimum_spanning_tree,
};

/// What hidden layers look like: ten clusters behind a ReLU.
fn relu(points_per_class: usize, n_features: usize) -> PointCloud<f32> {
    let (cloud, _) = GaussianClusters::new(10, points_per_class, n_features).spread(0.7).sample(0).unwrap();
    single(&cloud, |x| x.max(0.0))
}

fn single(cloud: &PointCloud<f64>, map: fn(f64) -> f64) -> PointCloud<f32> {
    let values = cloud.values().iter().map(|&x| map(x) as f32).collect();
    PointCloud::new(values, cloud.n_points(), cloud.n_features()).unwrap()
}

fn clouds() -> Vec<(&'static str, PointCloud<f32>)> {
    vec![
        ("relu/250x64", relu(25, 64)),
        ("relu/1000x512", relu(100, 512)),
        ("relu/3000x128", relu(300, 128)),
        ("gauss/1000x512", single(&gaussian(1000, 512, 0).unwrap(), |x| x)),
        ("gauss/3000x128", single(&gaussian(3000, 128, 0).unwrap(), |x| x)),
    ]
}

/// A group whose benches end in seconds.
fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

fn distances(criterion: &mut Criterion) {
    let mut group = group(criterion, "distances");
    for (name, cloud) in clouds() {
        group.bench_function(name, |bench| bench.iter(|| DistanceMatrix::from_cloud(&cloud)));
    }
    let cloud = relu(100, 512);
    for metric in Metric::ALL {
        group.bench_function(format!("{}/1000x512", metric.name()), |bench| {
            bench.iter(|| DistanceMatrix::from_cloud_with(&cloud, metric).unwrap());
        });
    }
    group.finish();
}

fn neighbors(criterion: &mut Criterion) {
    let mut group = group(criterion, "neighbors");
    for (name, cloud) in [("relu/1000x512", relu(100, 512)), ("relu/3000x128", relu(300, 128))] {
        for k in [2, 20] {
            group.bench_function(format!("{name}/k{k}"), |bench| {
                bench.iter(|| NeighborTable::new(&cloud, k).unwrap());
            });
        }
    }
    group.finish();
}

/// One tree by the cloud, one by its matrix, and forty of subsets that share what they can.
fn spanning_trees(criterion: &mut Criterion) {
    let mut group = group(criterion, "spanning_trees");
    for (name, cloud) in clouds() {
        group.bench_function(name, |bench| bench.iter(|| minimum_spanning_tree(&cloud)));
    }
    let cloud = relu(300, 128);
    let matrix = DistanceMatrix::from_cloud(&cloud);
    group.bench_function("matrix/3000", |bench| bench.iter(|| minimum_spanning_tree(&matrix)));
    let subsets = PersistentDimension::new();
    group.bench_function("subsets/3000x128", |bench| bench.iter(|| subsets.estimate(&cloud).unwrap()));
    group.finish();
}

fn loops(criterion: &mut Criterion) {
    let mut group = group(criterion, "loops");
    for (name, cloud) in clouds() {
        let distances = DistanceMatrix::from_cloud(&cloud);
        group.bench_function(name, |bench| bench.iter(|| VietorisRips::new().diagrams(&distances).unwrap()));
    }
    group.finish();
}

fn cavities(criterion: &mut Criterion) {
    let mut group = group(criterion, "cavities");
    let clouds = [
        ("sphere/192x3", sphere(192, 2, 0).unwrap()),
        ("torus/256x4", clifford_torus(256, 0).unwrap()),
        ("gauss/250x64", gaussian(250, 64, 0).unwrap()),
    ];
    let rips = VietorisRips::new().max_homology_dimension(2);
    for (name, cloud) in clouds {
        let distances = DistanceMatrix::from_cloud(&cloud);
        group.bench_function(name, |bench| bench.iter(|| rips.diagrams(&distances).unwrap()));
    }
    group.finish();
}

/// Births uniform between 0 and 1, lifespans as much again.
fn diagram(n_intervals: usize, seed: u64) -> Diagram {
    let values = topolens::synthetic::uniform_cube(n_intervals, 2, seed).unwrap();
    let interval = |row: &[f64]| Interval { birth: row[0], death: row[0] + row[1] };
    Diagram::new(1, values.values().chunks_exact(2).map(interval).collect())
}

fn diagram_distances(criterion: &mut Criterion) {
    let mut group = group(criterion, "diagram_distances");
    let (first, second) = (diagram(500, 1), diagram(500, 2));
    for relative_error in [0.0, 0.01] {
        let bottleneck = Bottleneck::new().relative_error(relative_error);
        group.bench_function(format!("bottleneck/500/error{relative_error}"), |bench| {
            bench.iter(|| bottleneck.distance(&first, &second).unwrap());
        });
        let wasserstein = Wasserstein::new().relative_error(relative_error);
        group.bench_function(format!("wasserstein/500/error{relative_error}"), |bench| {
            bench.iter(|| wasserstein.distance(&first, &second).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, distances, neighbors, spanning_trees, loops, cavities, diagram_distances);
criterion_main!(benches);

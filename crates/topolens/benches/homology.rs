//! Parts of persistent homology by cloud, points and features: `cargo bench -p topolens --bench homology`.

#![expect(clippy::unwrap_used, reason = "a bench stops at what it cannot make")]

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use topolens::synthetic::{GaussianClusters, clifford_torus, gaussian, sphere};
use topolens::{DistanceMatrix, PointCloud, VietorisRips, minimum_spanning_tree};

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

fn parts(criterion: &mut Criterion) {
    for (name, cloud) in clouds() {
        let distances = DistanceMatrix::from_cloud(&cloud);
        let mut group = criterion.benchmark_group("distances");
        group.bench_function(name, |bench| bench.iter(|| DistanceMatrix::from_cloud(&cloud)));
        group.finish();
        let mut group = criterion.benchmark_group("spanning_tree");
        group.bench_function(name, |bench| bench.iter(|| minimum_spanning_tree(&cloud)));
        group.finish();
        let mut group = criterion.benchmark_group("loops");
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.bench_function(name, |bench| bench.iter(|| VietorisRips::new().diagrams(&distances).unwrap()));
        group.finish();
    }
}

fn cavities(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cavities");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for (name, cloud) in
        [("sphere/192x3", sphere(192, 2, 0).unwrap()), ("torus/256x4", clifford_torus(256, 0).unwrap())]
    {
        let distances = DistanceMatrix::from_cloud(&cloud);
        let rips = VietorisRips::new().max_homology_dimension(2);
        group.bench_with_input(BenchmarkId::from_parameter(name), &distances, |bench, distances| {
            bench.iter(|| rips.diagrams(distances).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, parts, cavities);
criterion_main!(benches);

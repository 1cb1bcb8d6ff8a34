//! Same bits on one thread and on four.

use rayon::ThreadPoolBuilder;
use topolens::descriptor::{Inputs, Measurement, Settings, all};
use topolens::synthetic::GaussianClusters;
use topolens::{
    DistanceMatrix, Metric, NeighborTable, PersistentDimension, PointCloud, SparseDistances, VietorisRips,
    geodesic_distances,
};

fn on_threads<T: Send>(n_threads: usize, compute: impl FnOnce() -> T + Send) -> T {
    ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap().install(compute)
}

fn everything(cloud: &PointCloud<f32>, labels: &[usize]) -> impl PartialEq + std::fmt::Debug + Send + use<> {
    let distances = DistanceMatrix::from_cloud(cloud);
    let rips = VietorisRips::new().max_homology_dimension(2).threshold(4.0);
    let inputs = Inputs::new(cloud, Settings::new()).with_labels(labels).unwrap();
    let measured: Vec<Measurement> =
        all().iter().map(|descriptor| descriptor.measure(&inputs).unwrap()).collect();
    (
        rips.diagrams(&distances).unwrap(),
        NeighborTable::new(cloud, 5).unwrap(),
        geodesic_distances(cloud, 5).unwrap(),
        DistanceMatrix::from_cloud_with(cloud, Metric::Correlation).unwrap(),
        PersistentDimension::new().estimate(cloud).unwrap(),
        measured,
    )
}

#[test]
fn loops_of_a_cloud_large_enough_to_share_are_the_same_on_any_number_of_threads() {
    let cloud = topolens::synthetic::gaussian(1600, 6, 3).unwrap();
    let distances = DistanceMatrix::from_cloud(&cloud);
    let loops = |n_threads| on_threads(n_threads, || VietorisRips::new().diagrams(&distances).unwrap());
    let alone = loops(1);
    assert!(alone[1].intervals().len() > 500);
    assert_eq!(alone, loops(2));
    assert_eq!(alone, loops(4));
}

#[test]
fn dimension_3_and_few_pairs_are_the_same_on_any_number_of_threads() {
    let ball = topolens::synthetic::gaussian(60, 3, 3).unwrap();
    let plane = topolens::synthetic::gaussian(1500, 2, 3).unwrap();
    let near = SparseDistances::within(&plane, 0.25).unwrap();
    assert!(near.is_sparse());
    let high = VietorisRips::new().max_homology_dimension(3);
    let compute = || {
        let few = [1, 2].map(|d| high.clone().max_homology_dimension(d).sparse_diagrams(&near).unwrap());
        (high.diagrams(&DistanceMatrix::from_cloud(&ball)).unwrap(), few)
    };
    let alone = on_threads(1, compute);
    assert!(alone.0[1].intervals().len() > 10 && alone.1[0][1].intervals().len() > 50);
    assert_eq!(alone.1[0][..2], alone.1[1][..2]);
    assert_eq!(alone, on_threads(2, compute));
    assert_eq!(alone, on_threads(4, compute));
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (cloud, labels) = GaussianClusters::new(4, 20, 6).sample(0).unwrap();
    let values = cloud.values().iter().map(|&x| x as f32).collect();
    let cloud = PointCloud::new(values, cloud.n_points(), cloud.n_features()).unwrap();
    let alone = on_threads(1, || everything(&cloud, &labels));
    assert_eq!(alone, on_threads(4, || everything(&cloud, &labels)));
}

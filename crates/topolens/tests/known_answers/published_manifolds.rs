//! The published table of the GeoMLE benchmark (N = 1000, mean over k = 20..55 of the unbiased pointwise estimates).

use topolens::{Mle, MlePooling, PointCloud, synthetic};

fn mean_estimate(cloud: &PointCloud<f64>) -> f64 {
    let mle = Mle::new().n_neighbors_range(20..=55).unbiased(true).pooling(MlePooling::Mean);
    mle.estimate(cloud).unwrap().value
}

#[test]
fn mle_equals_the_published_table() {
    type Sample = fn(u64) -> Result<PointCloud<f64>, topolens::Error>;
    let manifolds: [(&str, f64, Sample); 5] = [
        ("Sphere 10", 8.5331, |seed| synthetic::sphere(1000, 10, seed)),
        ("Sphere 50", 26.5285, |seed| synthetic::sphere(1000, 50, seed)),
        ("Uniform 10", 7.7878, |seed| synthetic::uniform_cube(1000, 10, seed)),
        ("Uniform 30", 17.8399, |seed| synthetic::uniform_cube(1000, 30, seed)),
        ("Norm 20", 13.8734, |seed| synthetic::gaussian(1000, 20, seed)),
    ];
    for (name, expected, sample) in manifolds {
        let mean = (0..5).map(|seed| mean_estimate(&sample(seed).unwrap())).sum::<f64>() / 5.0;
        assert!((mean / expected - 1.0).abs() < 0.015, "{name}: {mean}, expected {expected}");
    }
}

#[test]
fn mle_of_the_swiss_roll_equals_the_published_table() {
    let mean =
        (0..5).map(|seed| mean_estimate(&synthetic::swiss_roll(1000, seed).unwrap())).sum::<f64>() / 5.0;
    assert!((mean / 1.9562 - 1.0).abs() < 0.015, "{mean}");
}

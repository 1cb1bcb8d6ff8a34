//! Bad input gives an error that names the argument, or a defined value; never a panic, never a silent NaN.

use topolens::descriptor::{Inputs, Settings, all};
use topolens::{DistanceMatrix, Error, PointCloud, Scaling, VietorisRips};

fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(error.is_invalid_input());
    error.to_string()
}

#[test]
fn clouds_are_checked() {
    assert!(message(PointCloud::new(vec![1.0, f64::NAN, 2.0, f64::NAN], 2, 2)).contains("row 0, column 1"));
    assert!(
        message(PointCloud::new(vec![1.0, 2.0, f32::INFINITY, 0.0], 2, 2)).contains("inf in row 1, column 0")
    );
    assert!(message(PointCloud::<f32>::new(vec![], 0, 4)).contains("empty"));
    assert!(message(PointCloud::<f32>::new(vec![], 4, 0)).contains("empty"));
    assert!(message(PointCloud::new(vec![0.0; 7], 2, 4)).contains("8 numbers, got 7"));
    assert!(message(PointCloud::new(vec![0.0], usize::MAX, 2)).contains("got 1"));
}

#[test]
fn dissimilarities_are_checked() {
    let square = |a: f64, b: f64, diagonal: f64| DistanceMatrix::from_square(&[diagonal, a, b, 0.0], 2);
    assert!(message(square(1.0, 2.0, 0.0)).contains("not symmetric"));
    assert!(message(square(-1.0, -1.0, 0.0)).contains("-1 in row 1, column 0"));
    assert!(message(square(1.0, f64::NAN, 0.0)).contains("NaN in row 1, column 0"));
    assert!(message(square(f64::NAN, 1.0, 0.0)).contains("NaN in row 0, column 1"));
    assert!(message(square(1.0, 1.0, 0.5)).contains("diagonal"));
    assert!(message(square(1.0, 1.0, f64::NAN)).contains("diagonal"));
    assert!(message(DistanceMatrix::from_square(&[0.0_f64; 3], 2)).contains("4 numbers, got 3"));
    assert!(message(DistanceMatrix::<f64>::from_square(&[], 0)).contains("empty"));
    assert!(square(f64::INFINITY, f64::INFINITY, 0.0).is_ok());
}

#[test]
fn homology_settings_are_checked() {
    let distances = DistanceMatrix::from_square(&[0.0, 1.0, 1.0, 0.0], 2).unwrap();
    assert!(message(VietorisRips::new().modulus(4).diagrams(&distances)).contains("`modulus` = 4"));
    assert!(message(VietorisRips::new().threshold(f64::NAN).diagrams(&distances)).contains("`threshold`"));
    assert!(message(VietorisRips::new().threshold(-1.0).diagrams(&distances)).contains("`threshold`"));
    let high = VietorisRips::new().max_homology_dimension(15);
    assert!(message(high.diagrams(&distances)).contains("`max_homology_dimension`"));
}

#[test]
fn tiny_clouds_have_diagrams() {
    for n_points in 1..4 {
        let cloud = PointCloud::new([0.0, 1.0, 2.0][..n_points].to_vec(), n_points, 1).unwrap();
        let rips = VietorisRips::new().max_homology_dimension(3);
        let diagrams = rips.diagrams(&DistanceMatrix::from_cloud(&cloud)).unwrap();
        assert_eq!(diagrams[0].intervals().len(), n_points);
        assert!(diagrams[1..].iter().all(|diagram| diagram.intervals().is_empty()));
    }
}

#[test]
fn every_descriptor_answers_every_degenerate_cloud() {
    let line: Vec<f64> = (0..30).map(f64::from).collect();
    let clouds = [
        PointCloud::new(vec![1.0; 3], 1, 3).unwrap(),
        PointCloud::new(vec![1.0, 2.0], 2, 1).unwrap(),
        PointCloud::new(vec![0.0; 40], 20, 2).unwrap(),
        PointCloud::new(line.clone(), 30, 1).unwrap(),
        PointCloud::new(line.iter().flat_map(|x| [*x, 7.0]).collect(), 30, 2).unwrap(),
        PointCloud::new(line.iter().map(|x| f64::from(u8::from(*x > 14.0))).collect(), 30, 1).unwrap(),
    ];
    for cloud in clouds {
        for scaling in [Scaling::None, Scaling::MinMax, Scaling::Robust] {
            let scaled = scaling.apply(&cloud);
            let labels: Vec<usize> = (0..cloud.n_points()).map(|i| i % 3).collect();
            let inputs = Inputs::new(&scaled, Settings::new()).with_labels(&labels).unwrap();
            for descriptor in all() {
                match descriptor.measure(&inputs) {
                    Ok(measurement) => {
                        let ends = [Some(measurement.value), measurement.lower, measurement.upper];
                        assert!(
                            ends.into_iter().flatten().all(f64::is_finite),
                            "{descriptor:?} {measurement:?}"
                        );
                    }
                    Err(error) => assert!(error.is_invalid_input() && !error.to_string().is_empty()),
                }
            }
        }
    }
}

#[test]
fn numbers_whose_squares_overflow_or_vanish_are_refused() {
    for value in [3e38_f32, 1e-30] {
        let error = PointCloud::new(vec![0.0, value], 2, 1).unwrap_err();
        assert!(error.is_invalid_input() && error.to_string().contains("constant"), "{error}");
    }
    assert!(PointCloud::new(vec![0.0, 1e200_f64], 2, 1).is_err());
    assert!(PointCloud::new(vec![0.0, 1e-200_f64], 2, 1).is_err());
    assert!(PointCloud::new(vec![0.0_f64, 1e100, 1e-100], 3, 1).is_ok());
    assert!(PointCloud::new(vec![0.0_f32; 4], 4, 1).is_ok());
}

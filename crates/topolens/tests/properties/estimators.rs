//! What holds of every estimator of intrinsic dimension.

use topolens::{Dimensions, PointCloud, Scalar, dimension_estimators, synthetic};

fn names() -> Vec<&'static str> {
    dimension_estimators().iter().map(|known| known.name).collect()
}

/// The values of all estimators; those without one are `None`. Panics where an estimator blames itself or is not a number.
fn values<S: Scalar>(cloud: &PointCloud<S>) -> Vec<(&'static str, Option<f64>)> {
    let dimensions = Dimensions::new(cloud, &names()).unwrap();
    let checked = dimensions.estimates().into_iter().map(|(name, found)| match found {
        Ok(estimate) => {
            let numbers = [estimate.value, estimate.standard_error, estimate.lower];
            assert!(
                numbers.iter().all(|x| x.is_finite()) && !estimate.upper.is_nan(),
                "{name}: {estimate:?}"
            );
            assert!(
                estimate.lower <= estimate.value && estimate.value <= estimate.upper,
                "{name}: {estimate:?}"
            );
            (name, Some(estimate.value))
        }
        Err(error) => {
            assert!(error.is_invalid_input() && !error.to_string().contains("bug"), "{name}: {error}");
            (name, None)
        }
    });
    let checked = checked.collect();
    for (name, found) in dimensions.pointwise() {
        if let Ok(found) = found {
            assert_eq!(found.len(), cloud.n_points(), "{name}");
            assert!(found.iter().all(|x| !x.is_nan()), "{name}");
        }
    }
    for (name, found) in dimensions.scales() {
        for scale in found.unwrap_or_default() {
            assert!(scale.estimate.value.is_finite() && scale.distance.is_finite(), "{name}: {scale:?}");
        }
    }
    checked
}

/// Values row by row, in single or double precision.
fn of_rows<S: Scalar>(n_features: usize, values: impl IntoIterator<Item = f64>) -> PointCloud<S> {
    let values: Vec<S> = values.into_iter().map(S::from_f64).collect();
    let n_points = values.len() / n_features;
    PointCloud::new(values, n_points, n_features).unwrap()
}

fn check_hard_clouds<S: Scalar>() {
    let gaussian = synthetic::gaussian(150, 4, 3).unwrap();
    let column = |at: usize, x: f64| if at % 4 == 1 { 7.0 } else { x };
    let values_of =
        |cloud: &PointCloud<S>| values(cloud).into_iter().filter(|(_, value)| value.is_some()).count();
    let with_constant = gaussian.values().iter().enumerate().map(|(at, &x)| column(at, x));
    assert!(values_of(&of_rows::<S>(4, with_constant)) > 15);
    let repeated = gaussian.values().iter().chain(&gaussian.values()[..80]).copied();
    assert!(values_of(&of_rows::<S>(4, repeated)) > 15);
    // Integers: pixels of one byte.
    let bytes = gaussian.values().iter().map(|x| (40.0 * x).round());
    assert!(values_of(&of_rows::<S>(4, bytes)) > 15);
    let lattice = (0..216).flat_map(|at| [at % 6, at / 6 % 6, at / 36].map(f64::from));
    values_of(&of_rows::<S>(3, lattice));
    let line = (0..100).flat_map(|at| [f64::from(at), 2.0 * f64::from(at)]);
    values_of(&of_rows::<S>(2, line));
    let far = gaussian.values().iter().map(|x| 1e4 + x);
    assert!(values_of(&of_rows::<S>(4, far)) > 15);
    let wide = synthetic::gaussian(30, 100, 3).unwrap();
    values_of(&of_rows::<S>(100, wide.values().iter().copied()));
    for n_points in 1..8 {
        values_of(&of_rows::<S>(4, gaussian.values()[..4 * n_points].iter().copied()));
        values_of(&of_rows::<S>(2, vec![3.0; 2 * n_points]));
        values_of(&of_rows::<S>(1, (0..n_points).map(|at| at as f64)));
    }
}

#[test]
fn hard_clouds_give_a_number_or_a_reason() {
    check_hard_clouds::<f64>();
    check_hard_clouds::<f32>();
}

#[test]
fn units_and_place_do_not_matter() {
    let cloud = synthetic::gaussian(300, 5, 8).unwrap();
    let moved = of_rows::<f64>(5, cloud.values().iter().map(|x| 64.0 * x - 3.0));
    for ((name, alone), (_, moved)) in values(&cloud).into_iter().zip(values(&moved)) {
        assert_eq!(alone.is_some(), moved.is_some(), "{name}");
        // Few loops of so few points: their sums may grow too fast for a dimension.
        assert!(alone.is_some() || name == "ph-dimension-1", "{name}");
        let (alone, moved) = (alone.unwrap_or(1.0), moved.unwrap_or(1.0));
        assert!((moved - alone).abs() <= 1e-6 * alone, "{name}: {alone} {moved}");
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let cloud = synthetic::gaussian(700, 12, 8).unwrap();
    let on = |n_threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| Dimensions::new(&cloud, &names()).unwrap().estimates())
    };
    let found = on(1);
    for n_threads in [2, 4] {
        for ((name, alone), (_, together)) in found.iter().zip(on(n_threads)) {
            assert_eq!(alone.as_ref().ok(), together.as_ref().ok(), "{name}");
        }
    }
}

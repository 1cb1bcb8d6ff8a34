//! Estimators from coordinates against scikit-dimension.

use serde_json::Value;
use topolens::{Ess, FisherS, LocalPca, PcaRule};

use crate::testdata::{cloud, json};

#[test]
fn principal_components_equal_scikit_dimension() {
    let reference: Value = json("intrinsic_dimension/estimates.json");
    for (name, expected) in reference["clouds"].as_object().unwrap() {
        let points = cloud::<f64>(&format!("intrinsic_dimension/{name}.npy"));
        let value = |rule| LocalPca::new().rule(rule).estimate(&points).unwrap().value;
        let estimates = &expected["estimates"];
        assert_eq!(value(PcaRule::FukunagaOlsen(0.05)), estimates["lPCA_FO"].as_f64().unwrap(), "{name}");
        let participation = estimates["lPCA_participation_ratio"].as_f64().unwrap();
        assert!((value(PcaRule::ParticipationRatio) / participation - 1.0).abs() < 1e-6, "{name}");
    }
}

/// scikit-dimension finds 1 by `ratio`, since it takes the share that remains (0.05) for the share to be reached.
#[test]
fn principal_components_of_the_ball_by_every_rule() {
    let ball = cloud::<f64>("intrinsic_dimension/ball5_in_10_n30.npy");
    let value = |rule| LocalPca::new().rule(rule).estimate(&ball).unwrap().value;
    assert_eq!(value(PcaRule::Fan { gap: 10.0, share: 0.8 }), 3.0);
    assert_eq!(value(PcaRule::MaxGap), 5.0);
    assert_eq!(value(PcaRule::Ratio(0.95)), 5.0);
}

#[test]
fn fisher_separability_equals_scikit_dimension() {
    let reference: Value = json("intrinsic_dimension/estimates.json");
    for (name, expected) in reference["clouds"].as_object().unwrap() {
        let points = cloud::<f64>(&format!("intrinsic_dimension/{name}.npy"));
        let value = FisherS::new().estimate(&points).unwrap().value;
        let expected = expected["estimates"]["FisherS"].as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < 1e-3, "{name}: {value}, expected {expected}");
    }
}

/// All pairs of the 30 points; published as 5.0868.
#[test]
fn simplex_skewness_of_the_ball_is_the_published() {
    let ball = cloud::<f64>("intrinsic_dimension/ball5_in_10_n30.npy");
    let value = Ess::new().estimate(&ball).unwrap().value;
    assert!((value / 5.0868 - 1.0).abs() < 1e-3, "{value}");
}

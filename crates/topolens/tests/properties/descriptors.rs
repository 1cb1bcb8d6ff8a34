//! The registry: names, meanings, and agreement with the functions behind them.

use topolens::descriptor::{Inputs, Settings, all, find};
use topolens::synthetic::GaussianClusters;
use topolens::{
    DistanceMatrix, Mle, PersistentDimension, VietorisRips, minimum_spanning_tree, neural_collapse,
};

#[test]
fn names_are_unique_per_homology_dimension_and_meanings_are_sentences() {
    let mut keys: Vec<_> = all().iter().map(|d| (d.name(), d.homology_dimension())).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all().len());
    for descriptor in all() {
        assert!(descriptor.meaning().ends_with('.'));
        assert!(descriptor.name().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
    }
    let of_classes = ["nc1", "nc2", "davies-bouldin", "silhouette", "class-radius", "class-dimension"];
    let found: Vec<&str> =
        all().iter().filter(|d| d.needs_labels()).map(topolens::descriptor::Descriptor::name).collect();
    assert_eq!(found, of_classes);
}

#[test]
fn values_are_those_of_the_functions() {
    let (cloud, labels) = GaussianClusters::new(3, 40, 5).sample(0).unwrap();
    let inputs = Inputs::new(&cloud, Settings::new().seed(4).alpha(2.0)).with_labels(&labels).unwrap();
    let value = |name: &str, at: usize| find(name).unwrap()[at].measure(&inputs).unwrap().value;
    let diagrams = VietorisRips::new().diagrams(&DistanceMatrix::from_cloud(&cloud)).unwrap();
    for (homology_dimension, diagram) in diagrams.iter().enumerate() {
        assert_eq!(value("lifespans-sum", homology_dimension), diagram.lifespans_sum(2.0));
        assert_eq!(value("mean-lifespan", homology_dimension), diagram.mean_lifespan().unwrap());
        assert_eq!(value("max-lifespan", homology_dimension), diagram.max_lifespan());
        assert_eq!(value("persistent-entropy", homology_dimension), diagram.persistent_entropy().unwrap());
        assert_eq!(value("interval-count", homology_dimension), diagram.interval_count() as f64);
    }
    assert_eq!(value("lifespans-sum", 0), minimum_spanning_tree(&cloud).lifespans_sum(2.0));
    assert_eq!(value("mle", 0), Mle::new().estimate(&cloud).unwrap().value);
    let persistent = PersistentDimension::new().seed(4).alpha(2.0).estimate(&cloud).unwrap();
    assert_eq!(value("ph-dimension", 0), persistent.estimate.value);
    assert_eq!(value("nc1", 0), neural_collapse(&cloud, &labels).unwrap());
}

#[test]
fn intervals_cover_other_draws_and_can_be_left_out() {
    // 95 % intervals of one cloud against the mean over independent clouds of the same kind.
    let sample = |seed| topolens::synthetic::uniform_cube(300, 4, seed).unwrap();
    let sum = find("lifespans-sum").unwrap()[0];
    let mean =
        (100..140).map(|seed| minimum_spanning_tree(&sample(seed)).lifespans_sum(1.0)).sum::<f64>() / 40.0;
    let covered = (0..60)
        .filter(|&seed| {
            let measured = sum.measure(&Inputs::new(&sample(seed), Settings::new())).unwrap();
            measured.lower.unwrap() < mean && mean < measured.upper.unwrap()
        })
        .count();
    assert!(covered >= 51, "{covered} of 60");
    let without = sum.measure(&Inputs::new(&sample(0), Settings::new().half_samples(0))).unwrap();
    assert_eq!((without.lower, without.upper), (None, None));
}

#[test]
fn labels_are_asked_for_by_name() {
    let (cloud, labels) = GaussianClusters::new(2, 10, 3).sample(0).unwrap();
    let nc1 = find("nc1").unwrap()[0];
    let error = nc1.measure(&Inputs::new(&cloud, Settings::new())).unwrap_err();
    assert!(error.to_string().contains("labels"), "{error}");
    assert!(Inputs::new(&cloud, Settings::new()).with_labels(&labels[1..]).is_err());
}

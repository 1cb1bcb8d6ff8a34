//! Made-up profiles for tests, with the shape of the published curves.

use topolens::{Diagram, Interval};

use super::profile_report::{LayerDiagrams, ProfileReport};
use crate::profile::{LoopSketch, LoopThumbnail, Row, Scope, SketchedLoop};

/// A profile of `n_layers` layers and `n_classes` classes; later epochs compress more.
pub(crate) fn report(n_layers: usize, epochs: &[Option<usize>], n_classes: usize) -> ProfileReport {
    let mut report = ProfileReport {
        title: "small CNN on Fashion-MNIST".to_owned(),
        provenance: [
            ("Command", "topolens profile runs/small --data fashion-mnist --epochs 0,2,12"),
            ("Version", "topolens 0.1.0"),
            ("Seed", "0"),
            ("Data checksum (BLAKE3)", "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"),
            ("Test accuracy", "9.8 % (epoch 0), 81.2 % (epoch 2), 90.4 % (epoch 12)"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        notes: vec!["Images were taken from the training set.".to_owned()],
        ..ProfileReport::default()
    };
    for (position, &epoch) in epochs.iter().enumerate() {
        let training = if epochs.len() < 2 { 1.0 } else { position as f64 / (epochs.len() - 1) as f64 };
        for layer in 0..n_layers {
            let depth = (layer + 1) as f64 / n_layers as f64;
            add_rows(&mut report.rows, (layer, depth), (epoch, training), n_classes);
            report.layers.push(diagrams((layer, depth), (epoch, training)));
        }
    }
    report
}

/// Descriptor, homology dimension and value at a depth; training goes from 0 to 1.
fn values(depth: f64, training: f64) -> [(&'static str, Option<usize>, f64); 8] {
    let fall = 1.0 - training * (1.0 - (-4.0 * (depth - 0.2).max(0.0)).exp()) * 0.95;
    let hump = 1.0 + training * (-((depth - 0.35) / 0.2).powi(2)).exp();
    [
        ("lifespans-sum", Some(0), 380.0 * fall + 35.0 * hump),
        ("lifespans-sum", Some(1), 27.0 * fall + 5.0 * hump),
        ("interval-count", Some(1), (210.0 * fall).round()),
        ("lifespans-sum-over-null", Some(0), 0.9 - 0.5 * training * depth),
        ("ph-dimension", Some(0), 10.0 * hump * (1.0 - 0.6 * training * depth)),
        ("mle", None, 9.0 * hump * (1.0 - 0.6 * training * depth)),
        ("two-nn", None, 9.5 * hump * (1.0 - 0.6 * training * depth)),
        ("nc1", None, 8.0 * (-4.5 * training * depth).exp()),
    ]
}

fn add_rows(rows: &mut Vec<Row>, layer: (usize, f64), epoch: (Option<usize>, f64), n_classes: usize) {
    let classes = (0..n_classes).map(|class| Scope::Class(format!("class {class}")));
    for (position, scope) in [Scope::Global, Scope::Local].into_iter().chain(classes).enumerate() {
        for (descriptor, homology_dimension, value) in values(layer.1, epoch.1) {
            // No labels, no neural collapse within a class.
            let defined = descriptor != "nc1" || scope == Scope::Global;
            let value = value * (1.0 + 0.02 * position as f64);
            rows.push(Row {
                layer: format!("block{}", layer.0 + 1),
                layer_index: layer.0,
                depth: layer.1,
                epoch: epoch.0,
                class: scope.clone(),
                descriptor: descriptor.to_owned(),
                homology_dimension,
                value: defined.then_some(value),
                lower: defined.then_some(0.95 * value),
                upper: defined.then_some(1.06 * value),
                n_points: if scope == Scope::Global { 1000 } else { 250 },
                n_features: 16 << (layer.0 / 3),
                reason: (!defined).then(|| "needs at least two classes".to_owned()),
            });
        }
    }
}

fn diagrams((layer, depth): (usize, f64), (epoch, training): (Option<usize>, f64)) -> LayerDiagrams {
    let length = 1.0 - 0.6 * training * depth;
    // The golden ratio's multiples spread evenly over the unit interval.
    let spread = |at: u32| (f64::from(at) * 0.618_033_988_749_895).fract();
    let zero = (1..250).map(|at| Interval { birth: 0.0, death: length * (0.2 + spread(at).powi(2)) });
    let essential = Interval { birth: 0.0, death: f64::INFINITY };
    let one = (1..120).map(|at| {
        let birth = length * (0.3 + 0.7 * spread(at));
        Interval { birth, death: birth + 0.02 + 0.15 * length * spread(7 * at).powi(4) }
    });
    LayerDiagrams {
        layer: format!("block{}", layer + 1),
        depth,
        epoch,
        diagrams: vec![Diagram::new(0, zero.chain([essential]).collect()), Diagram::new(1, one.collect())],
        loops: None,
    }
}

/// A made-up sketch of `n_points` points on a spiral with three loops of `n_classes` classes, and six images as hard to compress as any.
pub(crate) fn sketch(n_points: usize, n_classes: usize) -> LoopSketch {
    let spread = |at: usize| (at as f64 * 0.618_033_988_749_895).fract();
    let place = |at: usize| {
        let (radius, angle) = (0.2 + spread(at), std::f64::consts::TAU * spread(3 * at));
        (2.0 * radius * angle.cos(), radius * angle.sin())
    };
    let cycle = |from: usize| (0..12).map(|at| (from + at * n_points / 12) % n_points).collect();
    let loops = [0.5, 0.3, 0.2].iter().enumerate();
    let thumbnail = |at: usize| LoopThumbnail {
        point: 2 * at * n_points / 12,
        height: 32,
        width: 32,
        dots: (0..32 * 32)
            .map(|dot| [1, 2, 3].map(|part| (1000 * (dot * 31 + 7 * part + at) % 1021 * 97) as u8))
            .collect(),
    };
    LoopSketch {
        n_points: 2 * n_points,
        n_features: 64,
        rows: (0..n_points).map(|at| 2 * at).collect(),
        places: (0..n_points).map(place).collect(),
        classes: (0..n_points).map(|at| at % n_classes).collect(),
        class_names: (0..n_classes).map(|class| format!("class {class}")).collect(),
        n_fitted: n_points,
        variance: 0.43,
        loops: loops
            .map(|(at, lifespan)| SketchedLoop { birth: 1.0, death: 1.0 + lifespan, cycle: cycle(at) })
            .collect(),
        null_lifespan: 0.25,
        thumbnails: (0..6).map(thumbnail).collect(),
    }
}

//! What every network promises.
#![allow(
    clippy::float_cmp,
    clippy::unwrap_used,
    reason = "tests compare exact numbers and stop at surprises"
)]

use proptest::prelude::*;
use topolens_nn::tap::{Collector, Readout, collect, default_taps, select};
use topolens_nn::{Differentiable, Model, ModelSpec, Network, Nonlinearity, Shortcut, Tensor, dataset};

fn noise(n: usize, shape: [usize; 3], seed: u64) -> Tensor {
    let n_values = n * shape.iter().product::<usize>();
    let value = |i: u64| (((i + 1) * (seed * 2 + 7919) * 2_654_435_761) % 1009) as f32 / 504.5 - 1.0;
    Tensor::new(&[n, shape[0], shape[1], shape[2]], (0..n_values as u64).map(value).collect()).unwrap()
}

fn model(architecture: &str, shape: [usize; 3]) -> Model {
    ModelSpec { width: 4, seed: 3, ..ModelSpec::new(architecture, shape, 5) }.build().unwrap()
}

fn on_threads<R: Send>(n: usize, work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(work)
}

/// He et al. 2016, table 6: 0.27M for ResNet-20. With batch normalisation, shortcut A and 10 classes exactly 269,722; shortcut
/// B adds 16·32 + 2·32 + 32·64 + 2·64.
#[test]
fn resnet20_has_the_published_number_of_parameters() {
    let spec = ModelSpec::new("resnet20", [32, 32, 3], 10);
    assert_eq!(spec.build::<f32>().unwrap().n_parameters(), 269_722);
    let with_b = ModelSpec { shortcut: Shortcut::B, ..spec };
    assert_eq!(with_b.build::<f32>().unwrap().n_parameters(), 269_722 + 512 + 64 + 2048 + 128);
}

#[test]
fn layers_are_in_order_and_the_output_is_last() {
    for architecture in topolens_nn::model::architectures() {
        let model = model(architecture.examples[0], [16, 12, 2]);
        let layers = model.layers();
        let last = layers.last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.relative_depth, &last.output_shape[..]),
            ("output", 1.0, &[5][..])
        );
        assert!(layers.windows(2).all(|pair| pair[0].relative_depth < pair[1].relative_depth));
        let mut names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), layers.len());
    }
}

#[test]
fn every_tap_has_the_announced_shape() {
    for name in topolens_nn::model::architectures().iter().map(|architecture| architecture.examples[0]) {
        let small = if name == "lenet" {
            [[12, 17, 2], [32, 32, 1], [13, 12, 3]]
        } else {
            [[9, 7, 2], [1, 1, 1], [2, 5, 3]]
        };
        for shape in small {
            let model = model(name, shape);
            let all: Vec<usize> = (0..model.layers().len()).collect();
            let forward = model.forward(&noise(3, shape, 1), &all).unwrap();
            for (tap, layer) in forward.taps.iter().zip(model.layers()) {
                assert_eq!(tap.shape()[1..], layer.output_shape, "{}", layer.name);
            }
            assert_eq!(forward.taps.last().unwrap(), &forward.output);
        }
    }
}

/// A tap is the network's own value: the next layer computed from it by hand gives the next tap.
#[test]
fn a_tap_is_the_prefix_of_the_forward_pass() {
    let model = model("resnet8", [8, 8, 2]);
    let taps = select(
        model.layers(),
        &["block2.norm2", "block2.shortcut", "block2.sum", "block2", "block3", "pool"],
    )
    .unwrap();
    let forward = model.forward(&noise(2, [8, 8, 2], 4), &taps).unwrap();
    let [norm, shortcut, sum, block, last, pool] = &forward.taps[..] else { panic!("six taps") };
    let added: Vec<f32> = norm.values().iter().zip(shortcut.values()).map(|(a, b)| a + b).collect();
    assert_eq!(sum.values(), added);
    assert_eq!(block.values(), added.iter().map(|value| value.max(0.0)).collect::<Vec<f32>>());
    let mut pooled = Vec::new();
    Readout::AvgPool.append_rows(last, &mut pooled);
    assert!(pooled.iter().zip(pool.values()).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn taps_do_not_change_each_other_and_come_in_the_order_asked_for() {
    let model = model("small-cnn", [8, 8, 1]);
    let batch = noise(2, [8, 8, 1], 2);
    let n = model.layers().len();
    let all = model.forward(&batch, &(0..n).collect::<Vec<_>>()).unwrap();
    let some = model.forward(&batch, &[5, 0, 5]).unwrap();
    assert_eq!(some.taps, [all.taps[5].clone(), all.taps[0].clone(), all.taps[5].clone()]);
    assert_eq!(some.output, all.output);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]
    #[test]
    fn an_image_does_not_see_its_batch(n in 1_usize..9, seed in 0_u64..50) {
        let model = model("resnet8", [8, 8, 1]);
        let batch = noise(9, [8, 8, 1], seed);
        let taps = default_taps(model.layers());
        let whole = model.forward(&batch, &taps).unwrap();
        let part = Tensor::new(&[n, 8, 8, 1], batch.values()[..n * 64].to_vec()).unwrap();
        let part = model.forward(&part, &taps).unwrap();
        for (part, whole) in part.taps.iter().zip(&whole.taps) {
            let pairs = part.values().iter().zip(whole.values());
            for (a, b) in pairs {
                prop_assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()));
            }
        }
    }
}

#[test]
fn threads_do_not_change_bits() {
    let model = ModelSpec { width: 8, ..ModelSpec::new("resnet8", [16, 16, 3], 5) }.build::<f32>().unwrap();
    let batch = noise(21, [16, 16, 3], 9);
    let labels: Vec<usize> = (0..21).map(|image| image % 5).collect();
    let [one, two] = [1, 2].map(|n| on_threads(n, || model.input_gradient(&batch, &labels).unwrap()));
    assert_eq!(one, two);
    let [one, two] = [1, 2].map(|n| on_threads(n, || model.forward(&batch, &[3]).unwrap()));
    assert_eq!(one, two);
}

#[test]
fn seeds_and_specs_decide_the_weights() {
    let mut batch = noise(2, [8, 8, 1], 1);
    batch.values_mut().iter_mut().for_each(|value| *value *= 50.0);
    let output = |spec: &ModelSpec| spec.build::<f32>().unwrap().forward(&batch, &[]).unwrap().output;
    let spec = ModelSpec { width: 4, ..ModelSpec::new("resnet8", [8, 8, 1], 5) };
    assert_eq!(output(&spec), output(&spec));
    assert_ne!(output(&spec), output(&ModelSpec { seed: 1, ..spec.clone() }));
    for nonlinearity in Nonlinearity::ALL {
        let other = output(&ModelSpec { nonlinearity, ..spec.clone() });
        assert!(other.values().iter().all(|value| value.is_finite()));
        assert_eq!(other == output(&spec), nonlinearity == Nonlinearity::Relu, "{nonlinearity}");
    }
}

#[test]
fn wrong_requests_are_named() {
    let model = model("small-cnn", [8, 8, 1]);
    let fails = |batch: Tensor, taps: &[usize], word: &str| {
        let message = model.forward(&batch, taps).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    };
    fails(noise(2, [8, 8, 3], 1), &[], "[2, 8, 8, 1]");
    fails(Tensor::zeros(&[8, 8, 1]), &[], "batch");
    fails(Tensor::zeros(&[0, 8, 8, 1]), &[], "empty");
    fails(noise(1, [8, 8, 1], 1), &[99], "99");
    fails(Tensor::new(&[1, 8, 8, 1], vec![f32::NAN; 64]).unwrap(), &[], "NaN");
    fails(Tensor::new(&[1, 8, 8, 1], vec![f32::INFINITY; 64]).unwrap(), &[], "inf");
    let gradient = model.input_gradient(&noise(2, [8, 8, 1], 1), &[0]);
    assert!(gradient.unwrap_err().to_string().contains("2 images and 1 labels"));
    assert!(model.input_gradient(&noise(1, [8, 8, 1], 1), &[5]).is_err());
    assert!(Collector::new(&model, &[], Readout::AvgPool).is_err());
    assert!(Collector::new(&model, &[99], Readout::AvgPool).is_err());
}

#[test]
fn collected_rows_are_those_of_single_passes() {
    let set = dataset::embedded(false).unwrap().subset(&(0..130).collect::<Vec<_>>()).unwrap();
    let normalization = set.normalization().unwrap();
    let model = model("small-cnn", [28, 28, 1]);
    let taps = select(model.layers(), &["block3", "output"]).unwrap();
    for readout in [Readout::AvgPool, Readout::Flatten] {
        let collector = Collector::new(&model, &taps, readout).unwrap();
        let mut heard = Vec::new();
        let flag = std::sync::atomic::AtomicBool::new(false);
        let clouds = collect(collector, &set, &normalization, &mut |done| heard.push(done), &flag).unwrap();
        assert_eq!(heard, [100, 130]);
        let last = model.forward(&set.batch(&[129], &normalization).unwrap(), &taps).unwrap();
        for (cloud, tap) in clouds.iter().zip(&last.taps) {
            let mut row = Vec::new();
            readout.append_rows(tap, &mut row);
            assert_eq!((cloud.n_rows, cloud.values.len()), (130, 130 * cloud.n_features));
            let end = &cloud.values[129 * cloud.n_features..];
            assert!(end.iter().zip(&row).all(|(a, b)| (a - b).abs() < 1e-5 * (1.0 + b.abs())));
        }
    }
    let collector = Collector::new(&model, &taps, Readout::AvgPool).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(true);
    assert!(collect(collector, &set, &normalization, &mut |_| {}, &stop).unwrap_err().is_interrupted());
}

#[test]
fn networks_can_go_to_other_threads() {
    fn check<T: Send + Sync + Unpin>() {}
    check::<Model>();
    check::<Tensor>();
    check::<topolens_nn::Error>();
    check::<dataset::Dataset>();
}

/// Logits are W h + b, with h the mean over the positions of the layer that the classifier names.
#[test]
fn the_classifier_makes_the_output_of_its_features() {
    for name in ["resnet8", "small-cnn", "vgg6", "mlp3", "vit4"] {
        let model: Model = ModelSpec::new(name, [16, 16, 1], 5).build().unwrap();
        let Some(classifier) = model.classifier() else { panic!("{name} has no classifier") };
        let batch =
            Tensor::new(&[3, 16, 16, 1], (0..768).map(|i| ((i * 7919) % 97) as f32 / 50.0 - 1.0).collect());
        let forward = model.forward(&batch.unwrap(), &[classifier.features]).unwrap();
        let mut rows = Vec::new();
        Readout::AvgPool.append_rows(&forward.taps[0], &mut rows);
        let n_features = classifier.weights.len() / 5;
        assert_eq!(rows.len(), 3 * n_features, "{name}");
        for (row, output) in rows.chunks(n_features).zip(forward.output.values().chunks(5)) {
            for (class, logit) in output.iter().enumerate() {
                let weights = &classifier.weights[class * n_features..(class + 1) * n_features];
                let sum: f32 = weights.iter().zip(row).map(|(w, h)| w * h).sum();
                assert!((sum + classifier.biases[class] - logit).abs() < 1e-4, "{name}");
            }
        }
    }
}

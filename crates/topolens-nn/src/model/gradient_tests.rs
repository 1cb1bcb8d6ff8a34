//! Whole networks against PyTorch in single precision and against finite differences in double precision.

use super::{Model, ModelSpec, Nonlinearity, Objective, Shortcut};
use crate::fixture::{Fixture, relative_error};
use crate::layer::{Role, RunSettings};
use crate::network::{Differentiable, Network};
use crate::tape::{Tape, cross_entropy_loss, cross_entropy_slope};
use crate::tensor::{Element, Tensor};

/// Name of the fixture, and the network in it.
fn networks() -> Vec<(&'static str, ModelSpec)> {
    let of = |name| ModelSpec { width: 4, ..ModelSpec::new(name, [9, 8, 3], 5) };
    let b = |name| ModelSpec { shortcut: Shortcut::B, ..of(name) };
    // In so many layers of so few channels kinks would make finite differences and rounding large.
    let smooth_of =
        |name| ModelSpec { nonlinearity: Nonlinearity::Tanh, input_shape: [33, 30, 3], ..of(name) };
    let smooth = ModelSpec { input_shape: [24, 20, 3], ..smooth_of("mobilenetv2") };
    vec![
        ("resnet8_a", of("resnet8")),
        ("resnet8_b", b("resnet8")),
        ("small_cnn", of("small-cnn")),
        ("plain8", of("plain8")),
        ("preresnet8_a", of("preresnet8")),
        ("preresnet8_b", b("preresnet8")),
        ("se_resnet8", of("se-resnet8")),
        ("vgg6", of("vgg6")),
        ("mobilenetv2", smooth),
        ("mobilefacenet", ModelSpec { width: 8, cosine_scale: Some(16), ..smooth_of("mobilefacenet") }),
        ("resnet8_prelu", ModelSpec { nonlinearity: Nonlinearity::Prelu, ..of("resnet8") }),
        ("lenet", ModelSpec { width: 3, input_shape: [14, 12, 3], ..of("lenet") }),
        ("mlp2", of("mlp2")),
        ("convmixer2", of("convmixer2")),
        ("vit2", of("vit2")),
        ("imagenet_resnet18", ModelSpec { input_shape: [33, 30, 3], ..of("imagenet-resnet18") }),
        (
            "imagenet_resnext_uniform",
            ModelSpec { width: 8, uniform: true, ..smooth_of("imagenet-resnext50") },
        ),
    ]
}

/// A tensor in PyTorch's order of axes, brought into ours by the definition of both orders.
fn ours<E: Element>(stored: &Tensor<E>, role: Role) -> Tensor<E> {
    let shape = stored.shape();
    match role {
        Role::ConvolutionWeight => {
            let [n_out, n_in, height, width] = *shape else { panic!("{shape:?}") };
            let mut tensor = Tensor::zeros(&[height, width, n_in, n_out]);
            for (from, value) in stored.values().iter().enumerate() {
                let (x, y) = (from % width, from / width % height);
                let (i, o) = (from / (height * width) % n_in, from / (height * width * n_in));
                tensor.values_mut()[((y * width + x) * n_in + i) * n_out + o] = *value;
            }
            tensor
        }
        Role::LinearWeight => {
            let mut tensor = Tensor::zeros(&[shape[1], shape[0]]);
            for (from, value) in stored.values().iter().enumerate() {
                tensor.values_mut()[from % shape[1] * shape[0] + from / shape[1]] = *value;
            }
            tensor
        }
        Role::Vector | Role::Statistic => stored.clone(),
    }
}

fn load<E: Element>(file: &Fixture, spec: &ModelSpec) -> Model<E> {
    let mut model: Model<E> = spec.build().unwrap();
    for parameter in model.graph.parameters.iter_mut() {
        parameter.tensor = ours(&file.tensor(&format!("before.{}", parameter.name)), parameter.role);
    }
    model
}

#[test]
fn evaluation_equals_pytorch() {
    for (name, spec) in networks() {
        let file = Fixture::open(name);
        let model: Model = load(&file, &spec);
        let (batch, labels) = (file.tensor("x"), file.labels("labels"));
        let result = model.input_gradient(&batch, &labels).unwrap();
        let losses = Tensor::new(&[4], result.losses.clone()).unwrap();
        let forward = model.forward(&batch, &[]).unwrap();
        for (got, expected) in [
            (&forward.output, "evaluation.logits"),
            (&result.logits, "evaluation.logits"),
            (&losses, "evaluation.losses"),
            (&result.gradient, "evaluation.grad_x"),
        ] {
            let error = relative_error(got, &file.tensor(expected));
            assert!(error < 1e-5, "{name}, {expected}: {error}");
        }
    }
}

#[test]
fn a_training_step_equals_pytorch() {
    for (name, spec) in networks() {
        compare_training_step::<f32>(name, &spec, 1e-4);
        compare_training_step::<f64>(name, &spec, 1e-6);
    }
}

fn compare_training_step<E: Element>(name: &str, spec: &ModelSpec, tolerance: f64) {
    let file = Fixture::open(name);
    let mut model: Model<E> = load(&file, spec);
    let mut tape = Tape::new();
    let step = model.train_step(&mut tape, &file.tensor("x"), &file.labels("labels"), Objective::default());
    let loss = f64::from(file.tensor::<f32>("training.loss").values()[0]);
    assert!((step.loss / loss - 1.0).abs() < 1e-5, "{name}: {} {loss}", step.loss);
    for (id, variable) in &step.leaves {
        let parameter = model.graph.parameters.get(*id);
        let expected: Tensor<E> = ours(&file.tensor(&format!("grad.{}", parameter.name)), parameter.role);
        let gradient = tape.gradient(*variable).unwrap();
        // A bias before batch normalisation changes nothing: its gradient is rounding on both sides.
        let is_nothing = expected.values().iter().all(|value| value.to_f64().abs() < 1e-7);
        let error = if is_nothing { largest(gradient) / 10.0 } else { relative_error(gradient, &expected) };
        assert!(error < tolerance, "{name}, {}: {error}", parameter.name);
    }
    let statistics = model.graph.parameters.iter().filter(|parameter| !parameter.role.is_trained());
    for parameter in statistics {
        let error = relative_error(&parameter.tensor, &file.tensor(&format!("after.{}", parameter.name)));
        assert!(error < tolerance.min(1e-5), "{name}, {}: {error}", parameter.name);
    }
    let n_trained = model.graph.parameters.iter().filter(|parameter| parameter.role.is_trained()).count();
    assert_eq!(step.leaves.len(), n_trained);
}

fn largest<E: Element>(tensor: &Tensor<E>) -> f64 {
    tensor.values().iter().map(|value| value.to_f64().abs()).fold(0.0, f64::max)
}

/// Mean loss in training mode, as a function of parameters alone.
fn training_loss(model: &Model<f64>, batch: &Tensor<f64>, labels: &[usize]) -> f64 {
    let mut tape = Tape::new();
    let run = model.graph.run(
        &mut tape,
        batch,
        RunSettings { weight_gradients: false, ..RunSettings::TRAINING },
        &[],
    );
    let losses = tape.cross_entropy(run.outputs[run.outputs.len() - 1], labels, 0.0);
    tape.value(losses).values().iter().sum::<f64>() / labels.len() as f64
}

#[test]
fn parameter_gradients_equal_finite_differences() {
    const STEP: f64 = 1e-7;
    for (name, spec) in networks() {
        let file = Fixture::open(name);
        let mut model: Model<f64> = load(&file, &spec);
        let (batch, labels) = (file.tensor("x"), file.labels("labels"));
        let mut tape = Tape::new();
        let step = model.clone().train_step(&mut tape, &batch, &labels, Objective::default());
        for (id, variable) in step.leaves {
            let gradient = tape.gradient(variable).unwrap();
            let index = gradient.len() / 2;
            let mut loss = |step: f64| {
                model.graph.parameters.get_mut(id).tensor.values_mut()[index] += step;
                let loss = training_loss(&model, &batch, &labels);
                model.graph.parameters.get_mut(id).tensor.values_mut()[index] -= step;
                loss
            };
            let difference = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            let error = (gradient.values()[index] - difference).abs();
            assert!(error < 1e-6 * (1.0 + difference.abs()), "{name}, {id:?}: {error} at {difference}");
        }
    }
}

#[test]
fn input_gradients_equal_finite_differences() {
    const STEP: f64 = 1e-6;
    for (name, spec) in networks() {
        let file = Fixture::open(name);
        let model: Model<f64> = load(&file, &spec);
        let (batch, labels) = (file.tensor::<f64>("x"), file.labels("labels"));
        let slopes = |logits: &Tensor<f64>| {
            let rows = logits.values().chunks_exact(logits.item_len()).zip(&labels);
            let slopes = rows.flat_map(|(row, label)| cross_entropy_slope(row, *label, 0.0));
            Tensor::new(logits.shape(), slopes.collect())
        };
        let [_, gradient] = model.pullback_of(&batch, slopes).unwrap();
        for index in (0..batch.len()).step_by(29) {
            let loss = |step: f64| {
                let mut moved = batch.clone();
                moved.values_mut()[index] += step;
                let [logits, _] =
                    model.pullback_of(&moved, |logits| Ok(Tensor::zeros(logits.shape()))).unwrap();
                let rows = logits.values().chunks_exact(logits.item_len()).zip(&labels);
                rows.map(|(row, label)| cross_entropy_loss(row, *label, 0.0)).sum::<f64>()
            };
            let difference = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
            let error = (gradient.values()[index] - difference).abs();
            assert!(error < 1e-6 * (1.0 + difference.abs()), "{name}, {index}: {error} at {difference}");
        }
    }
}

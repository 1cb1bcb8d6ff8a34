//! Every operator against PyTorch in single precision and against finite differences in double precision.

use super::{ArcMargin, Rearrangement, Tape, Variable};
use crate::fixture::{Fixture, relative_error};
use crate::kernels::{Finish, Nonlinearity, PoolWindow};
use crate::tensor::{Element, Tensor};

/// An operator of the tape as a function of its inputs.
type Function<E> = Box<dyn Fn(&mut Tape<E>, &[Variable]) -> Variable>;

/// Name in the fixture, names of the inputs there, and the operator.
type Case<E> = (String, &'static [&'static str], Function<E>);

fn cases<E: Element>() -> Vec<Case<E>> {
    let file = Fixture::open("operators");
    let mut cases: Vec<Case<E>> = Vec::new();
    for (kernel, stride) in [(3, 1), (3, 2), (1, 1), (1, 2)] {
        let name = format!("convolution_{kernel}_{stride}");
        cases.push((
            name,
            &["x", "w"],
            Box::new(move |tape, v| tape.convolution(v[0], v[1], [stride, (kernel - 1) / 2])),
        ));
    }
    for (kernel, stride) in [(2, 2), (5, 1)] {
        let name = format!("convolution_{kernel}_{stride}_unpadded");
        cases.push((name, &["x", "w"], Box::new(move |tape, v| tape.convolution(v[0], v[1], [stride, 0]))));
    }
    for (kernel, stride) in [(3, 1), (3, 2), (5, 1)] {
        let name = format!("depthwise_{kernel}_{stride}");
        cases.push((
            name,
            &["x", "w"],
            Box::new(move |tape, v| tape.depthwise(v[0], v[1], [stride, (kernel - 1) / 2])),
        ));
    }
    let norm: &[&str] = &["x", "gamma", "beta"];
    cases.push((
        "batch_norm_training".into(),
        norm,
        Box::new(|tape, v| tape.batch_norm_training([v[0], v[1], v[2]], None).0),
    ));
    let [mean, variance] =
        ["mean", "variance"].map(|key| file.tensor(&format!("batch_norm_evaluation.{key}")));
    let evaluation = move |tape: &mut Tape<E>, v: &[Variable]| {
        tape.batch_norm_evaluation([v[0], v[1], v[2]], [&mean, &variance], None)
    };
    cases.push(("batch_norm_evaluation".into(), norm, Box::new(evaluation)));
    for nonlinearity in Nonlinearity::ALL {
        cases.push((
            nonlinearity.to_string(),
            &["x"],
            Box::new(move |tape, v| tape.nonlinearity(v[0], nonlinearity)),
        ));
    }
    cases.push(("max_pool".into(), &["x"], Box::new(|tape, v| tape.max_pool(v[0], PoolWindow::HALVING))));
    cases.push(("global_average_pool".into(), &["x"], Box::new(|tape, v| tape.global_average_pool(v[0]))));
    cases.push(("add".into(), &["x", "z"], Box::new(|tape, v| tape.add(v[0], v[1]))));
    cases.push(("shortcut_pad".into(), &["x"], Box::new(|tape, v| tape.shortcut_pad(v[0], 2, 7))));
    cases.push((
        "linear".into(),
        &["x", "w", "b"],
        Box::new(|tape, v| {
            let product = tape.linear(v[0], v[1]);
            tape.bias(product, v[2])
        }),
    ));
    cases.push(("linear_tokens".into(), &["x", "w"], Box::new(|tape, v| tape.linear(v[0], v[1]))));
    cases.push(("bias".into(), &["x", "b"], Box::new(|tape, v| tape.bias(v[0], v[1]))));
    cases.push(("channel_scale".into(), &["x", "s"], Box::new(|tape, v| tape.channel_scale(v[0], v[1]))));
    cases.push(("flatten".into(), &["x"], Box::new(|tape, v| tape.flatten(v[0]))));
    let labels = file.labels("cross_entropy.labels");
    let plain = move |tape: &mut Tape<E>, v: &[Variable]| tape.cross_entropy(v[0], &labels, 0.0);
    cases.push(("cross_entropy".into(), &["x"], Box::new(plain)));
    let smoothed = |tape: &mut Tape<E>, v: &[Variable]| tape.cross_entropy(v[0], &[0, 3, 1, 2, 1, 3], 0.2);
    cases.push(("cross_entropy_smoothed".into(), &["x"], Box::new(smoothed)));
    let layer_norm = |tape: &mut Tape<E>, v: &[Variable]| tape.layer_norm([v[0], v[1], v[2]], 1e-5);
    cases.push(("layer_norm".into(), norm, Box::new(layer_norm)));
    let window = PoolWindow { size: 3, stride: 2, padding: 1, reaches_out: false };
    cases.push(("max_pool_3_2".into(), &["x"], Box::new(move |tape, v| tape.max_pool(v[0], window))));
    let grouped = |tape: &mut Tape<E>, v: &[Variable]| tape.convolution(v[0], v[1], [2, 1]);
    cases.push(("grouped".into(), &["x", "w"], Box::new(grouped)));
    cases.extend(cases_of_faces().into_iter().chain(cases_from_files()));
    cases
}

/// What embeddings of faces are made and trained with.
fn cases_of_faces<E: Element>() -> Vec<Case<E>> {
    let labels = [0, 3, 1, 2, 1, 3];
    let arcface = move |tape: &mut Tape<E>, v: &[Variable]| {
        let margin = ArcMargin { scale: 16.0, margin: 0.5 };
        let with_margin = tape.arc_margin(v[0], &labels, margin);
        tape.cross_entropy(with_margin, &labels, 0.0)
    };
    vec![
        ("prelu".into(), &["x", "a"], Box::new(|tape, v| tape.prelu(v[0], v[1]))),
        ("global_depthwise".into(), &["x", "w"], Box::new(|tape, v| tape.global_depthwise(v[0], v[1]))),
        ("cosine".into(), &["x", "w"], Box::new(|tape, v| tape.cosine(v[0], v[1], 16.0))),
        ("arcface".into(), &["x"], Box::new(arcface)),
    ]
}

/// Attention, and what only networks from files use.
fn cases_from_files<E: Element>() -> Vec<Case<E>> {
    let window = |size, padding| PoolWindow { size, stride: 2, padding, reaches_out: false };
    let mean = |window, counts_padding| -> Function<E> {
        Box::new(move |tape, v| tape.average_pool(v[0], window, counts_padding))
    };
    let moved = |rearrangement: Rearrangement| -> Function<E> {
        Box::new(move |tape, v| tape.rearrangement(v[0], &rearrangement))
    };
    vec![
        ("attention".into(), &["x"], Box::new(|tape, v| tape.attention(v[0], 2))),
        ("average_pool".into(), &["x"], mean(window(2, 0), false)),
        ("average_pool_padded".into(), &["x"], mean(window(3, 1), true)),
        ("average_pool_inside".into(), &["x"], mean(window(3, 1), false)),
        ("product".into(), &["x", "z"], Box::new(|tape, v| tape.product(v[0], v[1]))),
        ("concatenation".into(), &["x", "z"], Box::new(|tape, v| tape.concatenation(v, 1))),
        ("softmax".into(), &["x"], Box::new(|tape, v| tape.softmax(v[0]))),
        ("permutation".into(), &["x"], moved(Rearrangement::permutation(&[3, 4, 5], &[2, 0, 1]))),
        (
            "window".into(),
            &["x"],
            moved(Rearrangement::window(&[3, 4, 5], &[-1, 1, 0], &[1, 1, 1], vec![4, 3, 7])),
        ),
        ("product_batch".into(), &["x", "z"], Box::new(|tape, v| tape.product_batch([v[0], v[1]], false))),
        (
            "product_batch_transposed".into(),
            &["x", "z"],
            Box::new(|tape, v| tape.product_batch([v[0], v[1]], true)),
        ),
        ("power".into(), &["x"], Box::new(|tape, v| tape.power(v[0], -1.5))),
        ("error_function".into(), &["x"], Box::new(|tape, v| tape.error_function(v[0]))),
    ]
}

/// The output, and the gradients in the inputs that `needed` marks.
fn run<E: Element>(
    function: &dyn Fn(&mut Tape<E>, &[Variable]) -> Variable,
    inputs: &[Tensor<E>],
    upstream: &Tensor<E>,
    needed: &[bool],
) -> (Tensor<E>, Vec<Option<Tensor<E>>>) {
    let mut tape = Tape::new();
    let leaves: Vec<Variable> =
        inputs.iter().zip(needed).map(|(input, needed)| tape.leaf(input, *needed)).collect();
    let output = function(&mut tape, &leaves);
    let value = tape.value(output).clone();
    tape.backward(output, upstream.clone());
    (value, leaves.iter().map(|leaf| tape.gradient(*leaf).cloned()).collect())
}

fn inputs<E: Element>(file: &Fixture, name: &str, keys: &[&str]) -> Vec<Tensor<E>> {
    keys.iter().map(|key| file.tensor(&format!("{name}.{key}"))).collect()
}

#[test]
fn every_operator_equals_pytorch() {
    let file = Fixture::open("operators");
    let cases = cases::<f32>();
    assert_eq!(cases.len(), 49);
    for (name, keys, function) in cases {
        let inputs = inputs(&file, &name, keys);
        let upstream = file.tensor(&format!("{name}.g"));
        let (output, gradients) = run(&function, &inputs, &upstream, &vec![true; keys.len()]);
        let error = relative_error(&output, &file.tensor(&format!("{name}.y")));
        assert!(error < 1e-5, "{name}: {error}");
        for (key, gradient) in keys.iter().zip(gradients) {
            let error = relative_error(&gradient.unwrap(), &file.tensor(&format!("{name}.grad_{key}")));
            assert!(error < 1e-5, "{name}, gradient in {key}: {error}");
        }
    }
}

#[test]
fn every_operator_equals_finite_differences() {
    let file = Fixture::open("operators");
    for (name, keys, function) in cases::<f64>() {
        let inputs = inputs::<f64>(&file, &name, keys);
        let upstream = file.tensor::<f64>(&format!("{name}.g"));
        let (_, gradients) = run(&function, &inputs, &upstream, &vec![true; keys.len()]);
        for (at, gradient) in gradients.into_iter().enumerate() {
            let slope = |index: usize| slope(&function, &inputs, &upstream, (at, index));
            let differences = (0..inputs[at].len()).map(slope).collect();
            let differences = Tensor::new(inputs[at].shape(), differences).unwrap();
            let error = relative_error(&gradient.unwrap(), &differences);
            assert!(error < 1e-8, "{name}, gradient in {}: {error}", keys[at]);
        }
    }
}

/// Central difference of Σ upstream · output in one number of one input.
fn slope(
    function: &Function<f64>,
    inputs: &[Tensor<f64>],
    upstream: &Tensor<f64>,
    (at, index): (usize, usize),
) -> f64 {
    const STEP: f64 = 1e-5;
    let objective = |step: f64| -> f64 {
        let mut tape = Tape::new();
        let mut moved = inputs.to_vec();
        moved[at].values_mut()[index] += step;
        let leaves: Vec<Variable> = moved.iter().map(|input| tape.leaf(input, false)).collect();
        let output = function(&mut tape, &leaves);
        tape.value(output).values().iter().zip(upstream.values()).map(|(value, weight)| value * weight).sum()
    };
    (objective(STEP) - objective(-STEP)) / (2.0 * STEP)
}

#[test]
fn a_gradient_does_not_depend_on_which_others_are_asked_for() {
    let file = Fixture::open("operators");
    let mut n_compared = 0;
    for (name, keys, function) in cases::<f32>() {
        let inputs = inputs(&file, &name, keys);
        let upstream = file.tensor(&format!("{name}.g"));
        let (_, all) = run(&function, &inputs, &upstream, &vec![true; keys.len()]);
        for at in 0..keys.len() {
            let needed: Vec<bool> = (0..keys.len()).map(|other| other == at).collect();
            let (_, alone) = run(&function, &inputs, &upstream, &needed);
            for (other, gradient) in alone.into_iter().enumerate() {
                let expected = if other == at { all[at].clone() } else { None };
                assert_eq!(gradient, expected, "{name}: {} alone, gradient in {}", keys[at], keys[other]);
            }
            n_compared += 1;
        }
    }
    assert!(n_compared > 25);
}

/// The nonlinearity in one step with the normalisation, and in a step of its own.
#[test]
fn a_normalization_with_its_nonlinearity_equals_both_apart() {
    let file = Fixture::open("operators");
    for mode in ["batch_norm_training", "batch_norm_evaluation"] {
        let inputs: Vec<Tensor<f64>> = inputs(&file, mode, &["x", "gamma", "beta"]);
        let upstream = file.tensor(&format!("{mode}.g"));
        let statistics: Option<[Tensor<f64>; 2]> = (mode == "batch_norm_evaluation")
            .then(|| ["mean", "variance"].map(|key| file.tensor(&format!("{mode}.{key}"))));
        let normalize = |tape: &mut Tape<f64>, v: &[Variable], following| match &statistics {
            Some([mean, variance]) => {
                tape.batch_norm_evaluation([v[0], v[1], v[2]], [mean, variance], following)
            }
            None => tape.batch_norm_training([v[0], v[1], v[2]], following).0,
        };
        for nonlinearity in Nonlinearity::ALL {
            let apart = |tape: &mut Tape<f64>, v: &[Variable]| {
                let normalized = normalize(tape, v, None);
                tape.nonlinearity(normalized, nonlinearity)
            };
            let together = |tape: &mut Tape<f64>, v: &[Variable]| normalize(tape, v, Some(nonlinearity));
            let (value, gradients) = run(&apart, &inputs, &upstream, &[true; 3]);
            let (same_value, same_gradients) = run(&together, &inputs, &upstream, &[true; 3]);
            assert_eq!(value, same_value, "{mode}, {nonlinearity}");
            for (gradient, same) in gradients.into_iter().zip(same_gradients) {
                let error = relative_error(&same.unwrap(), &gradient.unwrap());
                assert!(error < 1e-12, "{mode}, {nonlinearity}: {error}");
            }
        }
    }
}

/// Bias and bounds in one step with the product, and in steps of their own.
#[test]
fn a_finished_product_equals_its_parts() {
    finished_products::<f64>(1e-12);
    finished_products::<f32>(1e-5);
}

/// A product with what follows it.
type Product<E> = fn(&mut Tape<E>, Variable, Variable, Finish<'_, E>) -> Variable;

fn finished_products<E: Element>(tolerance: f64) {
    let noise = |shape: &[usize], seed: usize| {
        let place = |i: usize| E::from_f64(((i * 7919 + seed * 104_729) % 1009) as f64 / 504.0 - 1.0);
        Tensor::from_parts(shape.to_vec(), (0..shape.iter().product()).map(place).collect())
    };
    // Images, weights, and the product of them; ResNeXt has groups, 19 channels do not fill a register.
    let cases: [(&[usize], &[usize], Product<E>); 5] = [
        (&[3, 7, 6, 4], &[3, 3, 4, 19], |tape, x, w, f| tape.finished_convolution(x, w, [2, 1], f)),
        (&[3, 7, 6, 8], &[1, 1, 8, 40], |tape, x, w, f| tape.finished_convolution(x, w, [1, 0], f)),
        (&[3, 5, 5, 8], &[3, 3, 4, 6], |tape, x, w, f| tape.finished_convolution(x, w, [1, 1], f)),
        (&[3, 7, 6, 19], &[3, 3, 1, 19], |tape, x, w, f| tape.finished_depthwise(x, w, [2, 1], f)),
        (&[9, 12], &[12, 5], |tape, x, w, f| tape.finished_linear(x, w, f)),
    ];
    for (image, kernel, product) in cases {
        let inputs = [noise(image, 1), noise(kernel, 2)];
        let bias = noise(&kernel[kernel.len() - 1..], 3);
        for bounds in [[0.0, f64::INFINITY], [-0.4, 0.5]].map(|bounds| bounds.map(E::from_f64)) {
            let apart = |tape: &mut Tape<E>, v: &[Variable]| {
                let product = product(tape, v[0], v[1], Finish::NOTHING);
                let bias = tape.leaf(&bias, false);
                let sum = tape.bias(product, bias);
                tape.bounded(sum, bounds)
            };
            let together = |tape: &mut Tape<E>, v: &[Variable]| {
                product(tape, v[0], v[1], Finish { bias: Some(bias.values()), bounds: Some(bounds) })
            };
            let shape = {
                let mut tape = Tape::new();
                let leaves: Vec<Variable> = inputs.iter().map(|input| tape.leaf(input, false)).collect();
                let value = together(&mut tape, &leaves);
                tape.value(value).shape().to_vec()
            };
            let upstream = noise(&shape, 4);
            let (value, gradients) = run(&apart, &inputs, &upstream, &[true; 2]);
            let (same_value, same_gradients) = run(&together, &inputs, &upstream, &[true; 2]);
            assert!(relative_error(&same_value, &value) < tolerance, "{image:?} {kernel:?}");
            assert!(value.values().iter().any(|value| *value == bounds[0]), "nothing reaches the bound");
            for (gradient, same) in gradients.into_iter().zip(same_gradients) {
                let error = relative_error(&same.unwrap(), &gradient.unwrap());
                assert!(error < tolerance, "{image:?} {kernel:?}: {error}");
            }
        }
    }
}

#[test]
fn bounds_keep_what_is_no_number_and_clear_gradients() {
    let x = Tensor::new(&[1, 4], vec![-2.0, 0.5, f64::NAN, 9.0]).unwrap();
    let upstream = Tensor::new(&[1, 4], vec![1.0; 4]).unwrap();
    let (value, gradients) =
        run(&|tape: &mut Tape<f64>, v| tape.bounded(v[0], [0.0, 6.0]), &[x], &upstream, &[true]);
    assert_eq!((value.values()[0], value.values()[1], value.values()[3]), (0.0, 0.5, 6.0));
    assert!(value.values()[2].is_nan());
    let gradient = gradients[0].as_ref().unwrap().values();
    assert_eq!((gradient[0], gradient[1], gradient[3]), (0.0, 1.0, 0.0));
}

#[test]
fn a_value_used_twice_gets_both_gradients() {
    let mut tape = Tape::<f64>::new();
    let leaf = tape.leaf(&Tensor::new(&[1], vec![3.0]).unwrap(), true);
    let double = tape.add(leaf, leaf);
    let triple = tape.add(double, leaf);
    tape.backward(triple, Tensor::new(&[1], vec![1.0]).unwrap());
    assert_eq!(tape.gradient(leaf).unwrap().values(), [3.0]);
}

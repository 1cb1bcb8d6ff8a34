//! Attacks the images of a file and stores what becomes of them, for comparison with other tools.
//!
//! `attacks MODEL IN OUT METHOD NORM EPSILON [STEPS [STEP_SIZE [RESTARTS [SEED]]]]`, `-` for the method's own. MODEL is a checkpoint with
//! its card, or an ONNX file that takes pixels from 0 to 1. IN is a safetensors file with `images`, N × height × width × channels from
//! 0 to 1, and `labels`, one number each, all of which the network gets right; OUT gets `images`, perturbed, and `logits`, those before.
//!
//! Prints a JSON object: the seconds of the attack with a look at its success, on the clock (the median over two seconds) and of all
//! processors, the share of images that it succeeds on, the sizes of its perturbations, and the peak memory of the process.

#![expect(
    clippy::print_stdout,
    clippy::cast_sign_loss,
    reason = "an example talks to its caller; labels are not negative"
)]

use std::error::Error;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use topolens_nn::attack::{Assault, Attack, Ball, Outcome, Settings, Victim, find};
use topolens_nn::dataset::Normalization;
use topolens_nn::onnx::{Engine, OnnxNetwork};
use topolens_nn::train::Checkpoint;
use topolens_nn::{Differentiable, Tensor};

const LONG_ENOUGH: Duration = Duration::from_secs(2);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [model, input, output, method, norm, epsilon, rest @ ..] = &words[..] else {
        return Err("give MODEL IN OUT METHOD NORM EPSILON [STEPS [STEP_SIZE [RESTARTS [SEED]]]]".into());
    };
    let norm = norm.parse()?;
    let (steps, step_size) = (given(rest, 0)?, given(rest, 1)?);
    let settings =
        Settings { steps, step_size, restarts: given(rest, 2)?.unwrap_or(0), ..Settings::new(norm) };
    let (attack, seed) = (find(method)?.build(&settings)?, given(rest, 3)?.unwrap_or(0));
    let (network, normalization) = network(Path::new(model))?;
    let bytes = std::fs::read(input)?;
    let file = SafeTensors::deserialize(&bytes)?;
    let images = tensor(&file, "images")?;
    let labels: Vec<usize> = tensor(&file, "labels")?.values().iter().map(|label| *label as usize).collect();
    let victim = Victim::new(network.as_ref(), &normalization);
    let assault = Assault::new(&victim, &images, &labels, None)?;
    if assault.n_attacked() < labels.len() {
        return Err(format!("the network gets {} images wrong; leave them out", assault.n_wrong()).into());
    }
    let ball =
        if find(method)?.is_minimal { assault.whole(norm) } else { Ball::new(norm, epsilon.parse()?)? };
    let (outcome, times) = timed(&assault, attack.as_ref(), ball, seed)?;
    report(&outcome, times);
    store(Path::new(output), &[("images", &outcome.images), ("logits", &victim.logits(&images)?)])
}

fn given<T: FromStr>(words: &[String], at: usize) -> std::result::Result<Option<T>, T::Err> {
    words.get(at).filter(|word| *word != "-").map(|word| word.parse()).transpose()
}

fn network(path: &Path) -> Result<(Box<dyn Differentiable>, Normalization)> {
    if path.extension().is_some_and(|extension| extension == "onnx") {
        let network = OnnxNetwork::load(path, Engine::Tape)?;
        return Ok((Box::new(network), Normalization::new(&[0.0], &[1.0])?));
    }
    let checkpoint = Checkpoint::load(path)?;
    Ok((Box::new(checkpoint.model), checkpoint.card.normalization))
}

fn tensor(file: &SafeTensors<'_>, name: &str) -> Result<Tensor> {
    let view = file.tensor(name)?;
    let values =
        view.data().chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    Ok(Tensor::new(view.shape(), values.collect())?)
}

/// The outcome, the median of the seconds of each repeat, and the processors' seconds of one.
fn timed(assault: &Assault<'_>, attack: &dyn Attack, ball: Ball, seed: u64) -> Result<(Outcome, [f64; 2])> {
    let (start, worked, mut seconds) = (Instant::now(), processor_seconds(), Vec::new());
    loop {
        let before = Instant::now();
        let outcome = assault.run(attack, ball, seed, &mut |_| {})?;
        seconds.push(before.elapsed().as_secs_f64());
        if start.elapsed() > LONG_ENOUGH {
            let worked = (processor_seconds() - worked) / seconds.len() as f64;
            return Ok((outcome, [median(seconds), worked]));
        }
    }
}

fn report(outcome: &Outcome, [seconds, worked]: [f64; 2]) {
    let mean = outcome.distances.iter().sum::<f64>() / outcome.distances.len() as f64;
    println!(
        r#"{{"seconds": {seconds:.4}, "processor_seconds": {worked:.4}, "n_images": {}, "success": {:.4}, "mean": {mean:.6}, "median": {:.6}, "peak_kib": {}}}"#,
        outcome.distances.len(),
        outcome.success(),
        median(outcome.distances.clone()),
        peak_kib()
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn store(path: &Path, tensors: &[(&str, &Tensor)]) -> Result<()> {
    let bytes: Vec<Vec<u8>> = tensors
        .iter()
        .map(|(_, tensor)| tensor.values().iter().flat_map(|value| value.to_le_bytes()).collect())
        .collect();
    let views = tensors.iter().zip(&bytes).map(|((name, tensor), bytes)| {
        TensorView::new(Dtype::F32, tensor.shape().to_vec(), bytes).map(|view| (*name, view))
    });
    let views = views.collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(safetensors::serialize_to_file(views, None, path)?)
}

/// What this process has taken of all processors in user and system mode, 0 where it is not told; Linux counts in hundredths.
fn processor_seconds() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// `VmHWM` of this process, 0 where there is none.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

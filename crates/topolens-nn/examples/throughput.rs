//! Images per second of training, forward pass and input gradient: `throughput NET WIDTH EXTENT [PASS]`, batches of 128.
//!
//! Prints a JSON object per pass (training, forward, input_gradient): the median over the batches of three seconds, and the peak
//! memory of the process so far.

#![allow(clippy::print_stdout, reason = "a program that prints its results")]

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use topolens_nn::dataset::Dataset;
use topolens_nn::train::{OptimizerSettings, TrainEvent, TrainSettings, Trainer};
use topolens_nn::{Differentiable, ModelSpec, Network};

const BATCH: usize = 128;
const LONG_ENOUGH: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [net, width, extent, passes @ ..] = words.as_slice() else {
        return Err("give NET WIDTH EXTENT [PASS]; width 0 is the published one".into());
    };
    let extent: usize = extent.parse()?;
    let published = ModelSpec::new(net, [extent, extent, 3], 10);
    let spec = match width.parse()? {
        0 => published,
        width => ModelSpec { width, ..published },
    };
    for pass in ["training", "forward", "input_gradient"] {
        if passes.is_empty() || passes.iter().any(|asked| asked == pass) {
            report(&spec, pass)?;
        }
    }
    Ok(())
}

fn report(spec: &ModelSpec, pass: &str) -> Result<(), Box<dyn Error>> {
    let images = images(spec, 8 * BATCH)?;
    let mut seconds = match pass {
        "training" => training(spec, &images)?,
        "forward" => repeated(spec, &images, |model, batch, _| model.forward(batch, &[]).map(drop))?,
        _ => repeated(spec, &images, |model, batch, labels| model.input_gradient(batch, labels).map(drop))?,
    };
    seconds.sort_by(f64::total_cmp);
    let images_per_second = BATCH as f64 / seconds[seconds.len() / 2];
    println!(
        r#"{{"net": "{}", "pass": "{pass}", "images_per_second": {images_per_second:.2}, "n_batches": {}, "peak_kib": {}}}"#,
        spec.architecture,
        seconds.len(),
        peak_kib()
    );
    Ok(())
}

/// Images of noise: times do not depend on what is in them.
fn images(spec: &ModelSpec, n_images: usize) -> Result<Dataset, topolens_nn::Error> {
    let n_values = n_images * spec.input_shape.iter().product::<usize>();
    let noise = (0..n_values as u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8);
    let names = (0..spec.n_classes).map(|class| class.to_string()).collect();
    Dataset::new("noise", spec.input_shape, noise.collect(), (0..n_images).map(|i| i % 10).collect(), names)
}

/// Seconds of each step.
fn training(spec: &ModelSpec, images: &Dataset) -> Result<Vec<f64>, Box<dyn Error>> {
    let optimizer = OptimizerSettings::sgd(1e-3);
    let settings = TrainSettings { epochs: 1000, batch_size: BATCH, optimizer, ..TrainSettings::default() };
    let test = images.subset(&[0])?;
    let trainer = Trainer::new(images, &test, settings)?;
    let folder = tempfile::tempdir()?;
    let (stop, start) = (AtomicBool::new(false), Instant::now());
    let (mut seconds, mut last) = (Vec::new(), None);
    let mut hear = |event| match event {
        TrainEvent::Batch { .. } => {
            let now = Instant::now();
            seconds.extend(last.map(|last: Instant| (now - last).as_secs_f64()));
            last = Some(now);
            stop.store(start.elapsed() > LONG_ENOUGH && seconds.len() > 2, Ordering::Relaxed);
        }
        // What is between two epochs is no step.
        _ => last = None,
    };
    match trainer.train(spec, folder.path(), &mut hear, &stop) {
        Err(error) if !error.is_interrupted() => Err(error.into()),
        _ => Ok(seconds),
    }
}

/// Seconds of each batch.
fn repeated(
    spec: &ModelSpec,
    images: &Dataset,
    pass: impl Fn(&topolens_nn::Model, &topolens_nn::Tensor, &[usize]) -> Result<(), topolens_nn::Error>,
) -> Result<Vec<f64>, Box<dyn Error>> {
    let model = spec.build()?;
    let indices: Vec<usize> = (0..BATCH).collect();
    let batch = images.batch(&indices, &images.normalization()?)?;
    let labels: Vec<usize> = indices.iter().map(|i| i % 10).collect();
    pass(&model, &batch, &labels)?;
    let (start, mut seconds) = (Instant::now(), Vec::new());
    while start.elapsed() < LONG_ENOUGH || seconds.len() < 3 {
        let before = Instant::now();
        pass(&model, &batch, &labels)?;
        seconds.push(before.elapsed().as_secs_f64());
    }
    Ok(seconds)
}

/// `VmHWM` of this process, 0 where there is none.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

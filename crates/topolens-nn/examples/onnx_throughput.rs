//! Images per second of an ONNX file: `onnx_throughput FILE BATCH ENGINE PASS`; ENGINE is tape or rten, PASS forward or
//! input_gradient.

#![allow(clippy::print_stdout, reason = "a program that prints its results")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use topolens_nn::onnx::OnnxNetwork;
use topolens_nn::{Differentiable, Network, Tensor};

const LONG_ENOUGH: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, batch, engine, pass] = words.as_slice() else {
        return Err("give FILE BATCH ENGINE PASS".into());
    };
    let (network, n_images) = (OnnxNetwork::load(Path::new(file), engine.parse()?)?, batch.parse()?);
    let [height, width, channels] = network.input_shape();
    let shape = [n_images, height, width, channels];
    let noise = |place: usize| ((place * 7919) % 1009) as f32 / 504.0 - 1.0;
    let batch = Tensor::new(&shape, (0..shape.iter().product()).map(noise).collect())?;
    let labels = vec![0; n_images];
    let run = || match pass.as_str() {
        "forward" => network.forward(&batch, &[]).map(drop),
        _ => network.input_gradient(&batch, &labels).map(drop),
    };
    run()?;
    let (start, mut seconds) = (Instant::now(), Vec::new());
    while start.elapsed() < LONG_ENOUGH || seconds.len() < 3 {
        let before = Instant::now();
        run()?;
        seconds.push(before.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let images_per_second = n_images as f64 / seconds[seconds.len() / 2];
    println!(r#"{{"images_per_second": {images_per_second:.2}, "n_batches": {}}}"#, seconds.len());
    Ok(())
}

//! Writes a layer of the shipped network over the 1000 embedded test images as an `.npy` matrix, pooled to one row per
//! image: `cargo run --release -p topolens-lab --example export_activations -- LAYER FILE.npy`.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::sync::atomic::AtomicBool;

use npyz::WriterBuilder;
use topolens_lab::bridge::{Subject, choose_layers, layer_clouds};
use topolens_lab::input::{Split, load_data, shipped_network};
use topolens_lab::profile::Protocol;
use topolens_nn::dataset::Fit;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [layer, path] = arguments.as_slice() else {
        return Err("usage: export_activations LAYER FILE.npy".into());
    };
    let shipped = shipped_network()?;
    let images = load_data("embedded", Split::Test, Fit::default())?.images;
    let subject = Subject::from(&shipped);
    let taps = choose_layers(subject.network, std::slice::from_ref(layer))?;
    let clouds = layer_clouds(subject, &images, &taps, &Protocol::default(), &AtomicBool::new(false))?;
    let [chosen] = clouds.as_slice() else {
        return Err(format!("{layer:?} names {} layers", clouds.len()).into());
    };
    let shape = [chosen.cloud.n_points() as u64, chosen.cloud.n_features() as u64];
    let file = BufWriter::new(File::create(path)?);
    let mut matrix = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    matrix.extend(chosen.cloud.values())?;
    Ok(matrix.finish()?)
}

//! `topolens layers`.

use serde_json::json;
use topolens_lab::input::{load_checkpoints, shipped_network};
use topolens_nn::tap::default_taps;
use topolens_nn::{Layer, Network};

use super::foreign::{is_onnx, load_onnx};
use crate::arguments::LayersArguments;
use crate::terminal::{Table, print, print_json};

pub(crate) fn run(arguments: &LayersArguments) -> anyhow::Result<()> {
    let Some(path) = &arguments.model else { return show(&shipped_network()?.model, arguments) };
    if is_onnx(path) {
        return show(&load_onnx(path, &arguments.engine)?, arguments);
    }
    anyhow::ensure!(arguments.engine == "auto", "--engine: only for ONNX files");
    let checkpoints = load_checkpoints(path, "last")?;
    match checkpoints.last() {
        Some(checkpoint) => show(&checkpoint.model, arguments),
        None => anyhow::bail!("{}: it holds no checkpoint", path.display()),
    }
}

fn show(network: &dyn Network, arguments: &LayersArguments) -> anyhow::Result<()> {
    let layers = network.layers();
    let defaults = default_taps(layers);
    if arguments.common.json {
        let describe = |(index, layer): (usize, &Layer)| {
            json!({
                "name": layer.name, "kind": layer.kind.to_string(), "shape": layer.output_shape,
                "relative_depth": layer.relative_depth, "default": defaults.contains(&index),
            })
        };
        let listed: Vec<_> = layers.iter().enumerate().map(describe).collect();
        let input = network.input_shape();
        return print_json(&json!({ "schema": "topolens.layers/1", "input_shape": input, "layers": listed }));
    }
    let mut table = Table::new(&["", "layer", "what", "shape", "depth"]);
    for (index, layer) in layers.iter().enumerate() {
        let mark = if defaults.contains(&index) { "*" } else { "" };
        let shape: Vec<String> = layer.output_shape.iter().map(ToString::to_string).collect();
        let depth = format!("{:.3}", layer.relative_depth);
        table.row(vec![mark.into(), layer.name.clone(), layer.kind.to_string(), shape.join(" x "), depth]);
    }
    print(&table.to_string())?;
    print("* measured by default; others by name or pattern: --layers 'NAME,PATTERN*'")
}

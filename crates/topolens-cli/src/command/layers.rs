//! `topolens layers`.

use serde_json::json;
use topolens_lab::input::{is_saved_activations, load_checkpoints, shipped_network};
use topolens_nn::tap::default_taps;
use topolens_nn::{Layer, Network};

use super::foreign::{is_onnx, load_onnx};
use crate::arguments::LayersArguments;
use crate::terminal::{Table, print, print_json};

pub(crate) fn run(arguments: &LayersArguments) -> anyhow::Result<()> {
    let Some(path) = &arguments.model else {
        arguments.ensure_no_graph()?;
        return show_network(&shipped_network()?.model, arguments);
    };
    if is_saved_activations(path) {
        arguments.ensure_no_graph()?;
        let layers = arguments.saved.open(path, &[])?.described(arguments.saved.layout());
        let all = (0..layers.len()).collect::<Vec<_>>();
        return show(&layers, &all, None, arguments);
    }
    arguments.saved.ensure_unused()?;
    if is_onnx(path) {
        return show_network(&load_onnx(path, &arguments.graph.beside(path)?)?, arguments);
    }
    arguments.ensure_no_graph()?;
    let checkpoints = load_checkpoints(path, "last")?;
    match checkpoints.last() {
        Some(checkpoint) => show_network(&checkpoint.model, arguments),
        None => anyhow::bail!("{}: it holds no checkpoint", path.display()),
    }
}

impl LayersArguments {
    fn ensure_no_graph(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.graph.is_given(), "--engine, --input, --constant: only for ONNX files");
        Ok(())
    }
}

fn show_network(network: &dyn Network, arguments: &LayersArguments) -> anyhow::Result<()> {
    let layers = network.layers();
    show(layers, &default_taps(layers), Some(network.input_shape()), arguments)
}

fn show(
    layers: &[Layer],
    defaults: &[usize],
    input_shape: Option<[usize; 3]>,
    arguments: &LayersArguments,
) -> anyhow::Result<()> {
    if arguments.common.json {
        let describe = |(index, layer): (usize, &Layer)| {
            json!({
                "name": layer.name, "kind": layer.kind.to_string(), "shape": layer.output_shape,
                "relative_depth": layer.relative_depth, "default": defaults.contains(&index),
            })
        };
        let listed: Vec<_> = layers.iter().enumerate().map(describe).collect();
        return print_json(
            &json!({ "schema": "topolens.layers/1", "input_shape": input_shape, "layers": listed }),
        );
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

//! Weights of networks that were trained elsewhere, under names that are not ours.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::SafeTensors;

use super::tensors::{parse, read};
use crate::error::{Error, ErrorKind};
use crate::layer::Role;
use crate::model::Model;

/// Reads weights from a safetensors file of a PyTorch state dict into `model`.
///
/// Names may be ours, or those of the CIFAR ResNets (`layer1.0.conv1.weight`, `shortcut` or `downsample`, `linear` or `fc`), of
/// torchvision's VGG with batch norm and MobileNetV2 (`features.0.weight`), or others in which modules come in the order of the layers: the
/// k-th module of the file is the k-th of the network, and every shape must fit. `module.` in front and `num_batches_tracked` are passed over.
///
/// # Errors
///
/// If the file cannot be read, or its modules or shapes are not those of the network; the message names both sides.
pub fn load_weights(model: &mut Model, path: &Path) -> Result<(), Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    let file = path.display().to_string();
    let stored = parse(&file, &bytes)?;
    let names = names_in_file(&file, &stored, model)?;
    let mut loaded = model.clone();
    for parameter in loaded.graph_mut().parameters.iter_mut() {
        let name = names.get(&parameter.name).unwrap_or(&parameter.name);
        read(&file, &stored, name, parameter.role, &mut parameter.tensor)?;
    }
    *model = loaded;
    Ok(())
}

/// The name in the file of each of our tensors.
fn names_in_file(
    file: &str,
    stored: &SafeTensors<'_>,
    model: &Model,
) -> Result<BTreeMap<String, String>, Error> {
    let parameters = &model.graph().parameters;
    if parameters.iter().all(|parameter| stored.tensor(&parameter.name).is_ok()) {
        return Ok(BTreeMap::new());
    }
    let theirs = modules(stored);
    let mut ours: Vec<&str> = Vec::new();
    for parameter in parameters.iter() {
        let (module, _) = split(&parameter.name);
        if ours.last() != Some(&module) {
            ours.push(module);
        }
    }
    if ours.len() != theirs.len() {
        let reason = format!(
            "it has {} modules with weights, {} has {}; it belongs to another network",
            theirs.len(),
            model.spec().architecture,
            ours.len()
        );
        return Err(Error::malformed(file, reason));
    }
    let of_module: BTreeMap<&str, &str> = ours.into_iter().zip(theirs).collect();
    let mut names = BTreeMap::new();
    for parameter in parameters.iter() {
        let (module, tensor) = split(&parameter.name);
        let name = format!("{}.{tensor}", of_module[module]);
        if stored.tensor(&name).is_err() {
            let hint = if parameter.role == Role::Statistic { ", as batch normalisation has" } else { "" };
            let tensor = format!("{name} (for {}{hint})", parameter.name);
            return Err(ErrorKind::MissingTensor { file: file.to_owned(), tensor }.into());
        }
        names.insert(parameter.name.clone(), name);
    }
    Ok(names)
}

/// Module and tensor.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

/// The modules of a state dict that hold weights, in the order of the layers.
fn modules<'a>(stored: &'a SafeTensors<'_>) -> Vec<&'a str> {
    let names = stored.names();
    let mut modules: Vec<&str> = names.into_iter().map(|name| split(name).0).collect();
    modules.sort_by_key(|module| place(module));
    modules.dedup();
    modules
}

/// Where a module is in the network: numbers count as numbers, a norm comes behind the convolution of its number, what ends the network last.
fn place(module: &str) -> Vec<(String, u64, bool)> {
    let is_last = |part: &str| ["fc", "linear", "classifier", "head", "output"].contains(&part);
    let parts = module.trim_start_matches("module.").split('.');
    let mut place: Vec<(String, u64, bool)> = parts.map(part_place).collect();
    let ends_network = module.trim_start_matches("module.").split('.').next().is_some_and(is_last);
    place.insert(0, (String::new(), u64::from(ends_network), false));
    place
}

fn part_place(part: &str) -> (String, u64, bool) {
    let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = part[letters.len()..].parse().unwrap_or(0);
    match letters {
        "bn" | "norm" => ("conv".to_owned(), number, true),
        letters => (letters.to_owned(), number, false),
    }
}

#[cfg(test)]
mod tests {
    use safetensors::Dtype;
    use safetensors::tensor::TensorView;

    use super::*;
    use crate::fixture::Fixture;
    use crate::model::{ModelSpec, Nonlinearity, Shortcut};
    use crate::network::{Layer, LayerKind, Network};
    use crate::tensor::Tensor;

    #[test]
    fn modules_come_in_the_order_of_the_layers() {
        for in_order in [
            ["conv1", "bn1", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.conv2", "layer1.0.bn2"],
            [
                "layer1.0.bn2",
                "layer1.0.downsample.0",
                "layer1.0.downsample.1",
                "layer1.1.conv1",
                "layer2.0.conv1",
                "fc",
            ],
            [
                "layer1.0.bn2",
                "layer1.0.shortcut.0",
                "layer1.0.shortcut.1",
                "layer1.2.bn1",
                "layer1.10.bn1",
                "linear",
            ],
            ["features.0", "features.1", "features.4", "features.11", "features.20", "classifier"],
            [
                "features.0.0",
                "features.0.1",
                "features.2.conv.0.0",
                "features.2.conv.3",
                "features.18.1",
                "classifier.1",
            ],
            [
                "module.conv1",
                "module.bn1",
                "module.layer1.0.conv1",
                "module.layer1.0.bn1",
                "module.layer2.0.conv1",
                "module.linear",
            ],
        ] {
            let mut sorted = in_order.to_vec();
            sorted.reverse();
            sorted.sort_by_key(|module| place(module));
            assert_eq!(sorted, in_order);
        }
    }

    /// The fixture's weights, which PyTorch made, under PyTorch's names of the modules, give PyTorch's logits.
    fn loads_as(fixture: &str, spec: &ModelSpec, rename: impl Fn(&str) -> String) {
        let fixture = Fixture::open(fixture);
        let mut model: Model = spec.build().unwrap();
        let names: Vec<String> = model.graph().parameters.iter().map(|p| p.name.clone()).collect();
        let tensors: Vec<(String, Tensor)> = names
            .iter()
            .map(|name| {
                let (module, tensor) = split(name);
                (format!("{}.{tensor}", rename(module)), fixture.tensor(&format!("before.{name}")))
            })
            .collect();
        let bytes: Vec<Vec<u8>> = tensors
            .iter()
            .map(|(_, tensor)| tensor.values().iter().flat_map(|value| value.to_le_bytes()).collect())
            .collect();
        let views = tensors.iter().zip(&bytes).map(|((name, tensor), bytes)| {
            (name, TensorView::new(Dtype::F32, tensor.shape().to_vec(), bytes).unwrap())
        });
        let content = safetensors::serialize(views, None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.safetensors");
        std::fs::write(&path, &content).unwrap();
        load_weights(&mut model, &path).unwrap();
        let logits = model.forward(&fixture.tensor("x"), &[]).unwrap().output;
        let expected: Tensor = fixture.tensor("evaluation.logits");
        let largest = expected.values().iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        for (got, expected) in logits.values().iter().zip(expected.values()) {
            assert!((got - expected).abs() < 1e-4 * largest, "{got} {expected}");
        }
        let mut other: Model = ModelSpec { width: spec.width + 1, ..spec.clone() }.build().unwrap();
        let before = other.forward(&fixture.tensor("x"), &[]).unwrap();
        let message = load_weights(&mut other, &path).unwrap_err().to_string();
        assert!(message.contains("the network needs"), "{message}");
        assert_eq!(other.forward(&fixture.tensor("x"), &[]).unwrap(), before);
    }

    fn spec(name: &str, shape: [usize; 3]) -> ModelSpec {
        ModelSpec { width: 4, ..ModelSpec::new(name, shape, 5) }
    }

    #[test]
    fn cifar_resnets_of_pytorch_are_read() {
        let rename = |module: &str| {
            let parts: Vec<&str> = module.split('.').collect();
            match parts[..] {
                ["stem", "conv"] => "conv1".to_owned(),
                ["stem", "norm"] => "bn1".to_owned(),
                ["output"] => "linear".to_owned(),
                [block, ref inner @ ..] => {
                    let inner = inner.join(".").replace("norm", "bn");
                    let inner =
                        inner.replace("shortcut.conv", "shortcut.0").replace("shortcut.bn", "shortcut.1");
                    format!("layer{}.0.{inner}", block.trim_start_matches("block"))
                }
                [] => String::new(),
            }
        };
        let b = ModelSpec { shortcut: Shortcut::B, ..spec("resnet8", [9, 8, 3]) };
        loads_as("resnet8_b", &b, rename);
        loads_as("resnet8_a", &spec("resnet8", [9, 8, 3]), |module| format!("module.{}", rename(module)));
    }

    #[test]
    fn vgg_of_torchvision_is_read() {
        let spec = spec("vgg6", [9, 8, 3]);
        let model: Model = spec.build().unwrap();
        let kinds = |layer: &Layer| layer.kind != LayerKind::Pooling || layer.name != "pool";
        let features: Vec<String> =
            model.layers().iter().filter(|layer| kinds(layer)).map(|layer| layer.name.clone()).collect();
        loads_as("vgg6", &spec, |module| match features.iter().position(|name| name == module) {
            Some(_) if module == "output" => "classifier".to_owned(),
            Some(place) => format!("features.{place}"),
            None => panic!("{module}"),
        });
    }

    #[test]
    fn mobilenet_v2_of_torchvision_is_read() {
        let smooth = ModelSpec { nonlinearity: Nonlinearity::Tanh, ..spec("mobilenetv2", [24, 20, 3]) };
        loads_as("mobilenetv2", &smooth, |module| {
            let parts: Vec<&str> = module.split('.').collect();
            let features = match parts[0] {
                "output" => return "classifier.1".to_owned(),
                "stem" => 0,
                "last" => 18,
                block => block.trim_start_matches("block").parse::<usize>().unwrap(),
            };
            // The first block does not expand.
            let shift = usize::from(features != 1);
            let inner = match parts[1..] {
                ["conv"] => "0".to_owned(),
                ["norm"] => "1".to_owned(),
                ["expand", "conv"] => "conv.0.0".to_owned(),
                ["expand", "norm"] => "conv.0.1".to_owned(),
                ["depthwise", "conv"] => format!("conv.{shift}.0"),
                ["depthwise", "norm"] => format!("conv.{shift}.1"),
                ["project", "conv"] => format!("conv.{}", 1 + shift),
                _ => format!("conv.{}", 2 + shift),
            };
            format!("features.{features}.{inner}")
        });
    }
}

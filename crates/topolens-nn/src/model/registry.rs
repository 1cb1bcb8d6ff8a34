//! The architectures by name.

use super::{
    ModelSpec, convmixer, imagenet_resnet, lenet, mlp, mobilefacenet, mobilenet, plain, preresnet, resnet,
    small_cnn, vgg, vit,
};
use crate::error::{Error, ErrorKind};
use crate::kernels::Nonlinearity;
use crate::layer::Graph;
use crate::tensor::Element;

/// An architecture known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Architecture {
    /// The name for [`ModelSpec`], or what comes before the number in it.
    pub name: &'static str,
    /// Names with the number, as published.
    pub examples: &'static [&'static str],
    /// What it is, in one line.
    pub about: &'static str,
    /// Its width unless another is asked for.
    pub width: usize,
    /// Its nonlinearity unless another is asked for.
    pub nonlinearity: Nonlinearity,
    /// What may stand behind the name.
    number: Number,
}

/// The number in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    /// None.
    None,
    /// Weighted layers of a network of three stages of blocks of two: 6n + 2, at most 302.
    Layers,
    /// A number of the table of VGG.
    Vgg,
    /// Weighted layers of a residual network of four stages, as published.
    ImageNet,
    /// The same with bottlenecks.
    ImageNetBottleneck,
    /// Blocks or hidden layers, from 1 to 64.
    Blocks,
}

const RESNETS: &[&str] = &["resnet8", "resnet20", "resnet32", "resnet44", "resnet56", "resnet110"];

const ARCHITECTURES: [Architecture; 14] = [
    Architecture {
        name: "small-cnn",
        examples: &["small-cnn"],
        about: "six 3x3 convolutions with batch norm, two poolings; trains in seconds",
        width: 16,
        nonlinearity: Nonlinearity::Relu,
        number: Number::None,
    },
    Architecture {
        name: "resnet",
        examples: RESNETS,
        about: "residual network of 6n + 2 layers (He et al. 2016)",
        width: 16,
        nonlinearity: Nonlinearity::Relu,
        number: Number::Layers,
    },
    Architecture {
        name: "preresnet",
        examples: &["preresnet20", "preresnet56", "preresnet110"],
        about: "residual network with pre-activation (He et al. 2016b)",
        width: 16,
        nonlinearity: Nonlinearity::Relu,
        number: Number::Layers,
    },
    Architecture {
        name: "se-resnet",
        examples: &["se-resnet20", "se-resnet32"],
        about: "residual network with squeeze-and-excitation (Hu et al. 2018)",
        width: 16,
        nonlinearity: Nonlinearity::Relu,
        number: Number::Layers,
    },
    Architecture {
        name: "plain",
        examples: &["plain8", "plain20", "plain32"],
        about: "residual network without shortcuts, a control (He et al. 2016)",
        width: 16,
        nonlinearity: Nonlinearity::Relu,
        number: Number::Layers,
    },
    Architecture {
        name: "vgg",
        examples: &["vgg6", "vgg8", "vgg11", "vgg13", "vgg16", "vgg19"],
        about: "VGG with batch norm and one fully connected layer (Simonyan & Zisserman 2015)",
        width: 64,
        nonlinearity: Nonlinearity::Relu,
        number: Number::Vgg,
    },
    Architecture {
        name: "mobilenetv2",
        examples: &["mobilenetv2"],
        about: "inverted bottlenecks, strides for small images (Sandler et al. 2018)",
        width: 32,
        nonlinearity: Nonlinearity::Relu6,
        number: Number::None,
    },
    Architecture {
        name: mobilefacenet::NAME,
        examples: &[mobilefacenet::NAME],
        about: "embedding of faces, whose output is a scaled cosine, for --loss arcface (Chen et al. 2018)",
        width: 64,
        nonlinearity: Nonlinearity::Prelu,
        number: Number::None,
    },
    Architecture {
        name: "imagenet-resnet",
        examples: &["imagenet-resnet18", "imagenet-resnet34", "imagenet-resnet50"],
        about: "residual network for large images, as torchvision has it (He et al. 2016)",
        width: 64,
        nonlinearity: Nonlinearity::Relu,
        number: Number::ImageNet,
    },
    Architecture {
        name: "imagenet-resnext",
        examples: &["imagenet-resnext50"],
        about: "the same with convolutions in 32 groups (Xie et al. 2017)",
        width: 64,
        nonlinearity: Nonlinearity::Relu,
        number: Number::ImageNetBottleneck,
    },
    Architecture {
        name: "lenet",
        examples: &["lenet"],
        about: "LeNet-5 with max pooling (LeCun et al. 1998)",
        width: 6,
        nonlinearity: Nonlinearity::Relu,
        number: Number::None,
    },
    Architecture {
        name: "mlp",
        examples: &["mlp3"],
        about: "perceptron with as many hidden layers as the number says",
        width: 512,
        nonlinearity: Nonlinearity::Relu,
        number: Number::Blocks,
    },
    Architecture {
        name: "convmixer",
        examples: &["convmixer8"],
        about: "as many blocks of depthwise 5x5 and 1x1 convolutions on patches of 2x2 as the number says (Trockman & Kolter 2022)",
        width: 256,
        nonlinearity: Nonlinearity::Gelu,
        number: Number::Blocks,
    },
    Architecture {
        name: "vit",
        examples: &["vit6"],
        about: "vision transformer of as many blocks as the number says on patches of 4x4, mean over tokens (Dosovitskiy et al. 2021)",
        width: 192,
        nonlinearity: Nonlinearity::Gelu,
        number: Number::Blocks,
    },
];

/// Every architecture.
pub fn architectures() -> &'static [Architecture] {
    &ARCHITECTURES
}

/// The architecture that `name` begins with, and the number behind.
pub(super) fn find(name: &str) -> Result<(&'static Architecture, usize), Error> {
    let unknown = || {
        let known = ARCHITECTURES.iter().flat_map(|family| family.examples).map(|&name| name.to_owned());
        ErrorKind::UnknownName { argument: "architecture", name: name.to_owned(), known: known.collect() }
    };
    let (family, digits) = name.split_at(name.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    if let Some(architecture) = ARCHITECTURES.iter().find(|known| known.name == name) {
        return if architecture.number == Number::None {
            Ok((architecture, 0))
        } else {
            Err(unknown().into())
        };
    }
    let architecture = ARCHITECTURES.iter().find(|known| known.name == family).ok_or_else(unknown)?;
    let number =
        digits.parse().ok().filter(|number| architecture.number.allows(*number)).ok_or_else(unknown)?;
    Ok((architecture, number))
}

impl Number {
    fn allows(self, number: usize) -> bool {
        match self {
            Self::None => false,
            Self::Layers => (8..=302).contains(&number) && number % 6 == 2,
            Self::Vgg => vgg::stages(number).is_some(),
            Self::ImageNet => imagenet_resnet::stages(number).is_some(),
            Self::ImageNetBottleneck => {
                imagenet_resnet::stages(number).is_some_and(|(_, is_bottleneck)| is_bottleneck)
            }
            Self::Blocks => (1..=64).contains(&number),
        }
    }
}

/// The untrained network that `spec` names.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Result<Graph<E>, Error> {
    let (architecture, number) = find(&spec.architecture)?;
    let blocks_per_stage = number.saturating_sub(2) / 6;
    Ok(match architecture.name {
        "small-cnn" => small_cnn::build(spec),
        "resnet" => resnet::build(spec, blocks_per_stage, false),
        "preresnet" => preresnet::build(spec, blocks_per_stage),
        "se-resnet" => resnet::build(spec, blocks_per_stage, true),
        "plain" => plain::build(spec, blocks_per_stage),
        "vgg" => vgg::build(spec, vgg::stages(number).unwrap_or_default()),
        "mobilenetv2" => mobilenet::build(spec),
        mobilefacenet::NAME => mobilefacenet::build(spec),
        "imagenet-resnet" => imagenet_resnet::build(spec, number, false),
        "imagenet-resnext" => imagenet_resnet::build(spec, number, true),
        "lenet" => lenet::build(spec)?,
        "mlp" => mlp::build(spec, number),
        "convmixer" => convmixer::build(spec, number),
        "vit" => vit::build(spec, number),
        name => panic!("bug: no builder of {name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, Shortcut};
    use crate::network::Network;

    fn n_parameters(spec: &ModelSpec) -> usize {
        spec.build::<f32>().unwrap().n_parameters()
    }

    #[test]
    fn every_listed_architecture_can_be_built() {
        for name in architectures().iter().flat_map(|architecture| architecture.examples) {
            for uniform in [false, true] {
                let spec = ModelSpec { uniform, ..ModelSpec::new(name, [16, 12, 1], 3) };
                assert_eq!(build::<f32>(&spec).unwrap().layers().last().unwrap().name, "output");
            }
        }
    }

    #[test]
    fn every_tensor_has_a_name_of_its_own() {
        for name in architectures().iter().flat_map(|architecture| architecture.examples) {
            let spec = ModelSpec {
                nonlinearity: Nonlinearity::Prelu,
                shortcut: Shortcut::B,
                ..ModelSpec::new(name, [16, 12, 1], 3)
            };
            let graph = build::<f32>(&spec).unwrap();
            let mut names: Vec<&str> = graph.parameters.iter().map(|tensor| tensor.name.as_str()).collect();
            let n_tensors = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), n_tensors, "{name}");
        }
    }

    #[test]
    fn unknown_names_and_numbers_list_what_there_is() {
        for name in
            ["vgg", "vgg7", "resnet21", "resnet", "mlp0", "lenet5x", "resnet99999999999999999999", "20"]
        {
            let message = build::<f32>(&ModelSpec::new(name, [8, 8, 1], 3)).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains("resnet8, resnet20"), "{message}");
        }
        let message = build::<f32>(&ModelSpec::new("lenet", [8, 8, 1], 3)).unwrap_err().to_string();
        assert!(message.contains("12 or more"), "{message}");
    }

    /// He et al. 2016 (table 6) give the residual networks in millions; the exact counts are those of Y. Idelbayev's PyTorch networks.
    /// VGG: those of torchvision's features with one layer of 10 classes. MobileNetV2: torchvision's 3 504 872 with 10 classes instead
    /// of 1000. LeNet-5: LeCun et al. 1998 with every map of the second layer connected to every one of the first.
    #[test]
    fn parameters_are_as_many_as_published() {
        for (name, published) in [
            ("resnet20", 269_722),
            ("resnet32", 464_154),
            ("resnet44", 658_586),
            ("resnet56", 853_018),
            ("resnet110", 1_727_962),
            ("plain20", 269_722),
            ("vgg11", 9_231_114),
            ("vgg13", 9_416_010),
            ("vgg16", 14_728_266),
            ("vgg19", 20_040_522),
            ("mobilenetv2", 3_504_872 - 1281 * 990),
        ] {
            assert_eq!(n_parameters(&ModelSpec::new(name, [32, 32, 3], 10)), published, "{name}");
        }
        // torchvision's.
        for (name, published) in [
            ("imagenet-resnet18", 11_689_512),
            ("imagenet-resnet34", 21_797_672),
            ("imagenet-resnet50", 25_557_032),
            ("imagenet-resnext50", 25_028_904),
        ] {
            assert_eq!(n_parameters(&ModelSpec::new(name, [64, 64, 3], 1000)), published, "{name}");
        }
        // Chen et al. 2018 state 0.99 million; every number of their table 1 with its batch normalisation and slopes, without the weights of classes.
        let mobilefacenet = |shape| n_parameters(&ModelSpec::new("mobilefacenet", shape, 10)) - 10 * 128;
        assert_eq!((mobilefacenet([112, 112, 3]), mobilefacenet([112, 96, 3])), (1_003_136, 999_552));
        for shape in [[28, 28, 1], [32, 32, 1]] {
            assert_eq!(n_parameters(&ModelSpec::new("lenet", shape, 10)), 61_706);
        }
    }

    #[test]
    fn parameters_are_as_many_as_the_formula_says() {
        let conv = |n_in: usize, n_out: usize, kernel: usize| n_in * n_out * kernel * kernel;
        let of = |name| n_parameters(&ModelSpec::new(name, [32, 32, 3], 10));
        // Before activation: the norms of 16, 32 and 64 channels stand before the convolutions instead of behind.
        let convolutions = of("resnet20") - 2 * (7 * 16 + 6 * 32 + 6 * 64);
        assert_eq!(of("preresnet20"), convolutions + 2 * (7 * 16 + 6 * 32 + 6 * 64));
        let excitation = |c: usize| c * (c / 16) + c / 16 + (c / 16) * c + c;
        assert_eq!(
            of("se-resnet20"),
            of("resnet20") + 3 * (excitation(16) + excitation(32) + excitation(64))
        );
        assert_eq!(of("mlp3"), 3072 * 512 + 512 + 2 * (512 * 512 + 512) + 5130);
        let block = 2 * 384 + (192 * 576 + 576) + (192 * 192 + 192) + 2 * 192 * 768 + 768 + 192;
        assert_eq!(of("vit6"), conv(3, 192, 4) + 192 + 64 * 192 + 6 * block + 384 + 1930);
        let block = 25 * 256 + 256 + 512 + conv(256, 256, 1) + 256 + 512;
        assert_eq!(of("convmixer8"), conv(3, 256, 2) + 256 + 512 + 8 * block + 2570);
    }

    #[test]
    fn of_uniform_width_ten_blocks_have_as_many_channels() {
        for name in architectures().iter().filter_map(|architecture| architecture.examples.last()) {
            let spec = ModelSpec {
                uniform: true,
                width: 8,
                shortcut: Shortcut::B,
                ..ModelSpec::new(name, [32, 32, 3], 10)
            };
            let model: Model = spec.build().unwrap();
            let blocks = model.layers().iter().filter(|layer| layer.name.starts_with("block"));
            let ends: Vec<_> = blocks.filter(|layer| !layer.name.contains('.')).collect();
            assert_eq!(ends.len(), 10, "{name}");
            assert!(ends.iter().all(|end| end.output_shape.last() == Some(&8)), "{name}");
        }
    }
}

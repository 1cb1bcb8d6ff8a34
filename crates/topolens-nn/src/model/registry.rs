//! The architectures by name.

use super::{ModelSpec, resnet, small_cnn};
use crate::error::{Error, ErrorKind};
use crate::layer::Graph;
use crate::tensor::Element;

/// An architecture known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Architecture {
    /// The name for [`ModelSpec`].
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
}

const ARCHITECTURES: [Architecture; 3] = [
    Architecture {
        name: "small-cnn",
        about: "six 3x3 convolutions with batch norm, two poolings; trains in seconds",
    },
    Architecture { name: "resnet8", about: "residual network with 3 blocks (He et al. 2016)" },
    Architecture { name: "resnet20", about: "residual network with 9 blocks (He et al. 2016)" },
];

/// Every architecture.
pub fn architectures() -> &'static [Architecture] {
    &ARCHITECTURES
}

/// The untrained network that `spec` names.
pub(super) fn build<E: Element>(spec: &ModelSpec) -> Result<Graph<E>, Error> {
    match spec.architecture.as_str() {
        "small-cnn" => Ok(small_cnn::build(spec)),
        "resnet8" => Ok(resnet::build(spec, 1)),
        "resnet20" => Ok(resnet::build(spec, 3)),
        name => {
            let known = ARCHITECTURES.iter().map(|architecture| architecture.name.to_owned()).collect();
            Err(ErrorKind::UnknownName { argument: "architecture", name: name.to_owned(), known }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_architecture_can_be_built() {
        for architecture in architectures() {
            let spec = ModelSpec::new(architecture.name, [8, 8, 1], 3);
            assert_eq!(build::<f32>(&spec).unwrap().layers().last().unwrap().name, "output");
        }
        let message = build::<f32>(&ModelSpec::new("vgg", [8, 8, 1], 3)).unwrap_err().to_string();
        assert!(message.contains("vgg") && message.contains("small-cnn, resnet8, resnet20"), "{message}");
    }
}

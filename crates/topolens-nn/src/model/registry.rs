//! The architectures by name.

/// An architecture known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Architecture {
    /// The name for [`ModelSpec`](super::ModelSpec).
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
}

/// Every architecture.
pub fn architectures() -> &'static [Architecture] {
    &[
        Architecture { name: "small-cnn", about: "six 3x3 convolutions with batch norm, two poolings; trains in seconds" },
        Architecture { name: "resnet8", about: "residual network with 3 blocks (He et al. 2016)" },
        Architecture { name: "resnet20", about: "residual network with 9 blocks (He et al. 2016)" },
    ]
}

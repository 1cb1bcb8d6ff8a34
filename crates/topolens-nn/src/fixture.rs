//! Tensors computed by PyTorch, for tests.

use safetensors::SafeTensors;

use crate::tensor::{Element, Tensor};

/// A file of `testdata/gradients`.
pub(crate) struct Fixture {
    bytes: Vec<u8>,
}

impl Fixture {
    pub(crate) fn open(name: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/gradients");
        Self { bytes: std::fs::read(format!("{folder}/{name}.safetensors")).unwrap() }
    }

    pub(crate) fn tensor<E: Element>(&self, name: &str) -> Tensor<E> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(name).unwrap_or_else(|_| panic!("no {name}"));
        let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        Tensor::new(view.shape(), values.map(|value| E::from_f64(f64::from(value))).collect()).unwrap()
    }

    pub(crate) fn labels(&self, name: &str) -> Vec<usize> {
        self.tensor::<f32>(name).values().iter().map(|label| *label as usize).collect()
    }
}

/// The norm of the difference over the norm of what is expected.
pub(crate) fn relative_error<E: Element>(got: &Tensor<E>, expected: &Tensor<E>) -> f64 {
    assert_eq!(got.shape(), expected.shape());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let pairs = got.values().iter().zip(expected.values());
    let difference = norm(&mut pairs.map(|(got, expected)| got.to_f64() - expected.to_f64()));
    difference / norm(&mut expected.values().iter().map(|value| value.to_f64())).max(1e-12)
}

//! Networks from ONNX files, forward only.

mod network;

pub use network::OnnxNetwork;

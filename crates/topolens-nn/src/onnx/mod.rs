//! Networks from ONNX files, forward only.

mod layers;
mod layout;
mod network;
mod source;

pub use network::OnnxNetwork;

//! Networks from ONNX files: lowered to the tape, with gradients in their input, or forward only through rten.

mod defaults;
mod engine;
mod external;
mod inputs;
mod layers;
mod layout;
mod lower;
mod network;
mod node;
mod source;
mod whole;
mod wire;

pub use engine::Engine;
pub use inputs::Inputs;
pub use network::OnnxNetwork;

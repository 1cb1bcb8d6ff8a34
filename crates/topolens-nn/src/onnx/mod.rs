//! Networks from ONNX files: lowered to the tape, with gradients in their input, or forward only through rten or the user's own onnxruntime.

mod defaults;
mod engine;
mod external;
mod forward;
mod inputs;
mod layers;
mod layout;
#[cfg_attr(not(feature = "ort"), path = "no_library.rs")]
mod library;
mod lower;
mod network;
mod node;
mod source;
mod whole;
mod wire;

pub use engine::Engine;
pub use inputs::Inputs;
pub use network::OnnxNetwork;

//! The command as a person uses it: a fresh folder, a command line, what is printed and written.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod activations;
mod attack;
mod bad_input;
mod bench;
mod compare;
mod diagram;
mod dimension;
mod guide;
mod many_networks;
mod neighbors;
mod network;
mod onnx;
mod selftest;
mod serve;
mod shard;
mod show;
mod simulate_attack;
mod spoof;
mod training;
mod verify;

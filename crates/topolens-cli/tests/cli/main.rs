//! The command as a person uses it: a fresh folder, a command line, what is printed and written.

mod bad_input;
mod bench;
mod diagram;
mod dimension;
mod network;

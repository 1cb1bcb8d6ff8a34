//! `cargo xtask TASK`: what the README, CI and contributors call.

mod shell;
mod tasks;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask TASK

Tasks:
  test     everything that must pass: format, lints, Rust tests with doc tests, the wheel's tests
  rust     the Rust part of `test` alone
  wheel    the Python part of `test` alone
  onnxruntime  the tests of the engine `ort` alone, with the library of a Python package
  python-torch  the tests of `topolens.torch`, in an environment with PyTorch under target/ (gigabytes; not part of `test`)
  nightly  the tests that take half an hour: every family of networks learns
  golden   train again the network that is shipped in assets/networks
  bench-peers TOPIC [--quick] [--threads 2,1] [--only TEXT] [--data FOLDER] [--out FILE]
           (TOPIC: homology, geometry, training, inference, attacks) topolens and other programs on the same inputs in one run, in an environment under target/; the table goes
           to bench/results/
";

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let outcome = match task.as_str() {
        "test" => tasks::test(),
        "rust" => tasks::rust(),
        "wheel" => tasks::wheel(),
        "onnxruntime" => tasks::onnxruntime(),
        "python-torch" => tasks::python_torch(),
        "nightly" => tasks::nightly(),
        "golden" => tasks::golden(),
        "bench-peers" => tasks::bench_peers(std::env::args().skip(2)),
        _ => {
            shell::say(HELP);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::say(&format!("xtask {task}: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

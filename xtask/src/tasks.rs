//! The tasks.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::shell::{cargo, cargo_with, printed, root, run, run_with, say};

/// Everything that must pass before a change lands.
pub(crate) fn test() -> Result<()> {
    let start = Instant::now();
    rust()?;
    wheel()?;
    onnxruntime()?;
    say(&format!("all tests passed in {:.0} s", start.elapsed().as_secs_f64()));
    Ok(())
}

/// Format, lints, and all Rust tests. The wheel's crate has none: Python links it, so Python tests it.
pub(crate) fn rust() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    cargo(&["test", "--workspace", "--exclude", "topolens-py", "--locked"])
}

/// What takes too long for every change: all families of networks learn.
pub(crate) fn nightly() -> Result<()> {
    cargo(&[
        "test",
        "--release",
        "--locked",
        "--workspace",
        "--exclude",
        "topolens-py",
        "--tests",
        "--",
        "--ignored",
        "--nocapture",
    ])
}

/// Builds the wheel into a virtual environment under `target/` and runs pytest there.
pub(crate) fn wheel() -> Result<()> {
    let package = root().join("crates/topolens-py");
    let bin = virtual_environment("python", &package.join("requirements-test.txt"))?;
    install_wheel(&bin, "dev")?;
    // With all crates as for their tests, so that nothing is built again.
    cargo(&["build", "--locked", "--workspace", "--exclude", "topolens-py", "--bin", "topolens"])?;
    // Python's numbers are held against those of the program.
    let name = format!("topolens{}", std::env::consts::EXE_SUFFIX);
    let program = ("TOPOLENS", target_folder().join("debug").join(name).into_os_string());
    run_with(
        bin.join("python"),
        &["-m".into(), "pytest".into(), "-q".into(), package.join("tests")],
        &[program],
    )
}

/// Runs ONNX files with the library of the Python package onnxruntime, which the wheel's tests have too.
pub(crate) fn onnxruntime() -> Result<()> {
    let bin = virtual_environment("python", &root().join("crates/topolens-py/requirements-test.txt"))?;
    // Its name ends with its version on some systems; folders of extensions lie beside it.
    let find = "import pathlib, onnxruntime.capi as c; \
                files = pathlib.Path(c.__file__).parent.glob('*onnxruntime.*'); \
                print(next(f for f in files if {'.so', '.dylib', '.dll'} & set(f.suffixes)))";
    let library = printed(bin.join("python"), &["-c", find])?;
    let words = ["test", "--workspace", "--exclude", "topolens-py", "--locked"];
    let engine = ["--features", "topolens-nn/ort", "--test", "ort"];
    cargo_with(&[&words[..], &engine].concat(), &[("ORT_DYLIB_PATH", library.into())])
}

/// Builds the wheel into an environment with PyTorch and Keras and runs the tests of `topolens.torch` and `topolens.keras` there.
pub(crate) fn python_torch() -> Result<()> {
    let tests = root().join("crates/topolens-py/tests_torch");
    let bin = virtual_environment("python-torch", &tests.join("requirements-torch.txt"))?;
    install_wheel(&bin, "dev")?;
    let page = |name| {
        let test = format!("test_guide.py::test_the_guide_prints_what_it_shows[python-{name}.md]");
        root().join("crates/topolens-py/tests").join(test)
    };
    let words = ["-m".into(), "pytest".into(), "-q".into(), tests, page("torch"), page("keras")];
    run_with(bin.join("python"), &words, &[("KERAS_BACKEND", "torch".into())])
}

/// Runs a program of `bench/peers` beside the wheel.
pub(crate) fn bench_peers(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let topic =
        arguments.next().context("give a topic: homology, geometry, training, inference or attacks")?;
    let folder = root().join("bench/peers");
    match topic.as_str() {
        "training" => return bench_networks(&folder, "training", "throughput", arguments),
        "inference" => return bench_networks(&folder, "inference", "onnx_throughput", arguments),
        "attacks" => return bench_networks(&folder, "attacks", "attacks", arguments),
        _ => {}
    }
    let program = folder.join(&topic).with_extension("py");
    anyhow::ensure!(
        program.exists(),
        "{topic:?} is not a topic; there are: homology, geometry, training, inference and attacks"
    );
    let bin = virtual_environment("peers", &folder.join("requirements.txt"))?;
    install_wheel(&bin, "release")?;
    let words: Vec<PathBuf> = std::iter::once(program).chain(arguments.map(PathBuf::from)).collect();
    run(bin.join("python"), &words)
}

/// Times networks beside those of others, which have an environment of their own: it takes gigabytes.
fn bench_networks(
    folder: &Path,
    topic: &str,
    example: &str,
    arguments: impl Iterator<Item = String>,
) -> Result<()> {
    let bin = virtual_environment("peers-networks", &folder.join("networks-requirements.txt"))?;
    cargo(&["build", "--release", "--locked", "-p", "topolens-nn", "--example", example])?;
    let example = target_folder().join("release/examples").join(example);
    let words = [folder.join(topic).with_extension("py"), "--throughput".into(), example];
    let words: Vec<PathBuf> = words.into_iter().chain(arguments.map(PathBuf::from)).collect();
    run(bin.join("python"), &words)
}

/// Where cargo puts what it builds.
fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Builds the wheel in a profile and installs it.
fn install_wheel(bin: &Path, profile: &str) -> Result<()> {
    let python = bin.join("python");
    let wheels = root().join("target/wheels");
    if wheels.exists() {
        std::fs::remove_dir_all(&wheels).context("cannot empty target/wheels")?;
    }
    let mut build = ["build", "--quiet", "--locked", "--profile", profile].map(PathBuf::from).to_vec();
    let manifest = root().join("crates/topolens-py/Cargo.toml");
    build.extend(["--interpreter".into(), python.clone(), "--manifest-path".into(), manifest]);
    build.extend(["--out".into(), wheels.clone()]);
    run(bin.join("maturin"), &build)?;
    let mut install =
        ["-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps"].map(PathBuf::from).to_vec();
    for wheel in std::fs::read_dir(&wheels)? {
        install.push(wheel?.path());
    }
    run(&python, &install)
}

/// Trains the shipped network as its card says and puts it into `assets/networks`.
pub(crate) fn golden() -> Result<()> {
    cargo(&[
        "run",
        "--release",
        "--locked",
        "--",
        "train",
        "--net",
        "resnet8",
        "--data",
        "embedded",
        "--epochs",
        "12",
        "--seed",
        "1",
        "--out",
        "target/golden",
        "--overwrite",
    ])?;
    let checkpoints = root().join("target/golden/checkpoints");
    let shipped = root().join("assets/networks");
    std::fs::create_dir_all(&shipped)?;
    for extension in ["safetensors", "json"] {
        let from = checkpoints.join("epoch-0012").with_extension(extension);
        std::fs::copy(&from, shipped.join("resnet8-fashion-mnist-6k").with_extension(extension))
            .with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}

/// The programs of an environment under `target/`, made if need be, with what `requirements` lists.
fn virtual_environment(name: &str, requirements: &Path) -> Result<PathBuf> {
    let folder = root().join("target").join(name);
    if !folder.join("bin/python").exists() {
        run("python3", &["-m".into(), "venv".into(), folder.clone()])?;
    }
    let bin = folder.join("bin");
    let install = ["-m", "pip", "install", "--quiet", "-r"].map(PathBuf::from);
    let words: Vec<PathBuf> = install.into_iter().chain([requirements.to_path_buf()]).collect();
    run(bin.join("python"), &words)?;
    Ok(bin)
}

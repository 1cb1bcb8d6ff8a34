//! The tasks.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::shell::{cargo, root, run, say};

/// Everything that must pass before a change lands.
pub(crate) fn test() -> Result<()> {
    let start = Instant::now();
    rust()?;
    wheel()?;
    say(&format!("all tests passed in {:.0} s", start.elapsed().as_secs_f64()));
    Ok(())
}

/// Format, lints, and all Rust tests. The wheel's crate has none: Python links it, so Python tests it.
pub(crate) fn rust() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    cargo(&["test", "--workspace", "--exclude", "topolens-py", "--locked"])
}

/// Builds the wheel into a virtual environment under `target/` and runs pytest there.
pub(crate) fn wheel() -> Result<()> {
    let package = root().join("crates/topolens-py");
    let bin = virtual_environment()?.join("bin");
    let python = bin.join("python");
    let requirements = package.join("requirements-test.txt");
    run(
        &python,
        &["-m".into(), "pip".into(), "install".into(), "--quiet".into(), "-r".into(), requirements],
    )?;
    let wheels = root().join("target/wheels");
    if wheels.exists() {
        std::fs::remove_dir_all(&wheels).context("cannot empty target/wheels")?;
    }
    let manifest = package.join("Cargo.toml");
    run(
        bin.join("maturin"),
        &[
            "build".into(),
            "--quiet".into(),
            "--locked".into(),
            "--profile".into(),
            "dev".into(),
            "--interpreter".into(),
            python.clone(),
            "--manifest-path".into(),
            manifest,
            "--out".into(),
            wheels.clone(),
        ],
    )?;
    let mut install =
        ["-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps"].map(PathBuf::from).to_vec();
    for wheel in std::fs::read_dir(&wheels)? {
        install.push(wheel?.path());
    }
    run(&python, &install)?;
    run(&python, &["-m".into(), "pytest".into(), "-q".into(), package.join("tests")])
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

fn virtual_environment() -> Result<PathBuf> {
    let folder = root().join("target/python");
    if !folder.join("bin/python").exists() {
        run("python3", &["-m".into(), "venv".into(), folder.clone()])?;
    }
    Ok(folder)
}

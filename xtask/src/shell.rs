//! Running a program and stopping at the first failure.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Prints one message for the person who called the task.
#[expect(clippy::print_stderr, reason = "a task runner talks to the person who called it")]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Runs `program` with `arguments` in the workspace's root and fails unless it succeeds.
pub(crate) fn run<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[A]) -> Result<()> {
    run_with(program, arguments, &[])
}

/// The same with variables of the environment.
pub(crate) fn run_with<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: &[A],
    variables: &[(&str, OsString)],
) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    say(&format!("$ {command:?}"));
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

/// What `program` prints, without white space around it.
pub(crate) fn printed<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[A]) -> Result<String> {
    let mut command = Command::new(program);
    let output = command.args(arguments).output().with_context(|| format!("cannot start {command:?}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {errors}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs cargo.
pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    cargo_with(arguments, &[])
}

/// The same with variables of the environment.
pub(crate) fn cargo_with(arguments: &[&str], variables: &[(&str, OsString)]) -> Result<()> {
    run_with(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments, variables)
}

//! Text and JSON to standard output, notes to standard error.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use topolens_lab::store::atomic;

/// Prints `text` and a line end to standard output.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{text}").and_then(|()| output.flush()).context("cannot write to standard output")
}

/// Prints `value` as JSON to standard output.
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer(&mut output, value).map_err(io::Error::from);
    written
        .and_then(|()| writeln!(output))
        .and_then(|()| output.flush())
        .context("cannot write to standard output")
}

/// Writes `value` as JSON to the file `path`, whose folder is made if need be.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    write_file(path, &text)
}

/// Writes `bytes` to the file `path`, whose folder is made if need be.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    Ok(atomic::write_atomically(path, bytes)?)
}

/// Checks that the file of `flag` can be written, before the work.
pub(crate) fn ensure_writable(flag: &str, path: &Path) -> anyhow::Result<()> {
    atomic::ensure_writable(path).with_context(|| flag.to_owned())
}

/// Prints a line for the person to standard error; a closed standard error is no reason to stop.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

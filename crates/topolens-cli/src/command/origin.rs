//! Where the numbers of a page come from, of commands that read files.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use topolens_lab::store::file_checksum;

use super::study::command_line;

/// Command, version, seed, the checksum of each file, and the time it took.
pub(crate) fn origin(seed: u64, inputs: &[&Path], time: Duration) -> anyhow::Result<Vec<(String, String)>> {
    let mut pairs = vec![
        ("command".to_owned(), command_line().join(" ")),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("seed".to_owned(), seed.to_string()),
    ];
    for (at, input) in inputs.iter().enumerate().filter(|(_, input)| input.is_file()) {
        if inputs[..at].contains(input) {
            continue;
        }
        let name = input.file_name().unwrap_or(input.as_os_str()).to_string_lossy();
        let sum = file_checksum(input).with_context(|| format!("{}", input.display()))?;
        pairs.push((format!("{name} blake3"), sum));
    }
    pairs.push(("time".to_owned(), format!("{:.1} s", time.as_secs_f64())));
    Ok(pairs)
}

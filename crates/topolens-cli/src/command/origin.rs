//! Where the numbers of a page come from, of commands that read files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use topolens_lab::store::file_checksum;

use super::study::command_line;

/// A watch that is started with a command.
pub(crate) struct Watch(Instant);

impl Watch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn time(&self) -> Duration {
        self.0.elapsed()
    }

    /// Command, version, seed if there is one, the checksum of each file, and the time until now.
    pub(crate) fn origin(
        &self,
        seed: Option<u64>,
        inputs: &[PathBuf],
    ) -> anyhow::Result<Vec<(String, String)>> {
        let mut pairs = vec![
            ("command".to_owned(), command_line().join(" ")),
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ];
        pairs.extend(seed.map(|seed| ("seed".to_owned(), seed.to_string())));
        for (at, input) in inputs.iter().enumerate() {
            if input.is_file() && !inputs[..at].contains(input) {
                pairs.push((format!("{} blake3", name(input)), checksum(input)?));
            }
        }
        pairs.push(("time".to_owned(), format!("{:.1} s", self.time().as_secs_f64())));
        Ok(pairs)
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn checksum(path: &Path) -> anyhow::Result<String> {
    file_checksum(path).with_context(|| format!("{}", path.display()))
}

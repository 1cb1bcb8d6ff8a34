//! A fresh folder with files, and the command run in it.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use npyz::WriterBuilder;
use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What the command said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Writes `rows` as a `.npy` file of f64.
    pub(crate) fn npy(&self, name: &str, rows: &[&[f64]]) -> &Self {
        let shape = [rows.len() as u64, rows.first().map_or(0, |row| row.len()) as u64];
        let mut bytes = Vec::new();
        let options = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(&mut bytes);
        let mut writer = options.begin_nd().unwrap();
        writer.extend(rows.iter().flat_map(|row| row.iter().copied())).unwrap();
        writer.finish().unwrap();
        self.file(name, bytes)
    }

    /// Runs `topolens` with the words of `line` in the folder.
    pub(crate) fn run(&self, line: &str) -> Said {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_words(&self, words: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_topolens"));
        let output =
            command.args(words).current_dir(self.folder.path()).env("TOPOLENS_DATA", self.path("data-home"));
        Said::from(output.output().unwrap())
    }

    /// Starts `topolens` with the words of `line` in the folder and does not wait for it.
    #[cfg(unix)]
    pub(crate) fn start(&self, line: &str) -> std::process::Child {
        std::process::Command::new(env!("CARGO_BIN_EXE_topolens"))
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .stderr(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs with `--json` and gives the document.
    pub(crate) fn json(&self, line: &str) -> Value {
        let said = self.run(&format!("{line} --json"));
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        serde_json::from_str(&said.stdout).unwrap()
    }

    /// Runs, expects exit code 2, and gives the message.
    pub(crate) fn refused(&self, line: &str) -> String {
        let said = self.run(line);
        assert_eq!(said.code, Some(2), "{line}: {}{}", said.stdout, said.stderr);
        assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
        said.stderr
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A file of the repository's `testdata`.
pub(crate) fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

/// Whether `docs/json.md` names every field of a document.
pub(crate) fn ensure_described(document: &Value) {
    let page = include_str!("../../../../docs/json.md");
    let schema = document["schema"].as_str().unwrap();
    assert!(page.contains(&format!("`{schema}`")), "{schema}");
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        left.extend(value.as_array().into_iter().flatten());
        for (key, value) in value.as_object().into_iter().flatten() {
            let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
            let is_named =
                page.split('`').skip(1).step_by(2).any(|code| code.split(is_end).any(|word| word == key));
            assert!(is_named, "docs/json.md does not name {key} of {schema}");
            // Their keys are names of settings, not fields.
            if !["axes", "sweep"].contains(&key.as_str()) {
                left.push(value);
            }
        }
    }
}

//! The folder of one run.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::atomic::write_atomically;
use super::provenance::Provenance;
use crate::Result;
use crate::error::{Error, ErrorKind};

/// What `run.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunCard {
    /// `topolens.run/1`.
    pub schema: String,
    /// Where the run came from.
    pub provenance: Provenance,
    /// The data as the user named it, without the split.
    pub data: String,
    /// How many of the first training images are used; all without it.
    pub limit: Option<usize>,
    /// How many of the first test images are used; all without it.
    #[serde(default)]
    pub test_limit: Option<usize>,
}

impl RunCard {
    /// The schema that this version writes and reads.
    pub const SCHEMA: &str = "topolens.run/1";
}

/// A folder with `run.json`, `checkpoints/`, and the results of studies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder for a new run and writes its card.
    ///
    /// # Errors
    ///
    /// A run is already there and `overwrite` is false, or the folder cannot be written.
    pub fn create(path: &Path, card: &RunCard, overwrite: bool) -> Result<Self> {
        let run = Self { path: path.to_path_buf() };
        if run.card_path().exists() {
            if !overwrite && run.holds_checkpoints() {
                return Err(Error::new(ErrorKind::RunExists { path: path.into() }));
            }
            run.clear()?;
        }
        fs::create_dir_all(path).map_err(|source| Error::io("create", path, source))?;
        write_atomically(&run.card_path(), &to_json(card, path)?)?;
        Ok(run)
    }

    /// Opens the folder of an earlier run.
    ///
    /// # Errors
    ///
    /// The folder has no readable `run.json` of the known schema.
    pub fn open(path: &Path) -> Result<(Self, RunCard)> {
        let run = Self { path: path.to_path_buf() };
        let text = fs::read(run.card_path()).map_err(|source| {
            Error::new(ErrorKind::NotARun { path: path.into(), reason: source.to_string() })
        })?;
        let card: RunCard = serde_json::from_slice(&text).map_err(|source| {
            Error::new(ErrorKind::NotARun { path: path.into(), reason: source.to_string() })
        })?;
        if card.schema != RunCard::SCHEMA {
            let reason = format!("its schema is {:?}, this version reads {:?}", card.schema, RunCard::SCHEMA);
            return Err(Error::new(ErrorKind::NotARun { path: path.into(), reason }));
        }
        Ok((run, card))
    }

    /// Keeps other processes from training the run as long as the lock is held; waits a few seconds for one that is about to end.
    ///
    /// # Errors
    ///
    /// Another process keeps it, or the folder cannot be written.
    pub fn lock(path: &Path) -> Result<RunLock> {
        const TRIES: usize = 100;
        const PAUSE: Duration = Duration::from_millis(100);
        fs::create_dir_all(path).map_err(|source| Error::io("create", path, source))?;
        let file = path.join(".lock");
        let lock = File::create(&file).map_err(|source| Error::io("write", &file, source))?;
        for _ in 0..TRIES {
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                // Where files cannot be locked, nothing is guarded.
                Ok(()) | Err(TryLockError::Error(_)) => return Ok(RunLock { _file: lock }),
            }
        }
        Err(Error::new(ErrorKind::RunAtWork { path: path.into() }))
    }

    /// Whether the run in a folder was made by the command `name`, or there is none.
    pub fn is_free_for(path: &Path, name: &str) -> bool {
        let made_by = |card: RunCard| card.provenance.command.get(1).is_some_and(|command| command == name);
        !path.join("run.json").exists() || Self::open(path).is_ok_and(|(_, card)| made_by(card))
    }

    fn holds_checkpoints(&self) -> bool {
        fs::read_dir(self.checkpoints()).is_ok_and(|mut files| files.next().is_some())
    }

    /// Removes the checkpoints and the results that were measured on them.
    fn clear(&self) -> Result<()> {
        const FOLDERS: [&str; 3] = ["checkpoints", "figures", "unfinished"];
        const FILES: [&str; 10] = [
            "report.html",
            "profile.json",
            "profile.parquet",
            "profile.csv",
            "diagrams.json",
            "diagrams.npz",
            "clouds.npz",
            "metrics.jsonl",
            "trajectory.npy",
            "events.out.tfevents.topolens",
        ];
        let folders = FOLDERS.map(|name| self.path.join(name));
        let files = FILES.map(|name| self.path.join(name));
        let removed = folders.iter().map(|folder| (folder, fs::remove_dir_all(folder)));
        for (path, removed) in removed.chain(files.iter().map(|file| (file, fs::remove_file(file)))) {
            if let Err(source) = removed
                && source.kind() != std::io::ErrorKind::NotFound
            {
                return Err(Error::io("remove", path, source));
            }
        }
        Ok(())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of checkpoints.
    pub fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    fn card_path(&self) -> PathBuf {
        self.path.join("run.json")
    }
}

/// Held while a process trains a run.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// Pretty JSON with a newline at the end; `path` is named if it fails.
pub(crate) fn to_json(value: &impl Serialize, path: &Path) -> Result<Vec<u8>> {
    let mut text =
        serde_json::to_vec_pretty(value).map_err(|source| Error::io("write", path, source.into()))?;
    text.push(b'\n');
    Ok(text)
}

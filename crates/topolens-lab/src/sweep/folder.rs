//! The folder of a sweep.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use topolens_nn::train::{CheckpointCard, checkpoint_path};

use super::{Configuration, Shard, SweepSpec};
use crate::Result;
use crate::error::{Error, ErrorKind, SweepProblem};
use crate::store::atomic::write_atomically;

/// A folder with `sweep.toml`, a run folder per network under `runs/`, tables and a report.
#[derive(Debug)]
pub struct SweepFolder {
    path: PathBuf,
    /// Held while the sweep runs.
    _lock: Option<File>,
}

impl SweepFolder {
    /// Makes the folder, or goes on in that of the same sweep; no other process may work on the same part.
    ///
    /// # Errors
    ///
    /// The folder is that of another sweep, another process works on the part, or it cannot be written.
    pub fn start(path: &Path, spec: &SweepSpec, shard: Shard) -> Result<Self> {
        let refuse = |problem| Error::new(ErrorKind::Sweep { name: path.display().to_string(), problem });
        let text = toml::to_string(spec)
            .map_err(|error| refuse(SweepProblem::NotASweep { reason: error.to_string() }))?;
        let file = path.join("sweep.toml");
        if let Ok(there) = fs::read_to_string(&file)
            && there != text
        {
            return Err(refuse(SweepProblem::OtherSweep));
        }
        fs::create_dir_all(path.join("runs")).map_err(|source| Error::io("create", path, source))?;
        let name = format!(".lock-{}", shard.to_string().replace('/', "-of-"));
        let lock = File::create(path.join(name)).map_err(|source| Error::io("create", path, source))?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(refuse(SweepProblem::AtWork));
        }
        write_atomically(&file, text.as_bytes())?;
        Ok(Self { path: path.to_path_buf(), _lock: Some(lock) })
    }

    /// Opens the folder of a sweep, to read, with what it was made from.
    ///
    /// # Errors
    ///
    /// It holds no `sweep.toml` that this version reads.
    pub fn open(path: &Path) -> Result<(Self, SweepSpec)> {
        let spec = SweepSpec::read(&path.join("sweep.toml"))?;
        Ok((Self { path: path.to_path_buf(), _lock: None }, spec))
    }

    /// Whether a folder is that of a sweep.
    pub fn is_one(path: &Path) -> bool {
        path.join("sweep.toml").is_file() && path.join("runs").is_dir()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The run folder of a network.
    pub fn run(&self, configuration: &Configuration) -> PathBuf {
        self.path.join("runs").join(&configuration.name)
    }

    /// The last checkpoint's epoch that is there, if there is one.
    pub fn epoch_of(&self, configuration: &Configuration) -> Option<usize> {
        let checkpoints = self.run(configuration).join("checkpoints");
        let stored = topolens_nn::train::list_checkpoints(&checkpoints).ok()?;
        Some(stored.last()?.0)
    }

    /// The card of the checkpoint of `epoch`.
    ///
    /// # Errors
    ///
    /// The checkpoint is not there or damaged.
    pub fn card(&self, configuration: &Configuration, epoch: usize) -> Result<CheckpointCard> {
        let checkpoints = self.run(configuration).join("checkpoints");
        Ok(CheckpointCard::load(&checkpoint_path(&checkpoints, epoch))?)
    }

    /// Whether the network is trained to the end.
    pub fn is_trained(&self, configuration: &Configuration, epochs: usize) -> bool {
        let Some(epoch) = self.epoch_of(configuration) else { return false };
        if epoch >= epochs {
            return true;
        }
        // It may have ended early.
        let card = self.card(configuration, epoch);
        card.is_ok_and(|card| {
            card.settings.patience.is_some_and(|patience| epoch >= card.watch.best_epoch + patience)
        })
    }

    /// Whether the network is profiled.
    pub fn is_profiled(&self, configuration: &Configuration) -> bool {
        self.run(configuration).join("report.html").is_file()
            && self.run(configuration).join("profile.json").is_file()
            && !self.run(configuration).join("unfinished").exists()
    }
}

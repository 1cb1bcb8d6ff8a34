//! The folder of a sweep.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use topolens_nn::train::{CheckpointCard, checkpoint_path};

use super::{Configuration, SweepSpec};
use crate::Result;
use crate::error::{Error, ErrorKind, SweepProblem};
use crate::shard::Shard;
use crate::store::atomic::{ensure_writable, write_atomically};

/// The file in a run folder that says why the last process failed; it goes when the next one starts.
pub(super) const FAILURE: &str = "failed.txt";

/// A folder with `sweep.toml`, a run folder per network under `runs/`, tables and a report.
#[derive(Debug)]
pub struct SweepFolder {
    path: PathBuf,
    /// Held while the sweep runs.
    lock: Option<[File; 2]>,
}

impl SweepFolder {
    /// The folder that `spec` would have, or has; nothing is written yet.
    ///
    /// # Errors
    ///
    /// It is that of another sweep, or among the networks of one.
    pub fn of(path: &Path, spec: &SweepSpec) -> Result<Self> {
        if let Some(sweep) = sweep_around(path) {
            return Err(refuse(path, SweepProblem::Inside { sweep }));
        }
        match fs::read_to_string(path.join("sweep.toml")) {
            Ok(there) if there != text_of(spec)? => Err(refuse(path, SweepProblem::OtherSweep)),
            _ => Ok(Self { path: path.to_path_buf(), lock: None }),
        }
    }

    /// Checks that the sweep will be able to write into the folder, before anything is planned; nothing is left behind.
    ///
    /// # Errors
    ///
    /// Names what cannot be written, with the operating system's reason.
    pub fn ensure_writable(&self) -> Result<()> {
        for file in ["sweep.toml", "runs/.lock"] {
            ensure_writable(&self.path.join(file))
                .map_err(|error| refuse(&self.path, SweepProblem::NotWritable { source: Box::new(error) }))?;
        }
        Ok(())
    }

    /// Makes the folder, or goes on in it; no other process may work on the same part as long as this value lives.
    ///
    /// # Errors
    ///
    /// Another process works on the part, or the folder cannot be written.
    pub fn start(&mut self, spec: &SweepSpec, shard: Shard) -> Result<()> {
        let path = &self.path;
        fs::create_dir_all(path.join("runs")).map_err(|source| Error::io("create", path, source))?;
        let open = |name: &str| {
            let path = path.join(name);
            File::create(&path).map_err(|source| Error::io("create", &path, source))
        };
        // The whole sweep keeps everybody away, parts keep it and their like away.
        let whole = open(".lock")?;
        let part = open(&format!(".lock-{}", shard.to_string().replace('/', "-of-")))?;
        let is_kept = |tried| matches!(tried, Err(TryLockError::WouldBlock));
        let is_whole = shard == Shard::WHOLE;
        if is_kept(if is_whole { whole.try_lock() } else { whole.try_lock_shared() })
            || is_kept(part.try_lock())
        {
            return Err(refuse(path, SweepProblem::AtWork));
        }
        write_atomically(&path.join("sweep.toml"), text_of(spec)?.as_bytes())?;
        self.lock = Some([whole, part]);
        Ok(())
    }

    /// Waits until no other part writes the tables and the report: they are the caller's as long as the file lives.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn turn(&self) -> Result<File> {
        let path = self.path.join(".lock-tables");
        let file = File::create(&path).map_err(|source| Error::io("create", &path, source))?;
        file.lock().map_err(|source| Error::io("lock", &path, source))?;
        Ok(file)
    }

    /// Opens the folder of a sweep, to read, with what it was made from.
    ///
    /// # Errors
    ///
    /// It holds no `sweep.toml` that this version reads.
    pub fn open(path: &Path) -> Result<(Self, SweepSpec)> {
        let spec = SweepSpec::read(&path.join("sweep.toml"))?;
        Ok((Self { path: path.to_path_buf(), lock: None }, spec))
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

    /// What the last process that worked on the network said, if it failed.
    pub fn failure(&self, configuration: &Configuration) -> Option<String> {
        fs::read_to_string(self.run(configuration).join(FAILURE)).ok()
    }

    /// Whether the network is profiled.
    pub fn is_profiled(&self, configuration: &Configuration) -> bool {
        self.run(configuration).join("report.html").is_file()
            && self.run(configuration).join("profile.json").is_file()
            && !self.run(configuration).join("unfinished").exists()
    }
}

/// The sweep under whose `runs/` a folder is, or would be.
fn sweep_around(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let there = absolute.ancestors().find_map(|folder| Some((folder, fs::canonicalize(folder).ok()?)));
    let (folder, real) = there?;
    let path = real.join(absolute.strip_prefix(folder).ok()?);
    let runs = path.ancestors().skip(1).filter(|folder| folder.ends_with("runs"));
    // A person's own `sweep.toml` beside a folder `runs` makes no sweep: what was started has a lock.
    let is_started = |sweep: &&Path| SweepFolder::is_one(sweep) && sweep.join(".lock").is_file();
    runs.filter_map(Path::parent).find(is_started).map(Path::to_path_buf)
}

fn refuse(path: &Path, problem: SweepProblem) -> Error {
    Error::new(ErrorKind::Sweep { name: path.display().to_string(), problem })
}

fn text_of(spec: &SweepSpec) -> Result<String> {
    toml::to_string(spec).map_err(|error| {
        let problem = SweepProblem::NotASweep { reason: error.to_string() };
        Error::new(ErrorKind::Sweep { name: spec.title.clone(), problem })
    })
}

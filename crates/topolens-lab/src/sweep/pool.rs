//! Networks in processes of their own, several at a time.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::folder::FAILURE;
use super::{Configuration, SweepFolder};
use crate::Result;
use crate::error::Error;
use crate::store::atomic::write_atomically;

/// What is told as networks go.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A network is done.
    Ended {
        /// Its name.
        name: String,
        /// How.
        outcome: Outcome,
        /// How long it took this time.
        seconds: f64,
    },
}

/// How the work on a network ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All is there.
    Done,
    /// A process failed.
    Failed {
        /// What it said last.
        reason: String,
        /// All it said.
        log: PathBuf,
    },
    /// It was asked to stop.
    Interrupted,
}

/// Networks that are worked on several at a time.
pub struct Pool<'a> {
    /// Where they are.
    pub folder: &'a SweepFolder,
    /// Networks at a time.
    pub n_jobs: usize,
    /// The processes that a network still needs, one after the other.
    pub steps: &'a (dyn Fn(&Configuration) -> Vec<Command> + Sync),
}

impl std::fmt::Debug for Pool<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool")
            .field("folder", &self.folder)
            .field("n_jobs", &self.n_jobs)
            .finish_non_exhaustive()
    }
}

impl Pool<'_> {
    /// Works on `configurations`. A network that fails leaves the others alone.
    ///
    /// Each process reads a pipe that is closed when it is to stop, also by the end of this process.
    ///
    /// # Errors
    ///
    /// A process cannot be started, or a log cannot be written. That a network failed is an [`Outcome`].
    pub fn run(
        &self,
        configurations: &[&Configuration],
        events: &mut dyn FnMut(Event),
        interrupt: &AtomicBool,
    ) -> Result<()> {
        let queue: Mutex<VecDeque<&Configuration>> = Mutex::new(configurations.iter().copied().collect());
        let (sender, receiver) = std::sync::mpsc::channel();
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.n_jobs.max(1))
                .map(|_| {
                    let (sender, queue) = (sender.clone(), &queue);
                    scope.spawn(move || self.work(queue, &sender, interrupt))
                })
                .collect();
            drop(sender);
            receiver.iter().for_each(events);
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Ok(())))
        })
    }

    fn work(
        &self,
        queue: &Mutex<VecDeque<&Configuration>>,
        events: &Sender<Event>,
        interrupt: &AtomicBool,
    ) -> Result<()> {
        loop {
            let next = queue.lock().ok().and_then(|mut queue| queue.pop_front());
            let Some(configuration) = next.filter(|_| !interrupt.load(Ordering::Relaxed)) else {
                return Ok(());
            };
            let name = configuration.name.clone();
            let start = Instant::now();
            let steps = (self.steps)(configuration);
            let outcome = work_on(&self.folder.run(configuration), steps, interrupt)?;
            // Nobody may be listening any more.
            let _ = events.send(Event::Ended { name, outcome, seconds: start.elapsed().as_secs_f64() });
        }
    }
}

/// Runs the processes of one network; what they say goes to `log.txt` in its folder, and why one failed to [`FAILURE`].
fn work_on(run: &Path, steps: Vec<Command>, interrupt: &AtomicBool) -> Result<Outcome> {
    std::fs::create_dir_all(run).map_err(|source| Error::io("create", run, source))?;
    let failure = run.join(FAILURE);
    if failure.exists() {
        std::fs::remove_file(&failure).map_err(|source| Error::io("remove", &failure, source))?;
    }
    let log = run.join("log.txt");
    for mut command in steps {
        let file = OpenOptions::new().create(true).append(true).open(&log);
        let file = file.map_err(|source| Error::io("write", &log, source))?;
        let from = file.metadata().map_or(0, |found| found.len());
        let both = file.try_clone().map_err(|source| Error::io("write", &log, source))?;
        command.stdin(Stdio::piped()).stdout(file).stderr(both);
        let program = PathBuf::from(command.get_program());
        let mut child = command.spawn().map_err(|source| Error::io("start", &program, source))?;
        let status = wait(&mut child, interrupt).map_err(|source| Error::io("run", &program, source))?;
        if interrupt.load(Ordering::Relaxed) {
            return Ok(Outcome::Interrupted);
        }
        if !status.success() {
            let said = last_line(&log, from).unwrap_or_default();
            let said = said.trim_start_matches("topolens: ").to_owned();
            let reason = if said.is_empty() { status.to_string() } else { said };
            write_atomically(&failure, reason.as_bytes())?;
            return Ok(Outcome::Failed { reason, log });
        }
    }
    Ok(Outcome::Done)
}

/// Waits for the end of a process; on an interrupt its pipe is closed first.
fn wait(child: &mut Child, interrupt: &AtomicBool) -> std::io::Result<std::process::ExitStatus> {
    let mut pipe = child.stdin.take();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupt.load(Ordering::Relaxed) {
            drop(pipe.take());
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The last line that was written after byte `from`.
fn last_line(log: &Path, from: u64) -> Option<String> {
    let mut file = File::open(log).ok()?;
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().rev().find(|line| !line.trim().is_empty()).map(|line| line.trim().to_owned())
}

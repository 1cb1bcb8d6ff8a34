//! Work on points whose kind and precision are known when the call comes; it is done without holding Python's lock.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use topolens::{Dissimilarities, DistanceMatrix, Error, Scalar, SparseDistances};

/// How long a signal may wait.
const LISTENING: Duration = Duration::from_millis(20);
/// That of the main thread.
const STACK_BYTES: usize = 8 << 20;

thread_local! {
    /// Threads that calls from this thread of Python take; 0 is as many as the machine has.
    static THREADS: Cell<usize> = const { Cell::new(0) };
}

/// Says how many threads the calls of this Python thread take, 0 for all; returns what was said before.
#[pyfunction]
pub(crate) fn set_threads(n_threads: usize) -> usize {
    THREADS.replace(n_threads)
}

/// The process that loaded the module.
static LOADER: OnceLock<u32> = OnceLock::new();

/// Remembers which process this is.
pub(crate) fn remember_process() {
    LOADER.get_or_init(std::process::id);
}

/// The threads of calls that were not told how many to take.
static SHARED: Mutex<Option<Arc<ThreadPool>>> = Mutex::new(None);

/// The threads of a call: as many as were said; those shared by all calls where nothing was; in a forked process, which has none of the
/// threads of its parent, threads of its own.
fn threads() -> PyResult<Arc<ThreadPool>> {
    let build = |n_threads| {
        let name = if n_threads == 0 { "topolens-shared" } else { "topolens-pool" };
        let named = ThreadPoolBuilder::new().thread_name(|_| name.to_owned());
        let pool = named.num_threads(n_threads).stack_size(STACK_BYTES).build();
        pool.map(Arc::new).map_err(|error| PyRuntimeError::new_err(error.to_string()))
    };
    let is_forked = LOADER.get().is_some_and(|loader| *loader != std::process::id());
    match THREADS.get() {
        0 if !is_forked => {
            let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            if shared.is_none() {
                *shared = Some(build(0)?);
            }
            shared.clone().ok_or_else(|| PyRuntimeError::new_err("bug: no threads"))
        }
        n_threads => build(n_threads),
    }
}

/// Leaves threads to the work that was interrupted on them: the next call takes others and does not wait for it.
fn abandon(threads: &Arc<ThreadPool>) {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.as_ref().is_some_and(|shared| Arc::ptr_eq(shared, threads)) {
        *shared = None;
    }
}

/// Does `job` on a thread of its own; meanwhile other Python threads run and signals are heard.
///
/// What a signal's handler raises, such as `KeyboardInterrupt`, is returned at once. The job is left to itself: it ends when it
/// would have, and what it finds is dropped; later calls do not wait for it.
pub(crate) fn detached<T: Send + 'static>(
    py: Python<'_>,
    job: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let (teller, mut hearer) = channel();
    let threads = threads()?;
    let own = Arc::clone(&threads);
    // Nobody hears of a job that was interrupted.
    let work = move || drop(teller.send(own.install(job)));
    let worker = thread::Builder::new().name("topolens".to_owned()).stack_size(STACK_BYTES).spawn(work)?;
    loop {
        let (heard, returned) = py.detach(move || (hearer.recv_timeout(LISTENING), hearer));
        hearer = returned;
        match heard {
            Ok(found) => return Ok(found),
            Err(RecvTimeoutError::Timeout) => py.check_signals().inspect_err(|_| abandon(&threads))?,
            Err(RecvTimeoutError::Disconnected) => return Err(ended_without(worker)),
        }
    }
}

/// A bug: the work ended, and nothing was said; a panic goes on here.
fn ended_without(worker: thread::JoinHandle<()>) -> PyErr {
    match worker.join() {
        Err(panic) => resume_unwind(panic),
        Ok(()) => PyRuntimeError::new_err("bug: the work ended without a result"),
    }
}

/// Work on an array.
pub(crate) trait OnArray: Send + 'static {
    type Output: Send + 'static;

    fn run<S: Scalar>(self, values: Vec<S>, n_rows: usize, n_columns: usize) -> Result<Self::Output, Error>;
}

/// Work on points with dissimilarities.
pub(crate) trait OnDissimilarities: Send + Sized + 'static {
    type Output: Send + 'static;

    fn run<D: Dissimilarities>(self, points: &D) -> Result<Self::Output, Error>;

    fn run_on_matrix<S: Scalar>(self, distances: &DistanceMatrix<S>) -> Result<Self::Output, Error> {
        self.run(distances)
    }

    fn run_on_pairs<S: Scalar>(self, distances: &SparseDistances<S>) -> Result<Self::Output, Error> {
        self.run_on_matrix(&distances.to_matrix())
    }
}

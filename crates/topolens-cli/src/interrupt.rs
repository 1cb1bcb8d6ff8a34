//! Ctrl-C and SIGTERM: the first asks the work to end at the next safe point, the second ends the process. A process that is watched
//! also stops when its standard input ends, with the process that started it.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Starts listening; the flag becomes true at the first signal, and if `is_watched` at the end of standard input.
pub(crate) fn listen(is_watched: bool) -> anyhow::Result<&'static AtomicBool> {
    if is_watched {
        thread::spawn(|| {
            // Whatever is said there, and an error as well, means the end.
            let _ = io::stdin().read(&mut [0]);
            INTERRUPTED.store(true, Ordering::SeqCst);
        });
    }
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            #[expect(clippy::exit, reason = "the second Ctrl-C means now")]
            std::process::exit(130);
        }
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(&INTERRUPTED)
}

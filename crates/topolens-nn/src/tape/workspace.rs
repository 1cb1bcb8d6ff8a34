//! Memory between passes.

use std::sync::{Mutex, PoisonError};

use super::Tape;
use crate::tensor::{Element, Pool};

/// Memory that one pass leaves for the next; of passes at the same time only one finds it.
#[derive(Debug)]
pub(crate) struct Workspace<E>(Mutex<Pool<E>>);

impl<E: Element> Workspace<E> {
    /// An empty record in that memory.
    pub(crate) fn tape(&self) -> Tape<E> {
        let mut pool = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        pool.start_pass();
        Tape::with_pool(pool)
    }

    /// Keeps the memory of a pass that is over.
    pub(crate) fn give_back(&self, tape: Tape<E>) {
        let mut pool = tape.into_pool();
        pool.end_pass();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = pool;
    }
}

impl<E> Default for Workspace<E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<E> Clone for Workspace<E> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

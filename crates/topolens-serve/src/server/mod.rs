//! The server.

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::{Router, middleware};
use rand::RngExt;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::error::Error;
use crate::guard::{Guard, guard};
use crate::library::Library;
use crate::points::Atlas;
use crate::routes;
use crate::shared::Shared;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folders with studies, in sub-folders or not.
    pub folders: Vec<PathBuf>,
    /// The port on this machine; 0 for any that is free.
    pub port: u16,
    /// Images in the clouds that are drawn, at most.
    pub n_points: usize,
}

/// A page that is ready to be looked at.
#[derive(Debug)]
pub struct Server {
    runtime: Runtime,
    listener: TcpListener,
    router: Router,
    address: String,
}

impl Server {
    /// Listens on 127.0.0.1 and looks for studies.
    ///
    /// # Errors
    ///
    /// A folder cannot be read or the port is taken.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let library = Library::new(&settings.folders)?;
        library.studies();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Stopped)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port));
        let failed = |source| Error::Address { address, source };
        let listener = runtime.block_on(TcpListener::bind(address)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let token = token();
        let shown = format!("http://127.0.0.1:{port}/?token={token}");
        Ok(Self {
            runtime,
            listener,
            router: router(library, settings.n_points, Guard { token, port }),
            address: shown,
        })
    }

    /// The address to open, with its token.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Answers until `interrupt` becomes true.
    ///
    /// # Errors
    ///
    /// The socket fails.
    pub fn run(self, interrupt: &'static AtomicBool) -> Result<(), Error> {
        let until = async move {
            while !interrupt.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let Self { runtime, listener, router, .. } = self;
        let served = runtime.block_on(async {
            tokio::select! {
                served = axum::serve(listener, router).into_future() => served,
                () = until => Ok(()),
            }
        });
        // Streams of events and clouds in the making are not waited for.
        runtime.shutdown_background();
        served.map_err(Error::Stopped)
    }
}

fn router(library: Library, n_points: usize, guarding: Guard) -> Router {
    let shared = Shared { library: Arc::new(library), atlas: Arc::new(Atlas::new(n_points)) };
    let guarding = middleware::from_fn_with_state(Arc::new(guarding), guard);
    routes::all().layer(guarding).with_state(shared)
}

/// 128 random bits.
fn token() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

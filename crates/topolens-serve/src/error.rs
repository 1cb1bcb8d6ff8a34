//! What can go wrong while a page is served.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the page cannot be served.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A folder cannot be read.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The address cannot be listened on.
    Address {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The server stopped.
    Stopped(std::io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, source } => write!(f, "FOLDER: cannot read {}: {source}", path.display()),
            Self::Address { address, source } => {
                write!(f, "--port: cannot listen on {address}: {source}; give another port, or 0 for any")
            }
            Self::Stopped(source) => write!(f, "the server stopped: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Folder { source, .. } | Self::Address { source, .. } | Self::Stopped(source) => {
                Some(source)
            }
        }
    }
}

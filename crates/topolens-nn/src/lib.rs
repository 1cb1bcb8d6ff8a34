//! topolens-nn
mod error;
pub use error::Error;

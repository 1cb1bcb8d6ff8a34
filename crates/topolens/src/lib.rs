//! topolens
mod error;
pub use error::Error;

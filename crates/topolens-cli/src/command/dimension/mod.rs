//! `topolens dimension`.

mod document;
mod drawing;
mod estimates;

pub(crate) use document::estimate;
pub(crate) use estimates::run;

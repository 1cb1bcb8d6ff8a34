//! `topolens dimension`.

mod document;
mod drawing;
mod estimates;

pub(crate) use estimates::run;

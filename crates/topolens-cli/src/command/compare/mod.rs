//! `topolens compare`.

mod document;
mod measures;
mod representation;

pub(crate) use measures::run;

//! `topolens compare`.

mod document;
mod measures;
mod page;
mod representation;

pub(crate) use measures::run;

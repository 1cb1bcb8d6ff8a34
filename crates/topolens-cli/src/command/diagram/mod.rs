//! `topolens diagram`.

mod document;
mod drawing;
mod homology;

pub(crate) use homology::run;

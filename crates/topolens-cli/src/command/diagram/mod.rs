//! `topolens diagram`.

mod document;
mod homology;

pub(crate) use homology::run;

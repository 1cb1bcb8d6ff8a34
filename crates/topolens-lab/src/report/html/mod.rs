//! The report as one HTML page: no other file and no network; a small script adds what is not needed to read it.

mod answer;
mod cautions;
mod figure;
mod glossary;
mod layers;
mod loops;
mod page;
mod panels;
mod provenance;
mod sheet;
mod table;

pub(crate) use figure::{Picture, figure};
pub(crate) use glossary::Terms;
pub use page::render;
pub(crate) use page::{Heading, whole_page};
pub(crate) use sheet::{Sheet, sheet};

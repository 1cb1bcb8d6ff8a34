//! The report as one HTML page: no other file, no network, no scripts.

mod answer;
mod cautions;
mod layers;
mod page;
mod panels;
mod provenance;
mod table;

pub use page::render;
pub(crate) use page::whole_page;
pub(crate) use provenance::section as provenance_section;

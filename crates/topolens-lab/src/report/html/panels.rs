//! The curves, each with how to read it.

use super::figure::{Picture, figure};
use super::glossary::Terms;
use crate::profile::Row;
use crate::profile::curve::epochs;
use crate::report::panel::PANELS;
use crate::report::plot::{Size, curves};

pub(crate) fn section(rows: &[Row]) -> String {
    let mut figures = String::new();
    for panel in &PANELS {
        if let Some(plot) = panel.plot(rows) {
            figures += &figure(&Picture {
                name: panel.name.to_owned(),
                scene: curves(&plot, Size::COLUMN),
                title: panel.title.to_owned(),
                reading: panel.reading.to_owned(),
                caution: panel.caution.to_owned(),
            });
        }
    }
    if figures.is_empty() {
        return figures;
    }
    let epochs = if epochs(rows).len() > 1 { " Later epochs are darker." } else { "" };
    format!(
        "<section id=\"curves\">\n<h2>Curves by relative depth</h2>\n<p>{}</p>\n<div class=\"grid\">\n{figures}</div>\n</section>\n",
        Terms::default().marked(&format!(
            "Bands are 95 % intervals. A gap is a layer where the quantity is undefined.{epochs}"
        ))
    )
}

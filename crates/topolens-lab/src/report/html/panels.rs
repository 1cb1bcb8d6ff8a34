//! The curves, each with how to read it.

use std::fmt::Write;

use crate::profile::Row;
use crate::profile::curve::epochs;
use crate::report::panel::PANELS;
use crate::report::plot::{Size, curves, to_svg};

pub(crate) fn section(rows: &[Row]) -> String {
    let mut figures = String::new();
    for panel in &PANELS {
        if let Some(plot) = panel.plot(rows) {
            let _ = writeln!(
                figures,
                "<figure>{}<figcaption><strong>{}.</strong> {} <span class=\"not\"><b>Do not conclude too much:</b> \
                 {}</span></figcaption></figure>",
                to_svg(&curves(&plot, Size::COLUMN)),
                panel.title,
                panel.reading,
                panel.caution
            );
        }
    }
    if figures.is_empty() {
        return figures;
    }
    let epochs = if epochs(rows).len() > 1 { " Later epochs are darker." } else { "" };
    format!(
        "<section id=\"curves\">\n<h2>Curves by relative depth</h2>\n<p>Bands are 95 % intervals. A gap is a layer where \
         the quantity is undefined.{epochs}</p>\n<div class=\"grid\">\n{figures}</div>\n</section>\n"
    )
}

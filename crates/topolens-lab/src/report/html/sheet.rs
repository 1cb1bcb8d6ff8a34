//! Tables of text.

use std::fmt::Write;

use super::glossary::Terms;
use crate::report::escape::escape;

/// A table of text.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// The table as a section of its own.
pub(crate) fn sheet(sheet: &Sheet) -> String {
    let mut terms = Terms::default();
    format!(
        "<section>\n<h2>{}</h2>\n<p>{}</p>\n{}</section>\n",
        escape(&sheet.title),
        terms.marked(&sheet.note),
        data_table(&sheet.header, &sheet.rows, &sheet.title)
    )
}

/// A table whose first column names the rows, in a box that scrolls; `script.js` adds the button that copies it.
pub(crate) fn data_table(header: &[String], rows: &[Vec<String>], label: &str) -> String {
    let mut html = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>\n<thead><tr>",
        escape(label)
    );
    for name in header {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escape(name));
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in rows {
        let (first, rest) = row.split_first().map_or(("", &row[..]), |(first, rest)| (first.as_str(), rest));
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(first));
        for cell in rest {
            let _ = write!(html, "<td>{}</td>", escape(cell));
        }
        html += "</tr>\n";
    }
    html + "</tbody>\n</table></div>\n"
}

//! Where the numbers come from.

use std::fmt::Write;

use crate::report::escape::escape;

pub(crate) fn section(provenance: &[(String, String)]) -> String {
    if provenance.is_empty() {
        return String::new();
    }
    let mut entries = String::new();
    for (name, value) in provenance {
        let _ = writeln!(entries, "<dt>{}</dt><dd>{}</dd>", escape(told(name)), escape(value));
    }
    format!("<section id=\"provenance\">\n<h2>Provenance</h2>\n<dl>\n{entries}</dl>\n</section>\n")
}

/// What an entry is called on a page: beside "network" a seed could be that of its training, and not all of the data is measured.
fn told(name: &str) -> &str {
    match name {
        "seed" => "seed of this measurement (which images are drawn, nulls, half samples)",
        "data" => "data to draw from",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_order() {
        let pair = |name: &str| (name.to_owned(), format!("{name} value"));
        let html = section(&[pair("Seed"), pair("Command")]);
        assert!(html.contains("<dt>Seed</dt><dd>Seed value</dd>\n<dt>Command</dt><dd>Command value</dd>"));
        assert_eq!(section(&[]), "");
    }
}

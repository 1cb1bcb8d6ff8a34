//! The page around the sections.

use super::{answer, cautions, glossary, layers, loops, panels, provenance, table};
use crate::profile::curve::epochs;
use crate::report::escape::escape;
use crate::report::profile_report::ProfileReport;

const STYLE: &str = include_str!("style.css");

const SCRIPT: &str = include_str!("script.js");

/// What the page may load: its own style, its own script and pictures in the page itself, nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The whole report as one HTML page that needs no other file and no network, and can be read without scripts.
///
/// The same report gives the same page, byte for byte.
///
/// # Examples
///
/// ```
/// use topolens_lab::report::{ProfileReport, render};
///
/// let report = ProfileReport { title: "ResNet <20>".to_owned(), ..ProfileReport::default() };
/// assert!(render(&report).contains("<h1>ResNet &lt;20&gt;</h1>"));
/// ```
pub fn render(report: &ProfileReport) -> String {
    let sections = [
        answer::section(&report.rows),
        cautions::section(report),
        panels::section(&report.rows),
        layers::section(&report.layers),
        loops::section(&report.layers),
        table::section(&report.rows),
    ];
    let heading = Heading { kind: "topolens profile", title: &report.title, question: question(report) };
    whole_page(heading, &sections.concat(), &report.provenance)
}

/// What stands at the top of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heading<'a> {
    /// The command.
    pub(crate) kind: &'a str,
    pub(crate) title: &'a str,
    pub(crate) question: &'a str,
}

/// A page with its heading before its sections, and the glossary and the provenance behind them.
///
/// The script runs by a word that only this page knows, made of the page itself: markup that slipped into a name could not.
pub(crate) fn whole_page(heading: Heading<'_>, sections: &str, provenance: &[(String, String)]) -> String {
    let Heading { kind, title, question } = heading;
    let title = escape(title);
    let (glossary, provenance) = (glossary::section(sections), provenance::section(provenance));
    let mut hasher = blake3::Hasher::new();
    for part in [&title, sections, &provenance] {
        hasher.update(part.as_bytes());
    }
    let nonce = &hasher.finalize().to_hex()[..32];
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}; script-src 'nonce-{nonce}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – topolens</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<p class=\"kind\">{kind}</p>\n<h1>{title}</h1>\n<p class=\"question\">{question}</p>\n</header>\n\
         <main>\n{sections}{glossary}{provenance}</main>\n<script nonce=\"{nonce}\">\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

fn question(report: &ProfileReport) -> &'static str {
    if epochs(&report.rows).len() > 1 {
        "How do the shape and the dimension of the data change from layer to layer, and with training?"
    } else {
        "How do the shape and the dimension of the data change from layer to layer?"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Scope;
    use crate::report::fixture;
    use topolens::{Diagram, Interval};

    /// Panics if an element of the page is closed in the wrong place or not at all.
    fn check_nesting(page: &str) {
        let body = page.replace(STYLE, "").replace(SCRIPT, "");
        let mut open: Vec<&str> = Vec::new();
        for tag in body.strip_prefix("<!DOCTYPE html>").unwrap().split('<').skip(1) {
            let tag = tag.split_once('>').unwrap().0;
            let name = tag.split([' ', '/']).next().unwrap();
            if let Some(closed) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(closed));
            } else if !tag.ends_with('/') && name != "meta" {
                open.push(name);
            }
        }
        assert_eq!(open, [""; 0]);
    }

    #[test]
    fn elements_are_nested_and_sections_in_order() {
        let mut report = fixture::report(3, &[Some(0), Some(12)], 2);
        report.layers[5].loops = Some(fixture::sketch(20, 2));
        let page = render(&report);
        check_nesting(&page);
        let order = [
            "<h1>",
            "id=\"answer\"",
            "id=\"cautions\"",
            "id=\"curves\"",
            "id=\"layers\"",
            "id=\"loops\"",
            "id=\"numbers\"",
            "id=\"glossary\"",
            "id=\"provenance\"",
        ];
        let places: Vec<usize> = order.iter().map(|mark| page.find(mark).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(page.matches("<h1>").count(), 1);
        assert!(page.contains("and with training?"));
    }

    #[test]
    fn nothing_is_loaded_and_only_the_own_script_runs() {
        let mut report = fixture::report(2, &[Some(1)], 2);
        report.layers[1].loops = Some(fixture::sketch(20, 2));
        let page = render(&report);
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-";
        let nonce = &page[page.find(policy).unwrap() + policy.len()..][..32];
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains(&format!("<script nonce=\"{nonce}\">\n{SCRIPT}</script>")));
        let other = render(&fixture::report(2, &[Some(2)], 2));
        assert!(!other.contains(nonce), "the word is the page's own");
        let page = page.replace(SCRIPT, "").replace("<script nonce", "");
        for foreign in
            ["<script", "<link", "<img", "src=", "@import", "url(", "href=\"http", "onclick", "onload"]
        {
            assert!(!page.contains(foreign), "{foreign}");
        }
        let addresses = page.matches("http").count();
        let allowed =
            page.matches("http-equiv").count() + page.matches("http://www.w3.org/2000/svg\"").count();
        assert_eq!(addresses, allowed);
    }

    #[test]
    fn every_picture_has_words() {
        let page = render(&fixture::report(2, &[Some(1)], 2));
        let pictures = page.matches("<svg ").count();
        assert_eq!(pictures, 8 + 2);
        assert_eq!(page.matches("role=\"img\" aria-label=\"").count(), pictures);
        assert_eq!(page.matches("</title>").count(), pictures + 1);
    }

    #[test]
    fn text_of_users_is_escaped_everywhere() {
        let evil = "</title></svg></style><script>alert(1)</script>\"'&";
        let mut report = fixture::report(2, &[Some(1)], 1);
        report.title = evil.to_owned();
        report.notes = vec![evil.to_owned()];
        report.provenance = vec![(evil.to_owned(), evil.to_owned())];
        for row in &mut report.rows {
            row.layer = format!("{}{evil}", row.layer);
            row.descriptor = format!("{}{}", row.descriptor, if row.layer_index == 1 { evil } else { "" });
            row.reason = row.reason.as_ref().map(|_| evil.to_owned());
            if let Scope::Class(name) = &mut row.class {
                evil.clone_into(name);
            }
        }
        for layer in &mut report.layers {
            layer.layer = evil.to_owned();
            let mut loops = fixture::sketch(20, 2);
            loops.class_names = vec![evil.to_owned(); 2];
            layer.loops = Some(loops);
        }
        let page = render(&report);
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
        check_nesting(&page);
    }

    #[test]
    fn a_small_page_looks_as_agreed() {
        let mut report = fixture::report(2, &[Some(7)], 0);
        report.rows.retain(|row| row.descriptor == "lifespans-sum" && row.homology_dimension == Some(0));
        report.layers.clear();
        insta::assert_snapshot!(
            render(&report).replace(STYLE, "(style)\n").replace(SCRIPT, "(script)\n").replace("><", ">\n<")
        );
    }

    #[test]
    fn little_or_nothing_measured_is_a_page() {
        check_nesting(&render(&ProfileReport::default()));
        check_nesting(&render(&fixture::report(1, &[None], 0)));
        let mut undefined = fixture::report(3, &[Some(4)], 2);
        for row in &mut undefined.rows {
            (row.value, row.lower, row.upper) = (None, None, None);
            row.reason = Some("needs more points".to_owned());
        }
        let page = render(&undefined);
        check_nesting(&page);
        assert!(page.contains("undefined at every layer") && page.contains("needs more points"));
    }

    #[test]
    fn numbers_that_are_not_numbers_never_show() {
        let mut report = fixture::report(3, &[Some(4)], 2);
        for (at, row) in report.rows.iter_mut().enumerate() {
            let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][at % 3];
            *[&mut row.value, &mut row.lower, &mut row.upper][at % 7 % 3] = Some(bad);
        }
        let page = render(&report);
        assert!(
            !page.contains("NaN")
                && !page.contains(">inf")
                && !page.contains("[inf")
                && !page.contains("inf]")
        );
    }

    #[test]
    fn very_many_intervals_and_layers_stay_small() {
        let mut report = fixture::report(10, &[Some(12)], 10);
        let many = |dimension, birth: f64| {
            let interval = |at: u32| Interval { birth, death: birth + 0.1 + f64::from(at) / 1e5 };
            Diagram::new(dimension, (0..100_000).map(interval).collect())
        };
        for layer in &mut report.layers {
            layer.diagrams = vec![many(0, 0.0), many(1, 0.5), many(2, 0.7)];
        }
        let page = render(&report);
        assert!(page.len() < 3_000_000, "{}", page.len());
        assert!(page.contains("H₁: longest 400 of 100000") && page.contains("H₂: longest 20 of 100000"));
    }

    #[test]
    fn ten_layers_at_ten_epochs_stay_below_three_megabytes() {
        let epochs: Vec<Option<usize>> = (0..10).map(Some).collect();
        let mut report = fixture::report(10, &epochs, 10);
        for layer in &mut report.layers {
            let interval = |at: u32| Interval { birth: 0.5, death: 0.6 + f64::from(at) / 1e5 };
            let many = |dimension| Diagram::new(dimension, (0..1000).map(interval).collect());
            layer.diagrams = vec![many(0), many(1)];
            layer.loops = Some(fixture::sketch(1000, 10));
        }
        let page = render(&report);
        assert!(page.len() < 3_000_000, "{}", page.len());
        // What this test measures: curves and tables of all epochs, diagrams of some.
        assert!(page.matches("<figure ").count() == 8 + 4 * 10 + 10 && page.matches("<table>").count() > 50);
        assert_eq!(page.matches("<image ").count(), 60);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut report = fixture::report(3, &[Some(0), Some(4)], 2);
        let page = render(&report);
        report.rows.reverse();
        assert_eq!(render(&report), page);
    }
}

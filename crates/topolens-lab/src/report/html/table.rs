//! Every number in tables.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::glossary::Terms;
use crate::profile::curve::{Quantity, epochs, interval, sorted_distinct, value};
use crate::profile::{Row, Scope};
use crate::report::escape::escape;
use crate::report::number::{depth, epoch_name, estimate};

pub(crate) fn section(rows: &[Row]) -> String {
    let epochs = epochs(rows);
    let Some(&last) = epochs.last() else { return String::new() };
    let mut html = "<section id=\"numbers\">\n<h2>Numbers</h2>\n<p>Value and 95 % interval: of all classes from half samples of the points, or the estimator's own; of a mean of classes from how these differ. \
         \"Not measured\": not defined for this cloud or layer.</p>\n".to_owned();
    for &epoch in epochs.iter().rev() {
        let open = if epoch == last { " open" } else { "" };
        let table = Table::new(rows, epoch, |scope| !matches!(scope, Scope::Class(_)));
        let _ = write!(
            html,
            "<details{open}><summary>{}</summary>\n{}</details>\n",
            epoch_name(epoch),
            table.html()
        );
    }
    let classes = Table::new(rows, last, |scope| matches!(scope, Scope::Class(_)));
    if !classes.cells.is_empty() {
        let _ = write!(
            html,
            "<details><summary>single classes, {}</summary>\n{}</details>\n",
            epoch_name(last),
            classes.html()
        );
    }
    html + "</section>\n"
}

/// One line for each layer and scope, one column for each quantity.
struct Table<'a> {
    quantities: Vec<Quantity<'a>>,
    cells: BTreeMap<(usize, &'a Scope), BTreeMap<Quantity<'a>, &'a Row>>,
    /// Why values are undefined; cells refer to these by number.
    reasons: Vec<&'a str>,
}

impl<'a> Table<'a> {
    fn new(rows: &'a [Row], epoch: Option<usize>, wanted: impl Fn(&Scope) -> bool) -> Self {
        let shown: Vec<&Row> = rows.iter().filter(|row| row.epoch == epoch && wanted(&row.class)).collect();
        let mut cells: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for &row in &shown {
            cells.entry((row.layer_index, &row.class)).or_default().insert(Quantity::of(row), row);
        }
        let undefined = shown.iter().filter(|row| value(row).is_none());
        Self {
            quantities: sorted_distinct(shown.iter().map(|row| Quantity::of(row))),
            cells,
            reasons: sorted_distinct(undefined.map(|row| reason(row))),
        }
    }

    fn html(&self) -> String {
        let mut html = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of numbers\">\n<table>\n<thead><tr>\
                        <th scope=\"col\">Layer</th><th scope=\"col\">Depth</th><th scope=\"col\" class=\"text\">Cloud</th>\
                        <th scope=\"col\">Points</th><th scope=\"col\">Features</th>"
            .to_owned();
        let mut terms = Terms::default();
        for quantity in &self.quantities {
            let _ = write!(html, "<th scope=\"col\">{}</th>", heading(&mut terms, *quantity));
        }
        html += "</tr></thead>\n<tbody>\n";
        for (&(_, scope), cells) in &self.cells {
            self.write_line(&mut html, scope, cells);
        }
        html + "</tbody>\n</table>\n</div>\n" + &self.footnotes()
    }

    fn write_line(&self, html: &mut String, scope: &Scope, cells: &BTreeMap<Quantity<'_>, &Row>) {
        let Some(first) = cells.values().next() else { return };
        // A mean of classes comes of as many clouds, each with a part of the points.
        let points = if *scope == Scope::Local {
            format!("{} in classes", first.n_points)
        } else {
            first.n_points.to_string()
        };
        let _ = write!(
            html,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"text\">{}</td><td>{}</td><td>{}</td>",
            escape(&first.layer),
            depth(first.depth),
            cloud(scope),
            points,
            first.n_features
        );
        for quantity in &self.quantities {
            let cell = cells.get(quantity).map_or_else(|| "not measured".to_owned(), |row| self.cell(row));
            let _ = write!(html, "<td>{cell}</td>");
        }
        html.push_str("</tr>\n");
    }

    fn cell(&self, row: &Row) -> String {
        if let Some(value) = value(row) {
            return estimate(value, interval(row));
        }
        let number = self.reasons.iter().position(|known| *known == reason(row)).unwrap_or_default() + 1;
        format!("undefined<sup>{number}</sup>")
    }

    fn footnotes(&self) -> String {
        let mut html = String::new();
        for (at, reason) in self.reasons.iter().enumerate() {
            let _ = writeln!(
                html,
                "<p class=\"footnote\"><sup>{}</sup> undefined: {}</p>",
                at + 1,
                escape(reason)
            );
        }
        html
    }
}

fn reason(row: &Row) -> &str {
    row.reason.as_deref().unwrap_or("the value is not a finite number")
}

fn heading(terms: &mut Terms, quantity: Quantity<'_>) -> String {
    let dimension = quantity.homology_dimension.map(|dimension| format!(" H<sub>{dimension}</sub>"));
    terms.marked(quantity.descriptor) + &dimension.unwrap_or_default()
}

fn cloud(scope: &Scope) -> String {
    match scope {
        Scope::Global => "all classes".to_owned(),
        Scope::Local => "mean of classes".to_owned(),
        Scope::Class(name) => escape(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;

    #[test]
    fn one_line_for_each_layer_and_scope() {
        let html = section(&report(3, &[Some(0), Some(2)], 4).rows);
        assert_eq!(html.matches("<tr><th scope=\"row\">").count(), 2 * 3 * 2 + 3 * 4);
        assert_eq!(html.matches("<details open>").count(), 1);
        assert!(
            html.find("<summary>epoch 2</summary>") < html.find("<summary>epoch 0 (untrained)</summary>")
        );
        assert!(html.contains("<th scope=\"col\">lifespans-sum H<sub>1</sub></th>"));
    }

    #[test]
    fn values_carry_intervals_and_undefined_ones_their_reason() {
        let mut rows = report(1, &[None], 0).rows;
        rows[0].value = Some(12.345);
        (rows[0].lower, rows[0].upper) = (Some(11.8), Some(12.9));
        rows[1].value = Some(f64::NAN);
        let html = section(&rows);
        assert!(html.contains("<td>12.3 [11.8, 12.9]</td>"));
        for (number, reason) in [(1, "needs at least two classes"), (2, "the value is not a finite number")] {
            assert!(html.contains(&format!("<td>undefined<sup>{number}</sup></td>")));
            assert!(html.contains(&format!("<sup>{number}</sup> undefined: {reason}")));
        }
        assert!(!html.contains("<sup>0</sup>"));
        assert!(!html.contains("NaN"));
    }

    #[test]
    fn a_quantity_of_one_layer_only_is_not_measured_elsewhere() {
        let mut rows = report(2, &[None], 0).rows;
        rows.retain(|row| row.descriptor != "nc1" || row.layer_index == 0);
        assert_eq!(section(&rows).matches("<td>not measured</td>").count(), 2);
        assert_eq!(section(&[]), "");
    }
}

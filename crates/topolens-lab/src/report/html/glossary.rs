//! Terms that explain themselves, and the list of them.

use std::fmt::Write;

use crate::report::escape::escape;
use crate::report::terms::{TERMS, Term};

/// The terms that a panel has explained so far; the first occurrence of each is a link that shows its meaning.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    explained: Vec<&'static str>,
}

impl Terms {
    /// `text`, escaped, with the terms that are new to the panel marked.
    ///
    /// A mark is a link to the glossary, so that it takes the focus and works without a pointer; its meaning is shown by the style alone
    /// while it is hovered or focused, and read out as its description.
    pub(crate) fn marked(&mut self, text: &str) -> String {
        let (mut html, mut plain_from, mut at) = (String::new(), 0, 0);
        while at < text.len() {
            let Some((term, form)) = starts_word(text, at).then(|| found(&text[at..])).flatten() else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            if !self.explained.contains(&term.id) {
                self.explained.push(term.id);
                html += &escape(&text[plain_from..at]);
                html += &link(term, form);
                plain_from = at + form.len();
            }
            at += form.len();
        }
        html + &escape(&text[plain_from..])
    }
}

/// Whether a word begins at `at`; names such as `lifespans-sum` are one word.
fn starts_word(text: &str, at: usize) -> bool {
    !text[..at].chars().next_back().is_some_and(joins)
}

fn joins(letter: char) -> bool {
    letter.is_alphanumeric() || ['-', '_', '@', '/'].contains(&letter)
}

/// The term with the longest form that `text` begins with.
fn found(text: &str) -> Option<(&'static Term, &'static str)> {
    let forms = TERMS.iter().flat_map(|term| term.forms.iter().map(move |form| (term, *form)));
    let begins = |(_, form): &(&Term, &str)| {
        text.strip_prefix(form).is_some_and(|rest| !rest.chars().next().is_some_and(joins))
    };
    forms.filter(begins).max_by_key(|(_, form)| form.len())
}

fn link(term: &Term, form: &str) -> String {
    let Term { id, meaning, .. } = term;
    format!(
        "<a class=\"term\" href=\"#term-{id}\" aria-describedby=\"term-{id}\" data-meaning=\"{}\">{}</a>",
        escape(meaning),
        escape(form)
    )
}

/// The terms that `html` links to.
pub(crate) fn section(html: &str) -> String {
    let used = |term: &&Term| html.contains(&format!("href=\"#term-{}\"", term.id));
    let mut entries = String::new();
    for Term { id, name, meaning, .. } in TERMS.iter().filter(used) {
        let _ = writeln!(entries, "<dt>{}</dt><dd id=\"term-{id}\">{}</dd>", escape(name), escape(meaning));
    }
    if entries.is_empty() {
        return entries;
    }
    format!("<section id=\"glossary\">\n<h2>Glossary</h2>\n<dl>\n{entries}</dl>\n</section>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_occurrence_of_the_longest_form_is_linked() {
        let html = Terms::default().marked("E₀ / null falls, E₀ / null and E₀ < NC1.");
        assert_eq!(html.matches("<a ").count(), 3, "{html}");
        assert!(html.starts_with(
            "<a class=\"term\" href=\"#term-e0-over-null\" aria-describedby=\"term-e0-over-null\""
        ));
        assert!(html.contains(">E₀ / null</a> falls, E₀ / null and <a "), "{html}");
        assert!(html.contains(">E₀</a> &lt; <a "), "{html}");
    }

    #[test]
    fn a_panel_explains_a_term_once_over_all_its_texts() {
        let mut terms = Terms::default();
        assert!(terms.marked("PHdim").contains("<a "));
        assert_eq!(terms.marked("PHdim again"), "PHdim again");
    }

    #[test]
    fn parts_of_words_and_names_are_no_terms() {
        for text in
            ["nullity", "lifespans-sum-h1:global@0.8", "annull", "E0x", "resnet-CKA", "pgd_10", "xε", "E₀₁"]
        {
            assert_eq!(Terms::default().marked(text), text);
        }
        assert_eq!(Terms::default().marked("<b>\"&é漢"), "&lt;b&gt;&quot;&amp;é漢");
    }

    #[test]
    fn the_list_holds_what_is_linked() {
        let list = section(&Terms::default().marked("NC1 and E₁"));
        assert_eq!(list.matches("<dt>").count(), 2);
        assert!(list.contains("<dd id=\"term-nc1\">") && list.contains("<dd id=\"term-e1\">"));
        assert_eq!(section("nothing"), "");
    }
}

//! The report of a study of many networks: what was found in words, pictures, tables.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::html::{Heading, Picture, Sheet, Terms, figure, sheet, whole_page};
use super::plot::{to_pdf, to_png, to_svg};
use crate::Result;
use crate::error::Error;
use crate::store::atomic::write_atomically;

/// The table of networks that failed, each with the reason; none if none did.
pub(crate) fn failures(failed: &[(String, String)]) -> Option<Sheet> {
    let row = |(network, reason): &(String, String)| vec![network.clone(), reason.clone()];
    (!failed.is_empty()).then(|| Sheet {
        title: "Networks that failed".to_owned(),
        note: "They are in no figure and in no table below; all that they said is in log.txt in their run folders.".to_owned(),
        header: vec!["network".to_owned(), "reason".to_owned()],
        rows: failed.iter().map(row).collect(),
    })
}

/// A report, ready to be written.
#[derive(Debug)]
pub(crate) struct StudyPage {
    /// The command it comes from.
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    pub(crate) question: &'static str,
    /// What may be concluded, sentence by sentence: the first two answer the question, the others say more.
    pub(crate) answer: Vec<String>,
    /// What must not be.
    pub(crate) cautions: Vec<String>,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) provenance: Vec<(String, String)>,
}

impl StudyPage {
    /// The page as HTML that needs no other file.
    pub(crate) fn render(&self) -> String {
        let sections =
            [self.answer(), self.cautions(), self.pictures(), self.sheets.iter().map(sheet).collect()];
        let heading = Heading { kind: self.kind, title: &self.title, question: self.question };
        whole_page(heading, &sections.concat(), &self.provenance)
    }

    /// Writes `report.html` and the pictures under `figures/`.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let figures = folder.join("figures");
        if figures.exists() {
            fs::remove_dir_all(&figures).map_err(|source| Error::io("empty", &figures, source))?;
        }
        fs::create_dir_all(&figures).map_err(|source| Error::io("create", &figures, source))?;
        for Picture { name, scene, .. } in &self.pictures {
            write_atomically(&figures.join(format!("{name}.svg")), to_svg(scene).as_bytes())?;
            write_atomically(&figures.join(format!("{name}.png")), &to_png(scene)?)?;
            write_atomically(&figures.join(format!("{name}.pdf")), &to_pdf(scene))?;
        }
        write_atomically(&folder.join("report.html"), self.render().as_bytes())
    }

    fn answer(&self) -> String {
        const SHORT: usize = 2;
        let mut terms = Terms::default();
        let (answer, more) = self.answer.split_at(self.answer.len().min(SHORT));
        let (answer, more) = (elements("p", answer, &mut terms), elements("li", more, &mut terms));
        let more = if more.is_empty() { more } else { format!("<ul class=\"more\">\n{more}</ul>\n") };
        let answer =
            if answer.is_empty() { "<p>Nothing was measured that would answer it.</p>" } else { &answer };
        format!(
            "<section id=\"answer\">\n<h2>Answer</h2>\n{answer}\n{more}<p class=\"remark\">Brackets hold 95 % \
             intervals.</p>\n</section>\n"
        )
    }

    fn cautions(&self) -> String {
        let items = elements("li", &self.cautions, &mut Terms::default());
        if items.is_empty() {
            return items;
        }
        format!("<section id=\"cautions\">\n<h2>Before trusting it</h2>\n<ul>\n{items}</ul>\n</section>\n")
    }

    fn pictures(&self) -> String {
        if self.pictures.is_empty() {
            return String::new();
        }
        let figures: String = self.pictures.iter().map(figure).collect();
        format!(
            "<section id=\"figures\">\n<h2>Figures</h2>\n<div class=\"grid\">\n{figures}</div>\n</section>\n"
        )
    }
}

/// Texts of one panel, each in an element.
fn elements(tag: &str, texts: &[String], terms: &mut Terms) -> String {
    let mut html = String::new();
    for text in texts {
        let _ = write!(html, "<{tag}>{}</{tag}>", terms.marked(text));
    }
    html
}

/// What must be known before a curve by layer is trusted.
pub(crate) fn cautions_of_curves() -> Vec<String> {
    [
        "E0 depends on the number of points and of features: compare layers of equal width, or E0 over its null.",
        "Where NC1 falls as well, separation of the classes alone may make E0 and PHdim fall although no class has become simpler; \
         compare the dimension of single classes.",
        "A band over few seeds says little about other seeds.",
    ]
    .map(str::to_owned)
    .to_vec()
}

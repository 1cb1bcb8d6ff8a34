//! A picture with its caption and the numbers behind it.

use super::glossary::Terms;
use super::sheet::data_table;
use crate::report::escape::escape;
use crate::report::plot::{Scene, to_svg};

/// A picture with what is said below it.
#[derive(Debug)]
pub(crate) struct Picture {
    /// A name that can be a file's.
    pub(crate) name: String,
    pub(crate) scene: Scene,
    pub(crate) title: String,
    /// How to read it.
    pub(crate) reading: String,
    /// What not to conclude from it.
    pub(crate) caution: String,
}

/// The picture as a figure; `script.js` adds the buttons that download it under its name.
pub(crate) fn figure(picture: &Picture) -> String {
    let Picture { name, scene, title, reading, caution } = picture;
    let mut terms = Terms::default();
    format!(
        "<figure data-name=\"{}\">{}<figcaption><strong>{}.</strong> {} <span class=\"not\"><b>Do not conclude too much:</b> \
         {}</span>{}</figcaption></figure>\n",
        escape(name),
        to_svg(scene),
        terms.marked(title),
        terms.marked(reading),
        terms.marked(caution),
        data(scene, title)
    )
}

/// The table behind a picture, folded.
fn data(scene: &Scene, title: &str) -> String {
    let numbers = &scene.numbers;
    if numbers.rows.is_empty() {
        return String::new();
    }
    let left_out = if numbers.left_out.is_empty() {
        String::new()
    } else {
        format!("<p class=\"footnote\">{}</p>", escape(&numbers.left_out))
    };
    format!(
        "<details class=\"data\"><summary>Data<span class=\"unseen\"> of {}</span></summary>\n{}{left_out}</details>",
        escape(title),
        data_table(&numbers.header, &numbers.rows, &format!("Data of {title}"))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::{Numbers, Size};

    fn picture(rows: Vec<Vec<String>>) -> String {
        let mut scene = Scene::new("words", Size::SMALL);
        scene.numbers = Numbers::new(vec!["layer".to_owned(), "E₀".to_owned()], rows);
        figure(&Picture {
            name: "e0\"".to_owned(),
            scene,
            title: "E₀ <1>".to_owned(),
            reading: "Read E₀ so.".to_owned(),
            caution: "Not so.".to_owned(),
        })
    }

    #[test]
    fn a_figure_has_its_caption_its_name_and_its_table() {
        let html = picture(vec![vec!["conv".to_owned(), "415".to_owned()]]);
        assert!(html.starts_with("<figure data-name=\"e0&quot;\"><svg "), "{html}");
        assert!(html.contains("<b>Do not conclude too much:</b> Not so."));
        assert!(html.contains("<summary>Data<span class=\"unseen\"> of E₀ &lt;1&gt;</span></summary>"));
        assert!(html.contains("<tr><th scope=\"row\">conv</th><td>415</td></tr>"));
        assert_eq!(html.matches("class=\"term\"").count(), 1, "a term is linked once in a figure: {html}");
        assert!(!picture(Vec::new()).contains("<details"));
    }
}

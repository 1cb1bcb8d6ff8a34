//! Barcode and persistence diagram of one cloud as a picture.

use std::path::Path;

use topolens::Diagram;

use super::plot::{Scene, Size, barcode, persistence_diagram, to_pdf, to_png, to_svg};
use crate::Result;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// Scalable.
    Svg,
    /// At 300 dots per inch.
    Png,
    /// Scalable, for papers.
    Pdf,
}

impl PictureFormat {
    /// The format that a file's extension names; `None` for any other extension.
    ///
    /// # Examples
    ///
    /// ```
    /// use topolens_lab::report::PictureFormat;
    ///
    /// assert_eq!(PictureFormat::of_file("circle.SVG".as_ref()), Some(PictureFormat::Svg));
    /// assert_eq!(PictureFormat::of_file("circle.bmp".as_ref()), None);
    /// ```
    pub fn of_file(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_ascii_lowercase();
        match extension.to_str()? {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The scene as the content of a picture file.
    pub(crate) fn encode(self, scene: &Scene) -> Result<Vec<u8>> {
        match self {
            Self::Svg => Ok(to_svg(scene).into_bytes()),
            Self::Png => to_png(scene),
            Self::Pdf => Ok(to_pdf(scene)),
        }
    }
}

/// The barcode and the persistence diagram of `diagrams` side by side, as the content of a picture file.
///
/// The picture fills a page's width (170 mm). Of very many intervals the longest are drawn, and the picture says how
/// many there are.
///
/// # Errors
///
/// The picture cannot be encoded.
///
/// # Examples
///
/// ```
/// use topolens::{Diagram, Interval};
/// use topolens_lab::report::{PictureFormat, draw_diagrams};
///
/// let loops = Diagram::new(1, vec![Interval { birth: 0.02, death: 1.73 }]);
/// let svg = draw_diagrams("circle.npy", &[loops], PictureFormat::Svg)?;
/// assert!(svg.starts_with(b"<svg "));
/// # Ok::<(), topolens_lab::Error>(())
/// ```
pub fn draw_diagrams(name: &str, diagrams: &[Diagram], format: PictureFormat) -> Result<Vec<u8>> {
    format.encode(&side_by_side(name, diagrams))
}

fn side_by_side(name: &str, diagrams: &[Diagram]) -> Scene {
    let description = format!("Barcode and persistence diagram of {name}: {}.", counts(diagrams));
    let left = barcode(&description, diagrams, Size::SQUARE);
    left.beside(persistence_diagram(&description, diagrams, Size::SQUARE))
}

/// How many intervals each diagram has, in words.
pub(crate) fn counts(diagrams: &[Diagram]) -> String {
    let count = |diagram: &Diagram| {
        let (n, dimension) = (diagram.intervals().len(), diagram.homology_dimension());
        let n_endless = diagram.intervals().iter().filter(|interval| interval.is_essential()).count();
        let endless =
            if n_endless == 0 { String::new() } else { format!(" ({n_endless} of them without end)") };
        format!("{n} interval{} in H{dimension}{endless}", if n == 1 { "" } else { "s" })
    };
    diagrams.iter().map(count).collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use topolens::Interval;

    use super::*;

    fn diagram(homology_dimension: usize, n: usize) -> Diagram {
        Diagram::new(homology_dimension, vec![Interval { birth: 1.0, death: 2.0 }; n])
    }

    #[test]
    fn barcode_at_the_left_and_diagram_at_the_right() {
        let scene = side_by_side("points.npy", &[diagram(0, 1), diagram(1, 3)]);
        assert_eq!((scene.width, scene.height), (2.0 * Size::SQUARE.width, Size::SQUARE.height));
        assert!(scene.description.ends_with("of points.npy: 1 interval in H0, 3 intervals in H1."));
        let svg = to_svg(&scene);
        let across = |text: &str| {
            let before = &svg[..svg.find(&format!(">{text}</text>")).unwrap()];
            let x = &before[before.rfind("<text x=\"").unwrap() + 9..];
            x[..x.find('"').unwrap()].parse::<f64>().unwrap()
        };
        assert!(across("Filtration value") < Size::SQUARE.width && across("Birth") > Size::SQUARE.width);
    }

    #[test]
    fn of_very_many_intervals_the_file_stays_small() {
        let many: Vec<Diagram> = (0..4).map(|dimension| diagram(dimension, 100_000)).collect();
        let svg = String::from_utf8(draw_diagrams("many.npy", &many, PictureFormat::Svg).unwrap()).unwrap();
        assert!(svg.len() < 120_000, "{}", svg.len());
        assert!(svg.contains("H₃: longest 20 of 100000") && svg.contains("H₃: longest 400 of 100000"));
    }
}

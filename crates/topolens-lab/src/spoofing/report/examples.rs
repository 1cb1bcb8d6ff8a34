//! Faces as the network sees them.

use crate::report::{Color, Picture, Size, Thumbnail, pictures};
use crate::spoofing::document::{ExampleFace, KindSummary, SpoofResults};

/// Rows of persons, a column for each kind.
pub(super) fn examples(results: &SpoofResults) -> Option<Picture> {
    let n_rows = results.kinds.iter().map(|kind| kind.example.len()).min()?;
    if n_rows == 0 {
        return None;
    }
    let headings: Vec<String> = results.kinds.iter().map(KindSummary::label).collect();
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Thumbnail>> = (0..n_rows)
        .map(|row| results.kinds.iter().map(|kind| thumbnail(&kind.example[row])).collect())
        .collect();
    Some(Picture {
        name: "examples".to_owned(),
        scene: pictures("Faces of each kind as the network sees them.", &headings, &rows, Size::COLUMN),
        title: "Faces as the network sees them".to_owned(),
        reading: "A row for each person where persons are on images of all kinds.".to_owned(),
        caution: "Pictures are thinned out; look at the files for detail.".to_owned(),
    })
}

fn thumbnail(face: &ExampleFace) -> Thumbnail {
    let [height, width] = face.shape;
    let colors = face.colors.chunks_exact(3).map(|pixel| Color(pixel[0], pixel[1], pixel[2])).collect();
    Thumbnail { height, width, colors, label: String::new() }
}

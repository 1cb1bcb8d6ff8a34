//! Images before and after an attack.

use super::super::document::AttackResults;
use super::super::strength::methods;
use super::super::study::Cell;
use super::short;
use crate::report::{Color, Picture, Size, Thumbnail, pictures};

/// Images before and after the strongest attack, with the perturbation amplified.
pub(super) fn examples(results: &AttackResults) -> Option<Picture> {
    const MOST: usize = 3;
    let cells = &results.cells;
    let clean = cells.first()?;
    let attack = methods(cells).into_iter().find(|method| *method != "noise")?;
    let of_attack = || cells.iter().filter(|cell| cell.method == attack);
    // The weakest strength that fools half, for at the strongest one everybody sees it.
    let cell = of_attack().find(|cell| cell.success >= 0.5).or_else(|| of_attack().next_back())?;
    let chosen: Vec<usize> =
        (0..cell.outcome.succeeded.len()).filter(|at| cell.outcome.succeeded[*at]).take(MOST).collect();
    if chosen.is_empty() {
        return None;
    }
    let rows: Vec<Vec<Thumbnail>> = chosen.iter().map(|at| triple(results, (clean, cell), *at)).collect();
    let scene = pictures(
        &format!("{} images before and after {attack}.", rows.len()),
        &["clean", "attacked", "change"],
        &rows,
        Size::COLUMN,
    );
    Some(Picture {
        name: "03-examples".to_owned(),
        scene,
        title: format!("Images that {attack} at ε = {} makes the network mistake", short(cell.epsilon)),
        reading: "Below each image what the network says, below the change by how much it is amplified: grey is none, black or white \
                  the largest."
            .to_owned(),
        caution: "Large images are thinned out.".to_owned(),
    })
}

fn triple(results: &AttackResults, (clean, cell): (&Cell, &Cell), at: usize) -> Vec<Thumbnail> {
    let shape = cell.outcome.images.shape();
    let (before, after): (Vec<f32>, Vec<f32>) =
        (clean.outcome.images.select(&[at]).into_values(), cell.outcome.images.select(&[at]).into_values());
    let largest =
        before.iter().zip(&after).fold(f32::MIN_POSITIVE, |largest, (a, b)| largest.max((b - a).abs()));
    let change: Vec<f32> = before.iter().zip(&after).map(|(a, b)| 0.5 + 0.5 * (b - a) / largest).collect();
    let said = |cell: &Cell| results.class_name(cell.outcome.predictions[at]);
    let labels = [said(clean), said(cell), format!("× {:.0}", 0.5 / largest)];
    [before, after, change]
        .into_iter()
        .zip(labels)
        .map(|(pixels, label)| Thumbnail {
            height: shape[1],
            width: shape[2],
            colors: pixels.chunks_exact(shape[3]).map(color).collect(),
            label,
        })
        .collect()
}

fn color(pixel: &[f32]) -> Color {
    #[expect(clippy::cast_sign_loss, reason = "pixels are cut to 0 to 1")]
    let byte = |at: usize| (pixel[at.min(pixel.len() - 1)].clamp(0.0, 1.0) * 255.0).round() as u8;
    Color(byte(0), byte(1), byte(2))
}
